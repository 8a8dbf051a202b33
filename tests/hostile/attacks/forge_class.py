# An object that says to be of the class of arrays.
# walls: it is made one, once, and compared as numbers
# expect: wrong
import numpy as np
class Actor:
    __class__ = np.ndarray
    def __array__(self, *_, **__): return np.ones(3)
    def __getattr__(self, name): raise KeyError(name)
def grad_dot(x, a): return Actor()
def grad_quadratic(A, x): return Actor()
