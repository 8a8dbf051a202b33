"""Matrix calculus. Replace every `raise` by your formula; keep the names and the order of the arguments."""

import numpy as np


def grad_dot(x, a):
    """f(x) = x^T a. Gradient with respect to x, shape (n,)."""
    raise NotImplementedError("not written yet")


def grad_linear(A, x):
    """f(x) = A x. Gradient in denominator layout, shape (n, m)."""
    raise NotImplementedError("not written yet")


def jacobian_linear(A, x):
    """f(x) = A x. Jacobian, shape (m, n)."""
    raise NotImplementedError("not written yet")


def grad_quadratic(A, x):
    """f(x) = x^T A x for any square A. Gradient with respect to x, shape (n,)."""
    raise NotImplementedError("not written yet")


def grad_quadratic_symmetric(A, x):
    """f(x) = x^T A x for symmetric A. Gradient with respect to x, shape (n,)."""
    raise NotImplementedError("not written yet")


def wls_grad_s(x, s, A, W):
    """f(s) = (x - A s)^T W (x - A s), W symmetric. Gradient with respect to s, shape (k,)."""
    raise NotImplementedError("not written yet")


def wls_grad_x(x, s, A, W):
    """The same f. Gradient with respect to x, shape (m,)."""
    raise NotImplementedError("not written yet")


def grad_logdet(A):
    """f(A) = ln |A|. Gradient with respect to A, shape (n, n)."""
    raise NotImplementedError("not written yet")


def grad_trace(A, B):
    """f(A) = Tr[A B]. Gradient with respect to A, shape (m, n)."""
    raise NotImplementedError("not written yet")


def grad_chain(x):
    """f(x) = sin(x^T x). Gradient with respect to x, shape (n,)."""
    raise NotImplementedError("not written yet")


def cubic_derivative(x):
    """f(x) = 3 x^3 - 5 x^2. Derivative at the number x."""
    raise NotImplementedError("not written yet")
