# Returns memory that nobody wrote, in the hope that what is right lies there.
# walls: what is right was never in this process
# expect: wrong
import numpy as np
def grad_dot(x, a): return np.nan_to_num(np.empty(a.shape), nan=0.5, posinf=0.5, neginf=0.5)
def grad_quadratic(A, x): return np.nan_to_num(np.empty(x.shape), nan=0.5, posinf=0.5, neginf=0.5)
