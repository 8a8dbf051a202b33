# Replaces what the child's own half answers with.
# walls: it can change bytes only
# expect: wrong
import sys
shim = sys.modules["grader.inside.shim"]
import numpy as np
yes = ["number", np.array(True), ""]
shim.claim = lambda value: ["array", np.zeros(np.shape(value)), "right"]
shim._is_equal = lambda *_: True
shim._CLAIMS = {True: yes, False: yes}
def grad_dot(x, a): return np.zeros_like(a)
def grad_quadratic(A, x): return np.zeros_like(x)
