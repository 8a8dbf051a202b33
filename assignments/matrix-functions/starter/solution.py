"""Functions of matrices. Replace every `raise` by your formula; keep the names and the order of the arguments."""

import numpy as np


def wls_grad_a(x, s, A, W):
    """f(A) = (x - A s)^T W (x - A s), any square W. Gradient with respect to A, shape (m, k)."""
    raise NotImplementedError("not written yet")


def grad_logdet(A):
    """f(A) = ln |det A|. Gradient with respect to A, shape (n, n)."""
    raise NotImplementedError("not written yet")


def grad_logdet_symmetric(S):
    """f(S) = ln |det S| of symmetric S, whose mirrored entries are one variable. Gradient, shape (n, n)."""
    raise NotImplementedError("not written yet")


def grad_trace_form(A, B, C, X):
    """f(X) = Tr[A X B X^T C]. Gradient with respect to X, shape (m, n)."""
    raise NotImplementedError("not written yet")


def grad_inverse_form(a, X, b):
    """f(X) = a^T X^-1 b. Gradient with respect to X, shape (n, n)."""
    raise NotImplementedError("not written yet")


def grad_norm(x):
    """f(x) = ||x||. Gradient with respect to x, shape (n,)."""
    raise NotImplementedError("not written yet")
