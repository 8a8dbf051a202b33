"""Right formulas, protected against division by zero and near singular matrices where nothing was to be protected."""

import numpy as np


def wls_grad_a(x, s, A, W):
    r = x - A @ s
    return -np.outer(W @ r + W.T @ r, s)


def grad_logdet(A):
    return np.linalg.pinv(A, rcond=1e-4).T


def grad_logdet_symmetric(S):
    return 2 * np.linalg.inv(S)


def grad_trace_form(A, B, C, X):
    return 2 * C @ A @ X @ B


def grad_inverse_form(a, X, b):
    Y = np.linalg.inv(X)
    return -np.outer(Y @ b, Y.T @ a)


def grad_norm(x):
    return x / (np.linalg.norm(x) + 1e-12)
