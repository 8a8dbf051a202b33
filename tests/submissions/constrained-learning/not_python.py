import numpy as np


def pca_lagrangian(w, lam):
    raise NotImplementedError


def first_component():
    raise NotImplementedError


def die_solve()
    return 1
