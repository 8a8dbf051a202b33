"""The gate between the reference and differences: a wrong rule, a kink and noise are told apart."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

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


@pytest.mark.parametrize("wrong", [lambda right: right + 0.01, lambda right: right - 1e-7])
def test_a_wrong_rule_is_told_where_f_has_a_minimum(monkeypatch: pytest.MonkeyPatch, wrong: Any) -> None:
    """The slopes on either side of it are opposite, as they are beside a kink; but they come together."""
    right = FUNCTIONS["cos"]
    adjoint = right.adjoints[0]
    monkeypatch.setitem(FUNCTIONS, "cos", replace(right, adjoints=(lambda *given: wrong(adjoint(*given)),)))
    group = Group("special", 4, 100.0, (("zero", ("x",)),))
    with pytest.raises(ProblemFault, match="both are sure and they differ, so a derivative rule is wrong here"):
        build(problem("sum(cos(x))", "x", {"x": "vector[n]"}, groups=(group,)))


@pytest.mark.parametrize(
    ("f", "wrt", "given"),
    [
        ("(X @ w - y) @ (X @ w - y)", "w", {"X": "matrix[m, n]", "w": "vector[n]", "y": "vector[m]"}),
        ("sum(exp(w - y))", "w", {"w": "vector[n]", "y": "vector[n]"}),
        ("mean(log(1 + exp(-y * (X @ w))))", "w", {"X": "matrix[m, n]", "w": "vector[n]", "y": "vector[m] nonzero"}),
    ],
)
def test_a_variable_of_zeros_is_moved_like_what_stands_beside_it(f: str, wrt: str, given: dict[str, str]) -> None:
    group = Group("special", 4, 100.0, (("zero", (wrt,)),))
    _, audit = build(problem(f, wrt, given, groups=(group,)))
    assert audit.groups["special"].difference_ratio <= 1
    assert audit.groups["special"].resolution < 1e-10


@pytest.mark.parametrize("text", ["scalar real[20,100]", "scalar real[50,200]"])
def test_periods_are_no_fault_of_the_rules(text: str) -> None:
    _, audit = build(problem("sin(2 * pi * t)", "t", {"t": text}, groups=MANY))
    assert audit.groups["generic"].difference_ratio <= 1
    assert audit.groups["generic"].resolution < 1e-9


def refusal(f: str, given: dict[str, str]) -> str:
    try:
        build(problem(f, "x", given, groups=MANY))
    except ProblemFault as fault:
        return fault.text
    return ""


@pytest.mark.parametrize(
    ("f", "given"),
    [
        ("(sum(x) + a @ a) - a @ a", {"x": "vector[n]", "a": "vector[n] real[3000,20000]"}),
        ("sum(c * ((x + a) - a))", {"x": "vector[n]", "c": "vector[n]", "a": "vector[n] real[30000,200000]"}),
    ],
)
def test_rounding_inside_of_an_affine_part_is_in_the_bars(f: str, given: dict[str, str]) -> None:
    """Or a right rule would be told to be wrong: 1.000000621 +- 1e-14 where it is 1."""
    assert "noise" in refusal(f, given) or not refusal(f, given)


def test_what_changes_fast_is_resolved_with_small_steps() -> None:
    _, audit = build(problem("sum(sin(1e7 * x))", "x", {"x": "vector[n]"}, groups=MANY))
    assert audit.groups["generic"].difference_ratio <= 1
    assert audit.groups["generic"].resolution < 1e-6


def test_noise_is_told() -> None:
    words = "this looks like noise: f loses its digits or changes too fast there; narrow the domains of `given`"
    with pytest.raises(ProblemFault, match=re.escape(words)) as raised:
        build(problem("(x @ x + 1e9) - 1e9", "x", {"x": "vector[n]"}, groups=MANY))
    assert raised.value.where == "groups.generic"


def test_points_beside_a_kink_are_scored_by_exact_differences() -> None:
    group = Group("special", 4, 100.0, (("kink", (problem("x", "x", {"x": "vector[n]"}).f,)),))
    bundle, audit = build(problem("sum(abs(x)) + x @ x", "x", {"x": "vector[n]"}, groups=(group,)))
    assert audit.groups["special"].difference_ratio <= 1
    expected = np.concatenate([point.expected for block in bundle.groups["special"] for point in block.points()])
    assert np.allclose(np.abs(expected), 1.0, rtol=1e-8)
