# A subclass that lies about its shape, its type of numbers and its bytes.
# walls: a copy as a plain array is what is sent
# expect: wrong
import numpy as np
class Liar(np.ndarray):
    shape = property(lambda self: (3,))
    dtype = property(lambda self: np.dtype("f8"))
    nbytes = property(lambda self: 24)
    tobytes = lambda self, *_: b"\0" * 24
    astype = copy = lambda self, *_: self
def grad_dot(x, a): return np.zeros(999).view(Liar)
def grad_quadratic(A, x): return np.zeros((9, 9, 9)).view(Liar)
