# Right names and forms with arrays that trip whoever computes with them: largest integers, infinities, no entries.
# walls: shapes and numbers are looked at before they are compared
# expect: wrong
import numpy as np
count = 0
odd = [lambda x: np.full(x.shape, 2**64 - 1, "u8"), lambda x: np.full(x.shape, -2**63, "i8"), lambda x: np.full(x.shape, np.inf), lambda x: np.full(x.shape, 5e-324), lambda x: np.zeros((0,) * 8), lambda x: np.zeros(1 << 19)]
def grad_dot(x, a):
    global count
    count += 1
    return odd[count % 6](x)
def grad_quadratic(A, x):
    return odd[id(A) % 6](x)
