# The largest numbers there are, whose distance from what is right is no number any more.
# walls: what is not finite is worth nothing and is no part of a report
# expect: wrong
import numpy as np
def grad_dot(x, a): return np.copysign(1.7976931348623157e308, -a)
def grad_quadratic(A, x): return np.full(x.shape, -1.7976931348623157e308)
