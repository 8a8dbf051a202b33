"""Numerical differentiation. Replace every `raise`; keep the names and the order of the arguments."""

import numpy as np


def cubic_slope(x):
    """f(x) = 3 x^3 - 5 x^2. The derivative at x, a number."""
    raise NotImplementedError("not written yet")


def secant(x, p):
    """The slope of the straight line between the points of the cubic at p and at x, a number."""
    raise NotImplementedError("not written yet")


def forward_difference(f, x, h):
    """(f(x + h e_i) - f(x)) / h for every entry i, of the shape of x."""
    raise NotImplementedError("not written yet")


def central_difference(f, x, h):
    """(f(x + h e_i) - f(x - h e_i)) / (2 h) for every entry i, of the shape of x."""
    raise NotImplementedError("not written yet")


def complex_step(f, x, h):
    """Im f(x + i h e_i) / h for every entry i, of the shape of x."""
    raise NotImplementedError("not written yet")


def derivative(f, x):
    """Forward differences with a step of your own choice, of the shape of x."""
    raise NotImplementedError("not written yet")


def extrapolated(f, x):
    """Central differences, extrapolated to h = 0, of the shape of x."""
    raise NotImplementedError("not written yet")
