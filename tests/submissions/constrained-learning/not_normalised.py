"""Right ideas, one slip each."""

import numpy as np

S = np.array([[4, 1, 1], [1, 3, 0], [1, 0, 2.0]])
I = np.arange(1, 7)


def pca_lagrangian(w, lam):
    return w @ S @ w + lam[0] * (1 - w @ w)


def pca_system(w, lam):
    return np.append(w @ w - 1, 2 * S @ w - 2 * lam[0] * w)


def pca_multiplier(w):
    return -w @ S @ w


def first_component():
    w = np.ones(3)
    for _ in range(200):
        w = S @ w / np.max(np.abs(S @ w))  # largest entry one
    return w, np.array([w @ S @ w / (w @ w)])


def all_components():
    values, vectors = np.linalg.eigh(S)
    return [(s * v, -value) for value, v in zip(values, vectors.T) for s in (1, -1)]


def component_type(w, lam):
    H = 2 * S - 2 * lam[0] * np.eye(3)
    e = np.linalg.eigvalsh(H)
    if e[0] >= -1e-9:
        return "minimum"
    return "maximum" if e[-1] <= 1e-9 else "saddle"


def most_uncertain():
    return np.full(5, 0.2), np.log(5)


def uncertainty_multiplier(p):
    return -np.log(p[:1]) - 1


def die_lagrangian(p, lam):
    return -np.sum(p * np.log(p)) - lam @ [p.sum() - 1, I @ p - 4.5]


def die_system(p, lam):
    return np.append(-np.log(p) - 1 - lam[0] - lam[1] * I, [1 - p.sum(), 4.5 - I @ p])


def die_solve():
    low, high = -5.0, 5.0
    for _ in range(25):  # bisection, stopped early
        mu = (low + high) / 2
        p = np.exp(-mu * I)
        p /= p.sum()
        low, high = (low, mu) if I @ p < 4.5 else (mu, high)
    return p, np.array([np.log(np.exp(-mu * I).sum()) - 1, mu])


def die_sensitivity(p, lam):
    return lam
