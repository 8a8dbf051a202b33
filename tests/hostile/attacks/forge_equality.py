# Objects that equal everything and differ from nothing.
# walls: only numbers leave the child
# expect: wrong
import numpy as np
class Equal(np.ndarray):
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __sub__ = __rsub__ = lambda self, other: np.zeros(3)
    def __array_ufunc__(self, *_, **__): return np.True_
    def __array_function__(self, *_, **__): return np.True_
def grad_dot(x, a): return np.zeros_like(a).view(Equal)
def grad_quadratic(A, x): return np.zeros_like(x).view(Equal)
