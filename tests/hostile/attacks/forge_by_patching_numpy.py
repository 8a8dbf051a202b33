# Replaces what would compare values, if it were compared in this process.
# walls: values are compared outside
# expect: wrong
import builtins
import numpy as np
for name in ("allclose", "isclose", "array_equal", "isfinite", "abs", "max", "all"):
    setattr(np, name, lambda *_, **__: True)
np.testing.assert_allclose = np.linalg.norm = lambda *_, **__: 0.0
builtins.abs = builtins.max = builtins.sum = lambda *_: 0
def grad_dot(x, a): return 0 * a
def grad_quadratic(A, x): return 0 * x
