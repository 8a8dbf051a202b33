"""Iterations that stop too early, or in place on what was handed over."""

import numpy as np


def qp_system(x, lam, Q, c, A, b):
    return np.concatenate([Q @ x + c - A.T @ lam, A @ x - b])


def qp_minimum(Q, c, A, b):
    x = np.linalg.pinv(A) @ b
    P = np.eye(4) - np.linalg.pinv(A) @ A
    for _ in range(3000):
        step = P @ (Q @ x + c) / np.linalg.norm(Q, 2)
        x = x - step
        if np.linalg.norm(step) < 1e-7:
            break
    return x, np.linalg.lstsq(A.T, Q @ x + c, rcond=None)[0]


def qp_stationary(Q, c, A, b):
    z = np.linalg.solve(np.block([[Q, -A.T], [A, np.zeros((2, 2))]]), np.concatenate([-c, b]))
    c *= -1
    return z[:4], z[4:]


def qp_type(x, lam, Q, A):
    Z = np.linalg.svd(A)[2][2:].T
    values = np.linalg.eigvalsh(Z.T @ Q @ Z)
    return "minimum" if values[0] > 0 else "maximum" if values[1] < 0 else "saddle"


def first_component(S):
    w = np.ones(4)
    shift = 2 * np.linalg.norm(S) * np.eye(4)
    for _ in range(100000):
        w = (S + shift) @ w
        w = w / np.linalg.norm(w)
    return w, np.array([w @ S @ w])


def soft_choice(s):
    return np.full(5, 0.2), np.array([np.mean(s) + np.log(5) - 1])
