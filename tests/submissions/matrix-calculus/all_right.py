"""Everything right, written in other ways than the author's."""

import numpy as np


def grad_dot(x, a):
    return a


def grad_linear(A, x):
    return A.T


def jacobian_linear(A, x):
    return A


def grad_quadratic(A, x):
    return np.einsum('ij,j->i', A, x) + np.einsum('ji,j->i', A, x)


def grad_quadratic_symmetric(A, x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        for j in range(len(x)):
            out[i] += 2 * A[i, j] * x[j]
    return out


def wls_grad_s(x, s, A, W):
    Wr = W @ x - W @ (A @ s)
    return -(Wr @ A) * 2


def wls_grad_x(x, s, A, W):
    return 2 * W @ (x - A @ s)


def grad_logdet(A):
    return np.linalg.solve(A.T, np.eye(len(A)))


def grad_trace(A, B):
    return B.T


def grad_chain(x):
    return 2 * np.cos(x @ x) * x


def cubic_derivative(x):
    return x * (9 * x - 10)
