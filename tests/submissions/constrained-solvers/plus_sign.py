"""L = f + lam g throughout, and the signs of Q's own eigenvalues for the type."""

import numpy as np


def qp_system(x, lam, Q, c, A, b):
    return np.concatenate([Q @ x + c + A.T @ lam, A @ x - b])


def qp_minimum(Q, c, A, b):
    z = np.linalg.solve(np.block([[Q, A.T], [A, np.zeros((2, 2))]]), np.concatenate([-c, b]))
    return z[:4], z[4:]


def qp_stationary(Q, c, A, b):
    return qp_minimum(Q, c, A, b)


def qp_type(x, lam, Q, A):
    values = np.linalg.eigvalsh(Q)
    return "minimum" if np.all(values > 0) else "maximum" if np.all(values < 0) else "saddle"


def first_component(S):
    values, vectors = np.linalg.eigh(S)
    return vectors[:, 0], values[:1]


def soft_choice(s):
    p = np.exp(s)
    return p / p.sum(), 1 - np.log(p.sum())
