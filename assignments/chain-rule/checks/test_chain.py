"""chain(g, grad_g, dh, x): the values, and where the given functions were called."""

import numpy as np
import pytest
from recording import recorded


def bowl(rng, n):
    """g(x) = x.A x + 1 with its gradient, and h'(t) = cos(t)."""
    A, x = rng.normal(size=(n, n)), rng.normal(size=n)
    return (lambda v: float(v @ A @ v) + 1.0), (lambda v: (A + A.T) @ v), np.cos, x


@pytest.mark.points(2)
@pytest.mark.parametrize("n", [1, 3, 6])
def test_gradient(student, rng, n):
    g, grad_g, dh, x = bowl(rng, n)
    found = student.chain(g, grad_g, dh, x)
    assert np.shape(found) == (n,), "the gradient has the shape of x"
    assert found == pytest.approx(dh(g(x)) * grad_g(x), rel=1e-12), "h'(g(x)) times the gradient of g"


@pytest.mark.points(1)
def test_g_is_called_once(student, rng):
    g, grad_g, dh, x = bowl(rng, 4)
    expected = dh(g(x)) * grad_g(x)
    g, calls = recorded(g)
    assert student.chain(g, grad_g, dh, x) == pytest.approx(expected, rel=1e-12), "h'(g(x)) times the gradient of g"
    assert len(calls) == 1, "g may be expensive: call it once"


@pytest.mark.points(1)
def test_where_the_outer_derivative_is_taken(student, rng):
    g, grad_g, dh, x = bowl(rng, 1)
    dh, calls = recorded(dh)
    student.chain(g, grad_g, dh, x)
    assert calls, "dh was never called"
    assert calls[0] == pytest.approx(g(x)), "the outer derivative is taken at g(x), not at x"
