"""Learning with constraints. Replace every `raise NotImplementedError`; you may import numpy."""

import numpy as np


# Principal components


def pca_lagrangian(w, lam):
    raise NotImplementedError


def pca_system(w, lam):
    raise NotImplementedError


def pca_multiplier(w):
    raise NotImplementedError


def first_component():
    raise NotImplementedError


def all_components():
    raise NotImplementedError


def component_type(w, lam):
    raise NotImplementedError


# Knowing nothing


def most_uncertain():
    raise NotImplementedError


def uncertainty_multiplier(p):
    raise NotImplementedError


# A die with a known mean


def die_lagrangian(p, lam):
    raise NotImplementedError


def die_system(p, lam):
    raise NotImplementedError


def die_solve():
    raise NotImplementedError


def die_sensitivity(p, lam):
    raise NotImplementedError
