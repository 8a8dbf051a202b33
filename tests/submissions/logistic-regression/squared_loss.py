"""Differentiates the squared error of the probabilities, and takes the curvature of least squares."""

import numpy as np


def logistic_gradient(w, X, y):
    p = 1 / (1 + np.exp(-X @ w))
    return X.T @ ((p - y) * p * (1 - p)) / len(y)


def logistic_hessian(w, X, y):
    return X.T @ X / len(y)
