"""Everything with L = f + lam g, as in another book."""

import numpy as np


def line_lagrangian(x, lam):
    return x[0] + x[1] + lam[0] * (x[0] ** 2 + x[1] ** 2 - 2)


def line_system(x, lam):
    return np.array([1 + 2 * lam[0] * x[0], 1 + 2 * lam[0] * x[1], x[0] ** 2 + x[1] ** 2 - 2])


def cubic_is_tangent(x):
    J = np.array([[2 * x[0] * x[1], x[0] ** 2], 2 * x])
    return np.isclose(x @ x, 3) and np.isclose(np.linalg.det(J), 0)


def line_largest():
    return np.array([1.0, 1.0]), np.array([-0.5])


def cubic_points():
    r2, r3 = np.sqrt(2), np.sqrt(3)
    found = []
    for x in ([r2, 1], [-r2, 1], [r2, -1], [-r2, -1], [0, r3], [0, -r3]):
        x = np.array(x)
        lam = -2 * x[0] * x[1] / (2 * x[0]) if x[0] else 0.0
        found.append((x, np.array([lam])))
    return found


def cubic_least():
    return np.array([np.sqrt(2), -1.0]), np.array([1.0])


def cubic_type(x, lam):
    # The Hessian of f + lam g.
    H = np.array([[2 * x[1] + 2 * lam[0], 2 * x[0]], [2 * x[0], 2 * lam[0]]])
    z = np.array([-x[1], x[0]])
    curvature = z @ H @ z
    return "minimum" if curvature > 0 else "maximum"


t = np.array([1.0, 2.0, 3.0, 4.0])


def near_lagrangian(x, lam):
    return np.sum((x - t) ** 2) + lam[0] * (x[0] - 2) + lam[1] * (x[2] ** 2 + x[3] ** 2 - 2)


def near_system(x, lam):
    slope = 2 * (x - t) + lam[0] * np.array([1, 0, 0, 0]) + lam[1] * np.array([0, 0, 2 * x[2], 2 * x[3]])
    return np.array([*slope, x[0] - 2, x[2] ** 2 + x[3] ** 2 - 2])


def near_multipliers(x):
    return np.array([-2 * (x[0] - 1), -(x[2] - 3) / x[2]])


def nearest():
    x = np.array([2.0, 2.0, 3 * np.sqrt(2) / 5, 4 * np.sqrt(2) / 5])
    return x, near_multipliers(x)


def near_type(x, lam):
    return "minimum" if x[2] > 0 else "saddle"


Q = np.array([[4, 1, 0, 0], [1, 3, 1, 0], [0, 1, 2, 1], [0, 0, 1, 5.0]])
c = np.array([1, -2, 3, 0.0])
A = np.array([[1, 2, -1, 1], [2, 0, 1, 3.0]])
b = np.array([3, -1.0])


def qp_solve():
    K = np.block([[Q, A.T], [A, np.zeros((2, 2))]])
    z = np.linalg.solve(K, np.concatenate([-c, b]))
    return z[:4], z[4:]


def qp_sensitivity(x, lam):
    return -lam
