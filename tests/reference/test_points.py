"""Points: sizes that differ, blocks of equal sizes, and the words that make a group special."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reference.points import BLOCK, argument, draw_sizes
from reference.problem import Group, Problem
from reference.special import draw_block
from tests.reference.problems import problem

GIVEN = {"x": "vector[n]", "A": "matrix[m, n] positive", "t": "scalar real[1,2]"}


def mixed(**special: tuple[str, ...]) -> Problem:
    return problem("t * sum(A @ x)", "x", GIVEN, groups=(Group("g", 4, 100.0, tuple(special.items())),))


def test_sizes_are_different_and_reach_both_ends_of_their_ranges() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_sizes(mixed(), rng) for _ in range(200)]
    assert all(sizes["n"] != sizes["m"] for sizes in drawn)
    assert {sizes["n"] for sizes in drawn} == {3, 4, 5}
    assert {sizes["m"] for sizes in drawn} == {2, 3, 4, 5, 6}


def test_a_tight_range_still_gives_different_sizes() -> None:
    rng = np.random.default_rng(0)
    tight = replace(mixed(), dims=(("n", (3, 4)), ("m", (4, 5)), ("k", (5, 6)), ("l", (6, 6))))
    assert all(draw_sizes(tight, rng) == {"n": 3, "m": 4, "k": 5, "l": 6} for _ in range(20))


def test_equal_sizes_are_drawn_only_where_the_ranges_leave_no_choice() -> None:
    stuck = replace(mixed(), dims=(("n", (3, 3)), ("m", (3, 3))))
    assert draw_sizes(stuck, np.random.default_rng(0)) == {"n": 3, "m": 3}


def test_a_block_holds_points_of_equal_sizes_and_different_values() -> None:
    asked = mixed()
    for seed in range(5):
        inputs = draw_block(asked, asked.groups[0], np.random.default_rng(seed))
        n, m = inputs["x"].shape[1], inputs["A"].shape[1]
        assert list(inputs) == ["x", "A", "t"]
        assert [array.shape for array in inputs.values()] == [(BLOCK, n), (BLOCK, m, n), (BLOCK,)]
        assert all(array.dtype == np.float64 for array in inputs.values())
        assert all(len({point.tobytes() for point in array}) == BLOCK for array in inputs.values())


def test_a_seed_fixes_a_block() -> None:
    asked = mixed()
    one, same, other = (draw_block(asked, asked.groups[0], np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one["x"].tobytes() == same["x"].tobytes()
    assert one["x"].tobytes() != other["x"].tobytes()


@pytest.mark.parametrize(("word", "value"), [("zero", 0.0), ("ones", 1.0)])
def test_zero_and_ones_set_every_entry_of_what_they_name(word: str, value: float) -> None:
    plain, special = (draw_block(q, q.groups[0], np.random.default_rng(3)) for q in (mixed(), mixed(**{word: ("A",)})))
    assert np.array_equal(special["A"], np.full_like(plain["A"], value))
    assert np.array_equal(special["x"], plain["x"])


@pytest.mark.parametrize(("word", "factor"), [("tiny", 1e-150), ("huge", 1e150)])
def test_tiny_and_huge_multiply_what_they_name(word: str, factor: float) -> None:
    asked = mixed(**{word: ("x", "t")})
    plain, special = (draw_block(q, q.groups[0], np.random.default_rng(3)) for q in (mixed(), asked))
    assert np.array_equal(special["x"], plain["x"] * factor)
    assert np.array_equal(special["t"], plain["t"] * factor)
    assert np.array_equal(special["A"], plain["A"])


def test_words_can_be_combined() -> None:
    asked = mixed(ones=("x",), huge=("A",), zero=("t",))
    inputs = draw_block(asked, asked.groups[0], np.random.default_rng(3))
    assert (inputs["x"] == 1.0).all()
    assert inputs["A"].min() > 1e149
    assert not inputs["t"].any()


def test_students_get_numbers_as_floats_and_arrays_as_arrays() -> None:
    asked = mixed()
    domains, inputs = dict(asked.given), draw_block(asked, asked.groups[0], np.random.default_rng(0))
    number = argument(inputs["t"][0], domains["t"])
    assert type(number) is float
    assert number == inputs["t"][0]
    vector = argument(inputs["x"][0], domains["x"])
    assert isinstance(vector, np.ndarray)
    assert np.array_equal(vector, inputs["x"][0])
