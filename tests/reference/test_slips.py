"""Typical wrong answers about Lagrangians, against formulas written out."""

from __future__ import annotations

import numpy as np
import pytest

from grader.diagnosis.catalogue import CONDITIONS, HINTS
from reference import slips
from reference.separation import note_of
from tests.reference.constrained import constrained

X, LAM = np.array([1.5, -0.5]), np.array([2.0, 3.0])
F, G = 1.5**2 - 0.5, np.array([1.5**2 + 0.25 - 2, 1.5 + 0.5 - 3])
SLOPE, JACOBIAN = np.array([3.0, 1.0]), np.array([[3.0, -1.0], [1.0, -1.0]])
PROBLEM = constrained("x[0]**2 + x[1]", "x @ x - 2", "x[0] - x[1] - three", size=2, three="1 + 2")


def test_constants_are_found_wherever_they_stand() -> None:
    made = constrained("x[0]", "3 - (x[0] - 2) + k", "-(x[1] - k) - 1", "x @ x", size=2, y="x * 2", k="4 * 0.5")
    np.testing.assert_array_equal(slips.constants(made), [7.0, 1.0, 0.0])
    np.testing.assert_array_equal(slips.constants(constrained("x[0]", "sum(y) - 2", size=2, y="x - 1")), [-2.0])


def test_wrong_lagrangians() -> None:
    found = {name: float(value) for name, value in slips.of_lagrangian(PROBLEM, X, LAM).items()}
    assert found == pytest.approx({
        "lambda.sign": F + LAM @ G,
        "constraint.missing": F,
        "constraint.missing:0": F - 3 * G[1],
        "constraint.missing:1": F - 2 * G[0],
        "constraint.constant": F - LAM @ (G + [2, 3]),
        "constraint.squared": F - LAM @ G**2,
        "lambda.shared": F - 2 * sum(G),
        "objective.missing": -LAM @ G,
    })  # fmt: skip


def test_wrong_systems() -> None:
    found = slips.of_system(PROBLEM, X, LAM)
    upper = SLOPE - LAM @ JACOBIAN
    expected = {
        "lambda.sign": [*(SLOPE + LAM @ JACOBIAN), *G],
        "constraint.missing": [*SLOPE, *G],
        "constraint.constant": [*upper, *(G + [2, 3])],
        "system.sign": [*upper, *-G],
        "system.negated": [*-upper, *G],
        "system.halved": [*upper / 2, *G],
        "system.order": [*G, *upper],
        "system.order:sign": [*-G, *upper],
        "system.incomplete": upper,
        "system.incomplete:below": G,
        "objective.missing": [*(-LAM @ JACOBIAN), *G],
        "lambda.shared": [*(SLOPE - 2 * JACOBIAN.sum(0)), *G],
    }
    assert set(found) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-14, err_msg=name)


def test_wrong_multipliers() -> None:
    found = slips.of_multipliers(PROBLEM, X, LAM)
    both = JACOBIAN.sum(0)
    np.testing.assert_array_equal(found["lambda.sign"], -LAM)
    np.testing.assert_array_equal(found["lambda.inverse"], [1 / 2, 1 / 3])
    np.testing.assert_allclose(found["lambda.separate"], [8 / 10, 2 / 2], rtol=1e-14)
    np.testing.assert_allclose(found["lambda.shared"], np.full(2, SLOPE @ both / (both @ both)), rtol=1e-14)


@pytest.mark.parametrize(("count", "note"), [(1, "classify.swapped"), (2, "classify.bordered")])
def test_wrong_types(count: int, note: str) -> None:
    made = constrained("x[0]**2 - x[1]**2 + x[2]**2", *("x[1] - 1", "x[0] - x[2]")[:count], size=3)
    x = np.array([0.0, 1, 0])
    found = slips.of_types(made, x, made.multipliers(x), "minimum")
    assert found == {note: "maximum", "classify.unconstrained": "saddle", "classify.unconstrained:objective": "saddle"}
    assert slips.of_types(made, x, made.multipliers(x), "saddle")[note] == "saddle"


def test_every_slip_has_a_hint() -> None:
    numbers = [
        slips.of_lagrangian(PROBLEM, X, LAM),
        slips.of_system(PROBLEM, X, LAM),
        slips.of_multipliers(PROBLEM, X, LAM),
    ]
    assert {note_of(name) for found in numbers for name in found} <= set(HINTS)
    assert {note_of(name) for name in slips.of_types(PROBLEM, X, LAM, "minimum")} <= set(CONDITIONS)
