"""Points of a special character are what they are called, and where there are none the author is told."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from reference.language import parse
from reference.points import Array, Inputs
from reference.problem import EXPRESSION_WORDS, Group, Problem, ProblemFault
from reference.special import CONDITION, DISTANCE, NEAR, draw_block, require_movable
from tests.reference.problems import at, problem

VECTOR = {"x": "vector[n]", "A": "matrix[m, n]", "b": "vector[m]"}


def asked(word: str, item: str, given: dict[str, str] | None = None, f: str = "x @ x", wrt: str = "x") -> Problem:
    applied: tuple[Any, ...] = (parse(item),) if word in EXPRESSION_WORDS else (item,)
    return problem(f, wrt, given or VECTOR, groups=(Group("special", 4, 100.0, ((word, applied),)),))


def points(made: Problem) -> list[Inputs]:
    inputs = draw_block(made, made.groups[0], np.random.default_rng(1))
    return [at(inputs, k) for k in range(len(inputs[made.wrt]))]


@pytest.mark.parametrize(
    ("word", "low", "high"), [("zero", 0, 0), ("ones", 1, 1), ("tiny", 0, 1e-148), ("huge", 1e147, 1e152)]
)
def test_words_about_sizes(word: str, low: float, high: float) -> None:
    for point in points(asked(word, "x")):
        assert np.all((np.abs(point["x"]) >= low) & (np.abs(point["x"]) <= high))
        assert np.any(point["b"] != point["x"][0])


@pytest.mark.parametrize("declared", ["matrix[m, n]", "matrix[n, n] symmetric", "matrix[n, n] spd"])
def test_ill_spreads_singular_values(declared: str) -> None:
    made = asked("ill", "A", {"x": "vector[n]", "A": declared})
    for point in points(made):
        assert np.linalg.cond(point["A"]) == pytest.approx(CONDITION, rel=1e-6)
        if "spd" in declared:
            assert np.all(np.linalg.eigvalsh(point["A"]) > 0)
        if "symmetric" in declared or "spd" in declared:
            assert np.array_equal(point["A"], point["A"].T)


def test_near_null_is_a_direction_that_a_matrix_makes_short() -> None:
    for point in points(asked("near_null", "A + A.T", {"x": "vector[n]", "A": "matrix[n, n]"})):
        matrix = point["A"] + point["A"].T
        shortest = np.linalg.svd(matrix)[1][-1]
        assert np.linalg.norm(matrix @ point["x"]) <= (shortest + 1e-4) * np.linalg.norm(point["x"]) * 1.01


def test_at_zero() -> None:
    for point in points(asked("at_zero", "b - A @ x")):
        value = point["b"] - point["A"] @ point["x"]
        assert 0 < np.max(np.abs(value)) < 1e3 * NEAR


def test_kink() -> None:
    values = np.concatenate([point["A"] @ point["x"] for point in points(asked("kink", "A @ x"))])
    assert np.all(np.abs(np.abs(values) - DISTANCE) < 0.01 * DISTANCE)
    assert {-1.0, 1.0} == set(np.sign(values))


def test_ties() -> None:
    for point in points(asked("ties", "x")):
        gaps: Array = np.diff(np.sort(point["x"]))
        assert np.all((gaps > 0.9 * DISTANCE) & (gaps < 1.1 * DISTANCE))


def test_no_such_point_is_told() -> None:
    made = asked("kink", "x * x + 1")
    words = "of 80 points only 0 could be moved to where `kink: x * x + 1` holds; has it a solution?"
    with pytest.raises(ProblemFault, match=re.escape(words)) as raised:
        draw_block(made, made.groups[0], np.random.default_rng(0))
    assert raised.value.where == "groups.special"


@pytest.mark.parametrize("declared", ["vector[n] unit", "vector[n] integer"])
def test_what_cannot_be_moved_is_told(declared: str) -> None:
    made = asked("at_zero", "x @ x - 1", {"x": declared})
    words = "`at_zero: x @ x - 1` depends on no input that can be moved there; inputs with a structure such as spd, and"
    with pytest.raises(ProblemFault, match=re.escape(words)):
        require_movable(made, made.groups[0])
