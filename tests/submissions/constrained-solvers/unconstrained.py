"""Solves for the optimum without its constraints, and repairs it afterwards."""

import numpy as np


def qp_system(x, lam, Q, c, A, b):
    return np.concatenate([A @ x - b, Q @ x + c - A.T @ lam])


def qp_minimum(Q, c, A, b):
    return np.linalg.solve(Q, -c), np.zeros(2)


def qp_stationary(Q, c, A, b):
    x = np.linalg.solve(Q, -c)
    x = x + np.linalg.pinv(A) @ (b - A @ x)  # the nearest point of the plane
    return x, np.linalg.lstsq(A.T, Q @ x + c, rcond=None)[0]


def qp_type(x, lam, Q, A):
    return "minimum"


def first_component(S):
    values, vectors = np.linalg.eigh(S)
    return 2 * vectors[:, -1], values[-1:]


def soft_choice(s):
    p = np.exp(s)
    return p, np.array([0.0])
