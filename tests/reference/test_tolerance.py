"""Units and bands: right code stays low, wrong formulas lie far above, nothing that is not finite passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.points import Array, Inputs
from reference.tolerance import ALLOWED_UNITS, EXACT_UNITS, SEPARATION, Band, band, base, units
from tests.reference.problems import at, gradient, residual, solved

Formula = Callable[[Inputs], Any]


def residual_of(p: Inputs) -> Array:
    return np.asarray(p["x"] - p["A"] @ p["s"])


def worst(name: str, formula: Formula, scale: float = 1.0) -> float:
    asked = residual("s") if name == "residual" else gradient(name)
    return max(
        units(np.asarray(scale * formula(at(inputs, k))), expected[k], unit[k])
        for inputs, expected, unit in (solved(asked, seed) for seed in range(4))
        for k in range(len(expected))
    )


def best(name: str, formula: Formula) -> float:
    asked = residual("s") if name == "residual" else gradient(name)
    return min(
        units(np.asarray(formula(at(inputs, k))), expected[k], unit[k])
        for inputs, expected, unit in (solved(asked, seed) for seed in range(4))
        for k in range(len(expected))
    )


RIGHT: list[tuple[str, Formula]] = [
    ("quadratic", lambda p: p["A"] @ p["x"] + p["x"] @ p["A"]),
    ("quadratic", lambda p: np.array([2 * sum((p["A"] + p["A"].T)[i] / 2 * p["x"]) for i in range(len(p["x"]))])),
    ("residual", lambda p: -2 * ((p["W"] + p["W"].T) / 2 @ residual_of(p)) @ p["A"]),
    ("residual", lambda p: p["A"].T @ (p["W"] + p["W"].T) @ p["A"] @ p["s"] - p["A"].T @ (p["W"] + p["W"].T) @ p["x"]),
    ("logdet", lambda p: np.linalg.pinv(p["A"]).T),
    ("sine", lambda p: 2 * p["x"] * np.cos(sum(p["x"] ** 2))),
    ("cubic", lambda p: p["x"] * (9 * p["x"] - 10)),
]


@pytest.mark.parametrize(("name", "formula"), RIGHT)
def test_right_formulas_written_otherwise_are_exact(name: str, formula: Formula) -> None:
    assert worst(name, formula) <= EXACT_UNITS


@pytest.mark.parametrize("formula", [lambda p: np.linalg.inv(p["A"]).T, lambda p: np.linalg.inv(p["A"].T)])
def test_ill_conditioned_points_do_not_fail_right_code(formula: Formula) -> None:
    assert worst("ill-conditioned", formula) <= ALLOWED_UNITS


WRONG: list[tuple[str, Formula]] = [
    ("quadratic", lambda p: 2 * p["A"] @ p["x"]),
    ("quadratic", lambda p: p["A"] @ p["x"]),
    ("quadratic", lambda p: 1.001 * (p["A"] + p["A"].T) @ p["x"]),
    ("quadratic", lambda p: -(p["A"] + p["A"].T) @ p["x"]),
    ("residual", lambda p: -2 * p["A"].T @ p["W"] @ residual_of(p)),
    ("residual", lambda p: -p["A"].T @ p["W"] @ residual_of(p)),
    ("logdet", lambda p: np.linalg.inv(p["A"])),
    ("ill-conditioned", lambda p: np.linalg.inv(p["A"])),
    ("cubic", lambda p: 3 * p["x"] ** 2 - 5 * p["x"]),
    ("sine", lambda p: 2 * p["x"] * np.cos(p["x"])),
    ("norm", lambda p: 2 * p["x"]),
]


@pytest.mark.parametrize(("name", "formula"), WRONG)
def test_wrong_formulas_are_far_away_at_every_point(name: str, formula: Formula) -> None:
    assert best(name, formula) >= 2**20


def test_one_entry_is_enough() -> None:
    _, expected, unit = solved(gradient("quadratic"))
    for entry in range(expected.shape[1]):
        moved = expected[0].copy()
        moved[entry] += 1e-6 * np.abs(expected[0]).max()
        assert units(moved, expected[0], unit[0]) >= 2**20


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_infinitely_wrong(bad: float) -> None:
    assert units(np.array([1.0, bad]), np.ones(2), np.full(2, 1e-16)) == np.inf
    assert band(np.inf) is Band.WRONG


def test_where_nothing_rounds_only_the_exact_value_is_right() -> None:
    nothing = np.zeros(2)
    assert units(nothing, nothing, nothing) == 0
    assert units(np.array([0.0, 1e-300]), nothing, nothing) == np.inf


@pytest.mark.parametrize(
    ("q", "expected"),
    [(0, Band.EXACT), (32, Band.EXACT), (32.1, Band.CANCELLING), (1024, Band.CANCELLING), (1024.1, Band.WRONG)],
)
def test_bands(q: float, expected: Band) -> None:
    assert band(q) is expected


def test_the_base_is_floored_by_the_largest_component() -> None:
    reference = np.array([[1.0, 0.0]])
    unmoved = np.repeat(reference[None], 8, axis=0)
    assert base(reference, unmoved).tolist() == [[2.0**-53, 2.0**-53]]
    moved = unmoved + np.array([0.0, 2.0**-40])
    assert base(reference, moved)[0, 1] == 2.0**-53 * 2.0**43 * 2.0**-40


def test_a_separated_point_leaves_room_for_the_bands() -> None:
    assert SEPARATION / 16 >= 1000 * ALLOWED_UNITS
