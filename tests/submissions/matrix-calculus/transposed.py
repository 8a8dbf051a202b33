"""Every matrix in the wrong layout: the transposed Jacobian and its relatives."""

import numpy as np


def grad_dot(x, a):
    return a


def grad_linear(A, x):
    return A


def jacobian_linear(A, x):
    return A.T


def grad_quadratic(A, x):
    return 2 * A @ x


def grad_quadratic_symmetric(A, x):
    return 2 * A @ x


def wls_grad_s(x, s, A, W):
    return -2 * A.T @ W @ (x - A @ s)


def wls_grad_x(x, s, A, W):
    return 2 * W @ (x - A @ s)


def grad_logdet(A):
    return np.linalg.inv(A)


def grad_trace(A, B):
    return B


def grad_chain(x):
    return 2 * np.cos(x @ x) * x


def cubic_derivative(x):
    return 9 * x**2 - 10 * x
