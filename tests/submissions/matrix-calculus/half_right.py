"""Half of it right; the rest shows typical slips."""

import numpy as np


def grad_dot(x, a):
    return a


def grad_linear(A, x):
    return A.T


def jacobian_linear(A, x):
    return A


def grad_quadratic(A, x):
    return (A + A.T) @ x


def grad_quadratic_symmetric(A, x):
    return A @ x


def wls_grad_s(x, s, A, W):
    return 2 * A.T @ W @ (x - A @ s)


def wls_grad_x(x, s, A, W):
    x -= A @ s
    return 2 * W @ x


def grad_logdet(A):
    return np.linalg.inv(A).T


def gradient_trace(A, B):
    return B.T


def grad_chain(x):
    return (2 * np.cos(x @ x) * x).astype(np.float32)


def cubic_derivative(x):
    return 9 * x**3 - 10 * x**2
