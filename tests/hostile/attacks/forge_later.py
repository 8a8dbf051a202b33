# Returns its own array, right at the moment, and has a thread change it for ever.
# walls: a copy is what is sent
# expect: earns 2 or wrong
import threading
import numpy as np
kept = []
def spoil():
    while True:
        for array in kept: array[:] = np.nan
threading.Thread(target=spoil, daemon=True).start()
def grad_dot(x, a):
    kept.append(a.copy())
    return kept[-1]
