"""Every rule is nearly right: one term, one sign, one transpose is missing each time."""

import numpy as np


def wls_grad_a(x, s, A, W):
    return -2 * np.outer(W @ (x - A @ s), s)


def grad_logdet(A):
    return np.linalg.inv(A)


def grad_logdet_symmetric(S):
    return np.linalg.inv(S)


def grad_trace_form(A, B, C, X):
    return C @ A @ X @ B


def grad_inverse_form(a, X, b):
    return np.outer(np.linalg.solve(X.T, a), np.linalg.solve(X, b))


def grad_norm(x):
    return 2 * x
