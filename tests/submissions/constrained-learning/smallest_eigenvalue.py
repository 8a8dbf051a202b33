"""Takes the first eigenvector that numpy lists, and half of the directions."""

import numpy as np

S = np.array([[4, 1, 1], [1, 3, 0], [1, 0, 2.0]])


def pca_lagrangian(w, lam):
    return w @ S @ w - lam * (w @ w - 1)


def pca_system(w, lam):
    return np.array([*(S @ w - lam * w), w @ w - 1])


def pca_multiplier(w):
    return w @ S @ w / (w @ w)


def first_component():
    values, vectors = np.linalg.eigh(S)
    return vectors[:, 0], values[0]


def all_components():
    values, vectors = np.linalg.eigh(S)
    return [(vectors[:, k], values[k]) for k in range(3)]


def component_type(w, lam):
    # the Hessian of w S w is positive definite
    return "minimum"


def most_uncertain():
    return np.ones(5), np.array([-1.0])


def uncertainty_multiplier(p):
    return np.log(p[0]) + 1


def die_lagrangian(p, lam):
    return -np.sum(p * np.log(p)) - lam[0] * np.sum(p) - lam[1] * (np.arange(1, 7) @ p)


def die_system(p, lam):
    return np.array([*(-np.log(p) - 1 - lam[0] - lam[1] * np.arange(1, 7)), np.sum(p), np.arange(1, 7) @ p])


def die_solve():
    return np.full(6, 1 / 6), np.array([np.log(6) - 1, 0.0])


def die_sensitivity(p, lam):
    return -lam
