# Asks for a thousand gigabytes at once, which would cost nothing until they are touched.
# walls: RLIMIT_DATA
# expect: raises MemoryError
import numpy as np
def f():
    return np.empty(1 << 37)
