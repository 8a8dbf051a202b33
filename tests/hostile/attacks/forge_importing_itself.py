# Defines nothing and lets its module answer for every name.
# walls: a name is a name; what it gives is compared
# expect: wrong
import numpy as np
def __getattr__(name):
    return lambda *arguments: np.zeros_like(arguments[-1])
