"""The gate between the reference and differences: a wrong rule, a kink and noise are told apart."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from reference.build import build
from reference.functions import FUNCTIONS
from reference.problem import Group, ProblemFault
from tests.reference.problems import problem

GIVEN = {"x": "vector[n]", "A": "matrix[n, n] nonsymmetric", "b": "vector[n]"}
MANY = (Group("generic", 8, 100.0),)


def test_right_rules_agree_within_their_bars() -> None:
    _, audit = build(problem("sin(x @ x) + sum(exp(x))", "x", {"x": "vector[n]"}, groups=MANY))
    group = audit.groups["generic"]
    assert group.used == group.drawn == 24
    assert group.difference_ratio <= 1
    assert group.resolution < 1e-10


@pytest.mark.parametrize("word", ["tiny", "huge", "ones", "zero"])
def test_points_of_any_size_have_a_second_opinion(word: str) -> None:
    group = Group("special", 4, 100.0, ((word, ("x",)),))
    _, audit = build(problem("x @ A @ x + b @ x", "x", GIVEN, groups=(group,)))
    assert audit.groups["special"].resolution < 1e-10
    assert audit.groups["special"].difference_ratio <= 1


@pytest.mark.parametrize("factor", [-1.0, 1.0005, 2.0])
def test_a_wrong_rule_is_the_authors_to_know(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    right = FUNCTIONS["sin"]
    wrong = replace(right, adjoints=(lambda *given: factor * right.adjoints[0](*given),))
    monkeypatch.setitem(FUNCTIONS, "sin", wrong)
    with pytest.raises(ProblemFault) as raised:
        build(problem("sum(sin(x))", "x", {"x": "vector[n]"}, groups=MANY))
    assert raised.value.where == "f"
    assert re.fullmatch(
        r"at a point of group `generic` entry \[\d\] of the reference is \S+ \+- \S+, differences give \S+ \+- \S+; "
        r"both are sure and they differ, so a derivative rule is wrong here",
        raised.value.text,
    )


def test_noise_is_told() -> None:
    words = "this looks like noise: f loses its digits or changes too fast there; narrow the domains of `given`"
    with pytest.raises(ProblemFault, match=re.escape(words)) as raised:
        build(problem("sum(sin(1e7 * x))", "x", {"x": "vector[n]"}, groups=MANY))
    assert raised.value.where == "groups.generic"


def test_points_beside_a_kink_are_scored_by_exact_differences() -> None:
    group = Group("special", 4, 100.0, (("kink", (problem("x", "x", {"x": "vector[n]"}).f,)),))
    bundle, audit = build(problem("sum(abs(x)) + x @ x", "x", {"x": "vector[n]"}, groups=(group,)))
    assert audit.groups["special"].difference_ratio <= 1
    expected = np.concatenate([point.expected for block in bundle.groups["special"] for point in block.points()])
    assert np.allclose(np.abs(expected), 1.0, rtol=1e-8)
