import numpy as np

T = np.array([1.0, 2.0, 3.0, 4.0])


def lagrangian(x, lam):
    g = np.array([x[0] - 2, x[2] ** 2 + x[3] ** 2 - 2])
    return np.sum((x - T) ** 2) - lam @ g


def jac(x):
    return np.array([[1, 0, 0, 0], [0, 0, 2 * x[2], 2 * x[3]]])


def system(x, lam):
    g = np.array([x[0] - 2, x[2] ** 2 + x[3] ** 2 - 2])
    return np.concatenate([2 * (x - T) - lam @ jac(x), g])


def multipliers(x):
    return np.linalg.lstsq(jac(x).T, 2 * (x - T), rcond=None)[0]


def point(s):
    r = s * np.sqrt(2) / 5
    x = np.array([2, 2, 3 * r, 4 * r])
    return x, multipliers(x)


def solve():
    return point(1)


def stationary_points():
    return [point(1), point(-1)]


def classify(x, lam):
    H = 2 * np.eye(4) - np.diag([0, 0, 2 * lam[1], 2 * lam[1]])
    Z = np.linalg.svd(jac(x))[2][2:].T
    e = np.linalg.eigvalsh(Z.T @ H @ Z)
    if np.all(e > 1e-9):
        return "minimum"
    if np.all(e < -1e-9):
        return "maximum"
    if np.any(np.abs(e) < 1e-9):
        return "inconclusive"
    return "saddle"
