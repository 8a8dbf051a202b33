"""The textbook's sigmoid, which is inf / inf where the classifier is certain; the sum where the mean is asked for."""

import numpy as np


def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


def logistic_gradient(w, X, y):
    return X.T @ (sigmoid(X @ w) - y) / len(y)


def logistic_hessian(w, X, y):
    p = sigmoid(X @ w)
    return X.T @ np.diag(p * (1 - p)) @ X
