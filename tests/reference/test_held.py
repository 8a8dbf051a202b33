"""Inputs that are the same numbers as another one, inputs that are always the same, and what goes wrong with v^T J."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reference.build import build
from reference.bundle import Point
from reference.domains import Domain
from reference.language import parse
from reference.problem import Group, Problem, ProblemFault
from reference.shapes import Size
from reference.words import FIXED, WORDS

VECTOR = Domain("vector", (Size("n", 0),), (WORDS["normal"], ()), None)
ONE = Domain("scalar", (), (WORDS["integer"], (1.0, 1.0)), None)
GROUPS = (Group("generic", 4, 100.0),)
HELD = Problem(
    (("x", VECTOR), ("c", VECTOR), ("v", VECTOR)), (("n", (2, 4)),), (("w", parse("sin(c)")),), parse("w * x**2"), "x",
    "vjp", "like-variable", VECTOR.shape, GROUPS, along="v", copies=(("c", "x"),),
)  # fmt: skip


def points(problem: Problem) -> list[Point]:
    bundle, _ = build(problem)
    return [point for block in bundle.groups["generic"] for point in block.points()]


def test_a_copy_holds_the_same_numbers_and_does_not_vary() -> None:
    for point in points(HELD):
        x, v = point.inputs["x"], point.inputs["v"]
        assert np.array_equal(point.inputs["c"], x)
        np.testing.assert_allclose(point.expected, v * np.sin(x) * 2 * x, rtol=1e-14)


def test_what_goes_wrong_with_what_is_held() -> None:
    for point in points(HELD):
        x, v = point.inputs["x"], point.inputs["v"]
        through, other = v * np.sin(x) * 2 * x, v * np.cos(x) * x**2
        np.testing.assert_allclose(point.wrong["detach.missing"], through + other, rtol=1e-13)
        np.testing.assert_allclose(point.wrong["detach.other"], other, rtol=1e-13)
        assert not [name for name in point.wrong if name.startswith("wrong-variable:c")]


def test_holding_must_make_a_difference() -> None:
    idle = replace(HELD, lets=(("w", parse("sin(c) - sin(c)")),), f=parse("w + x**2"))
    with pytest.raises(ProblemFault, match="the same whether this is held constant or not") as caught:
        build(idle)
    assert caught.value.where == "stop"


def test_copies_are_part_of_what_a_bundle_is_named_by() -> None:
    assert HELD.digest() != replace(HELD, copies=()).digest()


def test_a_cotangent_that_is_ignored_or_taken_for_a_direction() -> None:
    problem = Problem(
        (("x", VECTOR), ("A", Domain("matrix", (Size("n", 0), Size("n", 0)), (WORDS["normal"], ()), None)), ("v", VECTOR)),
        (("n", (3, 4)),), (), parse("A @ sin(x)"), "x", "vjp", "like-variable", VECTOR.shape, GROUPS, along="v",
    )  # fmt: skip
    for point in points(problem):
        jacobian = point.inputs["A"] * np.cos(point.inputs["x"])
        np.testing.assert_allclose(point.expected, point.inputs["v"] @ jacobian, rtol=1e-12)
        np.testing.assert_allclose(point.wrong["cotangent.ones"], jacobian.sum(axis=0), rtol=1e-12)
        np.testing.assert_allclose(point.wrong["cotangent.pushed"], jacobian @ point.inputs["v"], rtol=1e-12)


@pytest.mark.parametrize(("f", "shape"), [("x * exp(x)", VECTOR.shape), ("sum(x * exp(x))", ())])
def test_a_value_is_how_fast_its_multiple_grows(f: str, shape: tuple[Size, ...]) -> None:
    problem = Problem(
        (("x", VECTOR), ("t", ONE), ("d", ONE)), (("n", (2, 4)),), (), parse(f"t * ({f})"), "t", "jvp", "like-variable",
        shape, GROUPS, along="d",
    )  # fmt: skip
    for point in points(problem):
        value = point.inputs["x"] * np.exp(point.inputs["x"])
        np.testing.assert_allclose(point.expected, value if shape else value.sum(), rtol=1e-14)


def test_fixed_numbers_are_those_at_every_point() -> None:
    x = replace(VECTOR, entries=(FIXED, (0.1, 1.0, 0.0001)))
    problem = Problem(
        (("x", x),), (("n", (3, 3)),), (), parse("x @ x"), "x", "gradient", "like-variable", x.shape, GROUPS
    )
    for point in points(problem):
        assert point.inputs["x"].tolist() == [0.1, 1.0, 0.0001]
        assert point.expected.tolist() == [0.2, 2.0, 0.0002]
    other = replace(problem, given=(("x", replace(x, entries=(FIXED, (0.1, 1.0, 0.0002)))),))
    assert problem.digest() != other.digest()
