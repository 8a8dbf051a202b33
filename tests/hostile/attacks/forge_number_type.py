# Numbers in types that compare in odd ways: records, dates, texts, quadruple precision, masked.
# walls: list of dtypes
# expect: wrong
import numpy as np
kinds = ["m8[s]", "S8", "U4", "V8", np.longdouble, [("a", "f8")], object]
count = 0
def grad_dot(x, a):
    global count
    count += 1
    return np.zeros(a.shape, kinds[count % 7])
def grad_quadratic(A, x):
    return np.ma.masked_all(x.shape)
