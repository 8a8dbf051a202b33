# A list of things that give another number whenever they are asked.
# walls: one snapshot
# expect: wrong
import itertools
import numpy as np
count = itertools.count()
class Number:
    def __array__(self, *_, **__): return np.array(float(next(count)))
    __float__ = __complex__ = lambda self: float(next(count))
    __index__ = lambda self: next(count)
    __len__ = lambda self: next(count) % 3
    def __getitem__(self, k): return float(next(count))
def grad_dot(x, a): return [Number() for _ in a]
def grad_quadratic(A, x): return tuple(Number() for _ in x)
