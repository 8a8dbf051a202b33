import numpy as np


def sigmoid(z):
    """Without overflow on either side."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def logistic_gradient(w, X, y):
    return X.T @ (sigmoid(X @ w) - y) / len(y)


def logistic_hessian(w, X, y):
    z = X @ w
    return X.T @ ((sigmoid(z) * sigmoid(-z))[:, None] * X) / len(y)
