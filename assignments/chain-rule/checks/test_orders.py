"""orders(f, df, x, hs): slopes 1 and 2 where the error is truncation, and what rounding does to them."""

import numpy as np
import pytest
from recording import recorded

HALVES = 0.1 * 0.5 ** np.arange(5)
THIRDS = 0.1 * 3.0 ** -np.arange(5)
TINY = np.array([1e-8, 1e-10, 1e-12])


def measured(f, df, x, hs):
    """The orders, by the task's formula."""
    forward = [abs((f(x + h) - f(x)) / h - df(x)) for h in hs]
    central = [abs((f(x + h) - f(x - h)) / (2 * h) - df(x)) for h in hs]
    columns = [np.log(np.divide(e[:-1], e[1:])) / np.log(hs[:-1] / hs[1:]) for e in (forward, central)]
    return np.stack(columns, axis=1)


def both(credit, found, expected):
    """Half of it is earned by a right forward column."""
    assert np.shape(found) == expected.shape, "one order for each pair of neighbouring steps, forward and central"
    assert found[:, 0] == pytest.approx(expected[:, 0], abs=1e-3), "forward differences are of order 1"
    credit(0.5)
    assert found[:, 1] == pytest.approx(expected[:, 1], abs=1e-3), "central differences are of order 2"


@pytest.mark.points(2)
def test_halves(student, rng, credit):
    x = rng.uniform(0.5, 1.0)
    both(credit, student.orders(np.exp, np.exp, x, HALVES), measured(np.exp, np.exp, x, HALVES))


@pytest.mark.points(2)
def test_thirds(student, rng, credit):
    x = rng.uniform(0.5, 1.0)
    both(credit, student.orders(np.sin, np.cos, x, THIRDS), measured(np.sin, np.cos, x, THIRDS))


@pytest.mark.points(1)
@pytest.mark.visibility("hidden")
def test_the_other_side_of_the_v(student, rng):
    x = rng.uniform(0.5, 1.0)
    f, calls = recorded(np.exp)
    found = student.orders(f, np.exp, x, TINY)
    # What f gave there, to the last bit: all of the error is made of such bits.
    values = {point: value for call in calls for point, value in zip(np.ravel(call), np.ravel(np.exp(call)), strict=True)}
    assert {x, *(x + TINY), *(x - TINY)} <= set(values), "f is called at x, x + h and x - h"
    assert np.shape(found) == (2, 2), "one order for each pair of neighbouring steps, forward and central"
    assert found == pytest.approx(measured(values.get, np.exp, x, TINY), abs=1e-3), "below the best step the error grows"
