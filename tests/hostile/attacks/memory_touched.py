# Keeps what it allocates.
# walls: RLIMIT_DATA, resident size seen by the zygote
# expect: raises MemoryError or raises _ArrayMemoryError or memory
import numpy as np
def f():
    kept = []
    while True: kept.append(np.ones(1 << 18))
