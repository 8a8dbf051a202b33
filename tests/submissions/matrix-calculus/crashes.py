"""Crashes in some tasks, each in another way."""

import numpy as np


def grad_dot(x, a):
    return a


def grad_linear(A, x):
    return A.T


def jacobian_linear(A, x):
    return A


def grad_quadratic(A, x):
    total = A + A.transpose
    return total @ x


def grad_quadratic_symmetric(A, x):
    return 2 * A @ x


def wls_grad_s(x, A, W):
    return -2 * A.T @ W @ x


def wls_grad_x(x, s, A, W):
    import os

    os._exit(0)


def grad_logdet(A):
    return np.linalg.inv(A[:, 0]).T


def grad_trace(A, B):
    return B.T


def grad_chain(x):
    return grad_chain(x / 2)


def cubic_derivative(x):
    return 9 * x**2 - 10 * x
