"""Central differences throughout, with one step for everything."""

import numpy as np


def differences(f, X, h=1e-5):
    X = X.copy()
    G = np.empty_like(X)
    for i in np.ndindex(X.shape):
        old = X[i]
        X[i] = old + h
        above = f(X)
        X[i] = old - h
        G[i] = (above - f(X)) / (2 * h)
        X[i] = old
    return G


def wls_grad_a(x, s, A, W):
    return differences(lambda A: (x - A @ s) @ W @ (x - A @ s), A)


def grad_logdet(A):
    return differences(lambda A: np.log(abs(np.linalg.det(A))), A)


def grad_logdet_symmetric(S):
    return differences(lambda S: np.log(abs(np.linalg.det(S))), S)  # moves one of two mirrored entries only


def grad_trace_form(A, B, C, X):
    return differences(lambda X: np.trace(A @ X @ B @ X.T @ C), X)


def grad_inverse_form(a, X, b):
    return differences(lambda X: a @ np.linalg.solve(X, b), X)


def grad_norm(x):
    return differences(np.linalg.norm, x)
