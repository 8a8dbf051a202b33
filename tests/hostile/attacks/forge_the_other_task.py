# Fails one task on purpose in a way that would hurt the other, if they met in one process.
# walls: tasks without an answer are run alone
# expect: earns 2
import os
def grad_dot(x, a): return a
def grad_quadratic(A, x): os._exit(0)
