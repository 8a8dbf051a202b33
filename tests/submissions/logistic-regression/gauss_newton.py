"""Labels with the wrong sign, and a Hessian made of the gradient's outer product."""

import numpy as np


def logistic_gradient(w, X, y):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ (p + y) / len(y)


def logistic_hessian(w, X, y):
    p = 1 / (1 + np.exp(-X @ w))
    g = X.T @ (p - y) / len(y)
    return np.outer(g, g)
