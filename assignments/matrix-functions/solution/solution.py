import numpy as np


def wls_grad_a(x, s, A, W):
    return -np.outer((W + W.T) @ (x - A @ s), s)


def grad_logdet(A):
    return np.linalg.inv(A).T


def grad_logdet_symmetric(S):
    G = np.linalg.inv(S)
    return G + G.T - np.diag(np.diag(G))


def grad_trace_form(A, B, C, X):
    M = C @ A
    return M.T @ X @ B.T + M @ X @ B


def grad_inverse_form(a, X, b):
    return -np.outer(np.linalg.solve(X.T, a), np.linalg.solve(X, b))


def grad_norm(x):
    return x / np.linalg.norm(x)
