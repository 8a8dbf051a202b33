import numpy as np


def qp_system(x, lam, Q, c, A, b):
    return np.concatenate([Q @ x + c - A.T @ lam, A @ x - b])


def qp_minimum(Q, c, A, b):
    return qp_stationary(Q, c, A, b)


def qp_stationary(Q, c, A, b):
    n, m = len(c), len(b)
    matrix = np.block([[Q, -A.T], [A, np.zeros((m, m))]])
    z = np.linalg.solve(matrix, np.concatenate([-c, b]))
    return z[:n], z[n:]


def qp_type(x, lam, Q, A):
    tangent = np.linalg.svd(A)[2][len(A) :].T  # directions that stay in the plane
    curvatures = np.linalg.eigvalsh(tangent.T @ Q @ tangent)
    if np.all(curvatures > 0):
        return "minimum"
    return "maximum" if np.all(curvatures < 0) else "saddle"


def first_component(S):
    values, vectors = np.linalg.eigh(S)
    return vectors[:, -1], values[-1:]


def soft_choice(s):
    shifted = np.exp(s - np.max(s))
    total = np.sum(shifted)
    return shifted / total, np.max(s) + np.log(total) - 1
