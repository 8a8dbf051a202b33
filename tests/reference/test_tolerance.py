"""Units and bands: right code stays low, wrong formulas lie far above, nothing that is not finite passes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from reference.points import Array, Inputs
from reference.tolerance import (
    ALLOWED_UNITS,
    EXACT_UNITS,
    PATTERNS,
    ROUNDING,
    SEPARATION,
    Band,
    band,
    base,
    is_lossy,
    units,
)
from tests.reference.problems import at, gradient, residual, solved

Formula = Callable[[Inputs], Any]
FAR = 2.0**20


@cache
def cases(name: str) -> list[tuple[Inputs, Array, Array]]:
    """Points of four blocks, each with its expected value and unit."""
    asked = residual(name[-1]) if name.startswith("residual") else gradient(name)
    blocks = [solved(asked, seed) for seed in range(4)]
    return [(at(inputs, k), expected[k], unit[k]) for inputs, expected, unit in blocks for k in range(len(expected))]


def distances(name: str, formula: Formula) -> list[float]:
    """How far a formula is from the expected value, in units, at every point."""
    return [units(np.asarray(formula(inputs)), expected, unit) for inputs, expected, unit in cases(name)]


def r(p: Inputs) -> Array:
    return np.asarray(p["x"] - p["A"] @ p["s"])


def quadratic_in_loops(p: Inputs) -> Array:
    a, x = p["A"], p["x"]
    gradient = np.zeros(len(x))
    for i in range(len(x)):
        for j in range(len(x)):
            gradient[i] += a[i, j] * x[j]
            gradient[j] += a[i, j] * x[i]
    return gradient


def multiplied_out(p: Inputs) -> Array:
    left = p["A"].T @ (p["W"] + p["W"].T)
    return np.asarray((left @ p["A"]) @ p["s"] - left @ p["x"])


def cofactors(p: Inputs) -> Array:
    """Of the transposed inverse, entry by entry."""
    a, n = p["A"], len(p["A"])
    minors = [[np.delete(np.delete(a, i, 0), j, 1) for j in range(n)] for i in range(n)]
    return np.array([[(-1) ** (i + j) * np.linalg.det(minors[i][j]) for j in range(n)] for i in range(n)])


def by_singular_values(p: Inputs) -> Array:
    u, s, v = np.linalg.svd(p["A"])
    return np.asarray((u / s) @ v)


RIGHT: list[tuple[str, Formula]] = [
    ("quadratic", lambda p: (p["A"] + p["A"].T) @ p["x"]),
    ("quadratic", lambda p: p["A"] @ p["x"] + p["x"] @ p["A"]),
    ("quadratic", quadratic_in_loops),
    ("quadratic", lambda p: np.array([2 * sum((p["A"] + p["A"].T)[i] / 2 * p["x"]) for i in range(len(p["x"]))])),
    ("residual in s", lambda p: -p["A"].T @ ((p["W"] + p["W"].T) @ r(p))),
    ("residual in s", lambda p: -2 * ((p["W"] + p["W"].T) / 2 @ r(p)) @ p["A"]),
    ("residual in s", lambda p: p["A"].T @ (p["W"] + p["W"].T) @ (p["A"] @ p["s"] - p["x"])),
    ("residual in s", multiplied_out),
    ("residual in x", lambda p: p["W"] @ r(p) + p["W"].T @ r(p)),
    ("residual in x", lambda p: (p["W"] + p["W"].T) @ p["x"] - (p["W"] + p["W"].T) @ p["A"] @ p["s"]),
    ("logdet", lambda p: np.linalg.inv(p["A"]).T),
    ("logdet", lambda p: np.linalg.pinv(p["A"]).T),
    ("logdet", lambda p: np.linalg.solve(p["A"].T, np.eye(len(p["A"])))),
    ("logdet", lambda p: cofactors(p) / np.linalg.det(p["A"])),
    ("norm", lambda p: p["x"] / np.sqrt(sum(p["x"] ** 2))),
    ("sine", lambda p: 2 * p["x"] * np.cos(sum(p["x"] ** 2))),
    ("cubic", lambda p: p["x"] * (9 * p["x"] - 10)),
    ("cubic", lambda p: 3 * 3 * p["x"] ** 2 - 2 * 5 * p["x"]),
]
EVERY_RIGHT = pytest.mark.parametrize(("name", "formula"), RIGHT, ids=[f"{n} {i}" for i, (n, _) in enumerate(RIGHT)])


@EVERY_RIGHT
def test_right_formulas_written_otherwise_are_exact(name: str, formula: Formula) -> None:
    assert max(distances(name, formula)) <= EXACT_UNITS


@pytest.mark.parametrize(
    "formula",
    [
        lambda p: np.linalg.inv(p["A"]).T,
        lambda p: np.linalg.inv(p["A"].T),
        lambda p: np.linalg.solve(p["A"].T, np.eye(len(p["A"]))),
        lambda p: cofactors(p) / np.linalg.det(p["A"]),
        by_singular_values,
    ],
)
def test_ill_conditioned_points_do_not_fail_right_code(formula: Formula) -> None:
    assert max(distances("ill-conditioned", formula)) <= ALLOWED_UNITS


@EVERY_RIGHT
@pytest.mark.parametrize("factor", [2.0, 0.5, -1.0, 1.001, 0.999, 0.0])
def test_a_wrong_factor_is_far_away_at_every_point(name: str, formula: Formula, factor: float) -> None:
    assert min(distances(name, lambda p: factor * formula(p))) >= FAR


WRONG: list[tuple[str, Formula]] = [
    ("quadratic", lambda p: 2 * p["A"] @ p["x"]),
    ("quadratic", lambda p: 2 * p["A"].T @ p["x"]),
    ("quadratic", lambda p: p["A"] @ p["x"]),
    ("residual in s", lambda p: -2 * p["A"].T @ p["W"] @ r(p)),
    ("residual in s", lambda p: -2 * p["A"].T @ p["W"].T @ r(p)),
    ("residual in x", lambda p: 2 * p["W"] @ r(p)),
    ("residual in x", lambda p: (p["W"] + p["W"].T) @ p["x"]),
    ("logdet", lambda p: np.linalg.inv(p["A"])),
    ("logdet", lambda p: np.linalg.det(p["A"]) * np.linalg.inv(p["A"]).T),
    ("ill-conditioned", lambda p: np.linalg.inv(p["A"])),
    ("cubic", lambda p: 3 * p["x"] ** 2 - 5 * p["x"]),
    ("cubic", lambda p: 9 * p["x"] ** 3 - 10 * p["x"] ** 2),
    ("sine", lambda p: 2 * p["x"] * np.cos(p["x"])),
    ("sine", lambda p: np.cos(p["x"] @ p["x"]) * np.ones_like(p["x"])),
    ("norm", lambda p: 2 * p["x"]),
]


@pytest.mark.parametrize(("name", "formula"), WRONG, ids=[f"{n} {i}" for i, (n, _) in enumerate(WRONG)])
def test_wrong_formulas_are_far_away_at_every_point(name: str, formula: Formula) -> None:
    assert min(distances(name, formula)) >= FAR


@pytest.mark.parametrize("name", ["linear", "quadratic", "residual in s", "residual in x", "trace", "norm", "sine"])
def test_one_entry_is_enough(name: str) -> None:
    for _, expected, unit in cases(name):
        largest = np.unravel_index(int(np.argmax(np.abs(expected))), expected.shape)
        moved = expected.copy()
        moved[largest] *= 1 + 1e-6
        assert units(moved, expected, unit) >= FAR


@pytest.mark.parametrize("name", ["quadratic", "residual in s"])
def test_single_precision_is_noticed(name: str) -> None:
    for _, expected, unit in cases(name):
        assert units(expected.astype(np.float32).astype(np.float64), expected, unit) > ALLOWED_UNITS


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_infinitely_wrong(bad: float) -> None:
    assert units(np.array([1.0, bad]), np.ones(2), np.full(2, 1e-16)) == np.inf
    assert units(np.array(bad), np.array(1.0), np.array(1e-16)) == np.inf
    assert band(np.inf, np.inf) is Band.WRONG


@pytest.mark.parametrize(("answer", "expected"), [(1.7e308, -1.7e308), (1e300, 1.0), (np.inf, np.inf)])
def test_the_largest_numbers_are_wrong_without_a_warning(answer: float, expected: float) -> None:
    assert units(np.array([answer]), np.array([expected]), np.array([1e-16])) == np.inf


def test_where_nothing_rounds_only_the_exact_value_is_right() -> None:
    nothing = np.zeros(2)
    assert units(nothing, nothing, nothing) == 0
    assert units(-nothing, nothing, nothing) == 0
    assert units(np.array([0.0, 1e-300]), nothing, nothing) == np.inf


def test_the_worst_component_counts_in_its_own_unit() -> None:
    assert units(np.array([1.5, 2.0]), np.array([1.0, 4.0]), np.array([0.25, 0.5])) == 4.0
    assert units(np.array(1.5), np.array(1.0), np.array(0.125)) == 4.0


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        (0, Band.EXACT), (32, Band.EXACT), (32.1, Band.CANCELLING), (1024, Band.CANCELLING), (1024.1, Band.GREY),
        (2.0**36, Band.GREY), (2.0**36 + 1e3, Band.WRONG), (np.inf, Band.WRONG),
    ],
)  # fmt: skip
def test_bands_where_wrong_answers_are_far_away(q: float, expected: Band) -> None:
    assert band(q, 2.0**45) is expected


def test_the_fail_line_is_well_below_the_nearest_wrong_answer() -> None:
    assert band(2.0**20, SEPARATION) is Band.GREY
    assert band(2.0**20 + 1, SEPARATION) is Band.WRONG


def test_points_are_lossy_where_rounding_the_inputs_costs_digits() -> None:
    expected = np.array([1.0, -4.0])
    assert not is_lossy(expected, np.full(2, 8 * ROUNDING))
    assert is_lossy(expected, np.array([0.0, 200 * ROUNDING]))


def test_the_base_is_sensitivity_plus_rounding_floored_by_the_largest_component() -> None:
    reference = np.array([[4.0, -1.0, 0.0]])
    unmoved = np.repeat(reference[None], PATTERNS, axis=0)
    assert (base(reference, unmoved) / ROUNDING).tolist() == [[4.0, 4.0, 4.0]]
    moved = unmoved.copy()
    moved[3, 0] += np.array([0.0, -(2.0**-40), 2.0**-41])
    assert (base(reference, moved) / ROUNDING).tolist() == [[4.0, 9.0, 4.0]]


def test_every_point_has_a_floor_of_its_own() -> None:
    reference = np.array([[[1.0, 2.0], [0.0, 0.0]], [[0.0, 64.0], [0.0, 1.0]]])
    unit = base(reference, np.repeat(reference[None], PATTERNS, axis=0)) / ROUNDING
    assert unit.tolist() == [[[2.0, 2.0], [2.0, 2.0]], [[64.0, 64.0], [64.0, 64.0]]]


def test_the_base_of_scalars_is_their_own() -> None:
    reference = np.array([1.0, -3.0])
    assert (base(reference, np.stack([reference] * PATTERNS)) / ROUNDING).tolist() == [1.0, 3.0]


def test_a_separated_point_leaves_room_for_the_bands() -> None:
    assert SEPARATION / 16 >= 1000 * ALLOWED_UNITS
