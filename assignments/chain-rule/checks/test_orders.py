"""orders(f, df, x, hs): slopes 1 and 2 where the error is truncation, and what rounding does to them."""

import numpy as np
import pytest

HALVES = 0.1 * 0.5 ** np.arange(5)
THIRDS = 0.1 * 3.0 ** -np.arange(5)
TINY = np.array([1e-8, 1e-10, 1e-12])


def both(credit, found, k):
    """Half of it is earned by a right forward column."""
    assert np.shape(found) == (k - 1, 2), "one order for each pair of neighbouring steps, forward and central"
    assert found[-1, 0] == pytest.approx(1, abs=0.1), "forward differences are of order 1"
    credit(0.5)
    assert found[-1, 1] == pytest.approx(2, abs=0.1), "central differences are of order 2"


@pytest.mark.points(2)
def test_halves(student, credit):
    both(credit, student.orders(np.exp, np.exp, 0.7, HALVES), 5)


@pytest.mark.points(2)
def test_thirds(student, credit):
    both(credit, student.orders(np.sin, np.cos, 0.7, THIRDS), 5)


@pytest.mark.points(1)
@pytest.mark.visibility("hidden")
def test_the_other_side_of_the_v(student):
    found = student.orders(np.exp, np.exp, 0.7, TINY)
    assert np.all(np.isfinite(found)) and found[-1, 1] < 0, "below the best step the error grows"
