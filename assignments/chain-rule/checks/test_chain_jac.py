"""chain_jac(Jf, Jg, x, g): the order of the product, and where each Jacobian is taken."""

import numpy as np
import pytest
from recording import recorded


def composition(rng, p, m, n):
    """g(x) = sin(B x), f(y) = (A y)^2 elementwise."""
    A, B, x = rng.normal(size=(p, m)), rng.normal(size=(m, n)), rng.normal(size=n)
    return (
        lambda y: 2 * (A @ y)[:, None] * A,
        lambda v: np.cos(B @ v)[:, None] * B,
        x,
        lambda v: np.sin(B @ v),
    )


@pytest.mark.points(2)
@pytest.mark.parametrize("sizes", [(2, 3, 4), (4, 3, 2), (1, 5, 3)])
def test_shapes_of_all_kinds(student, rng, sizes):
    Jf, Jg, x, g = composition(rng, *sizes)
    found = student.chain_jac(Jf, Jg, x, g)
    assert np.shape(found) == (sizes[0], sizes[2]), "p outputs and n inputs make p rows and n columns"
    assert found == pytest.approx(Jf(g(x)) @ Jg(x), rel=1e-12)


@pytest.mark.points(1)
def test_square_matrices(student, rng):
    Jf, Jg, x, g = composition(rng, 3, 3, 3)
    found = student.chain_jac(Jf, Jg, x, g)
    assert found == pytest.approx(Jf(g(x)) @ Jg(x), rel=1e-12), "which Jacobian stands on the left?"


@pytest.mark.points(1)
@pytest.mark.visibility("after_due_date")
def test_where_the_jacobians_are_taken(student, rng):
    Jf, Jg, x, g = composition(rng, 3, 3, 3)
    (Jf, outer), (Jg, inner) = recorded(Jf), recorded(Jg)
    student.chain_jac(Jf, Jg, x, g)
    assert outer[0] == pytest.approx(g(x)), "the Jacobian of f is taken at g(x)"
    assert inner[0] == pytest.approx(x), "the Jacobian of g is taken at x"
