"""Building bundles: reproducible, only points that can be scored, and an author's faults told with their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from reference.api import build_bundle, derivative
from reference.bundle import Bundle, Point, to_bytes
from reference.language import parse
from reference.problem import Group, Problem, ProblemFault
from reference.tolerance import EXACT_UNITS, SEPARATION, units
from tests.reference.problems import GENERIC, gradient, problem, residual

VECTOR = {"x": "vector[n]"}
SYMMETRIC = {"x": "vector[n]", "A": "matrix[n, n] symmetric"}
QUADRATIC = {"x": "vector[n]", "A": "matrix[n, n] nonsymmetric"}
SPECIAL = "special"


def quadratic(**changes: object) -> Problem:
    right = problem("x @ A @ x", "x", QUADRATIC, solution="(A + A.T) @ x", wrong={"symmetric-only": "2 * A @ x"})
    return replace(right, **changes)  # type: ignore[arg-type]


def special(f: str, word: str, given: Mapping[str, str] = VECTOR, names: tuple[str, ...] = ("x",)) -> Problem:
    return problem(f, "x", given, groups=(Group(SPECIAL, 4, 100.0, ((word, names),)),))


def points(bundle: Bundle, group: str = "generic") -> list[Point]:
    return [point for block in bundle.groups[group] for point in block.points()]


def test_a_bundle_is_the_same_for_a_seed_and_another_for_another() -> None:
    first, again, other = (to_bytes(build_bundle(quadratic(), seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert to_bytes(build_bundle(quadratic())) == to_bytes(build_bundle(quadratic(), 0))


def test_every_group_gets_three_times_its_points_of_different_sizes() -> None:
    groups = (Group("few", 2, 50.0), Group("many", 20, 30.0), Group("scaled", 5, 20.0, (("huge", ("x",)),)))
    bundle = build_bundle(quadratic(groups=groups))
    assert list(bundle.groups) == ["few", "many", "scaled"]
    assert [len(points(bundle, group.id)) >= 3 * group.points for group in groups] == [True] * 3
    assert {len(point.expected) for point in points(bundle, "many")} == {3, 4, 5}
    assert len({point.expected.tobytes() for group in groups for point in points(bundle, group.id)}) == 8 + 64 + 16


def test_a_bundle_holds_the_right_answer_and_the_expected_wrong_ones() -> None:
    for point in points(build_bundle(quadratic())):
        a, x = point.inputs["A"], point.inputs["x"]
        assert units(a @ x + a.T @ x, point.expected, point.unit) <= EXACT_UNITS
        assert np.allclose(point.wrong["symmetric-only"], 2 * a @ x, rtol=1e-14)
        assert units(point.wrong["symmetric-only"], point.expected, point.unit) >= SEPARATION


@pytest.mark.parametrize(
    ("asked", "formula"),
    [
        (replace(residual("s"), solution=parse("-A.T @ (W + W.T) @ r")), "residual"),
        (replace(gradient("logdet"), solution=parse("inv(A).T")), "logdet"),
        (problem("sum(exp(x))", "x", VECTOR, solution="exp(x)"), "elementwise"),
        (problem("x**p", "p", {"x": "scalar positive", "p": "scalar"}, solution="x**p * log(x)"), "exponent"),
        (problem("3*x**3 - 5*x**2", "x", {"x": "scalar"}, solution="9*x**2 - 10*x"), "cubic"),
        (problem("A @ x", "x", QUADRATIC, ask="jacobian", layout="denominator", solution="A.T"), "jacobian"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_right_solution_is_accepted(asked: Problem, formula: str) -> None:
    assert len(points(build_bundle(asked))) >= 12, formula


def test_points_that_cannot_be_scored_are_left_out() -> None:
    asked = problem("sqrt(t)", "t", {"t": "scalar real[-0.05,2]"})
    kept = points(build_bundle(asked))
    assert len(kept) >= 12
    assert min(float(point.inputs["t"]) for point in kept) > 0


@pytest.mark.parametrize(
    ("f", "given", "words"),
    [
        (
            "sqrt(t)",
            {"t": "scalar real[-1,2]"},
            "f or its derivative is not finite; narrow the domains of `given`; the",
        ),
        (
            "x @ inv(A) @ x",
            {"A": "matrix[n, n] integer[-1,1]", "x": "vector[n]"},
            "a matrix that f inverts is singular",
        ),
        (
            "sum(relu(x)) + x @ x",
            {"x": "vector[n] integer[-2,2]"},
            "f has no derivative, or a kink beside it; move the",
        ),
    ],
)
def test_domains_where_more_than_a_tenth_cannot_be_scored_are_refused(
    f: str, given: dict[str, str], words: str
) -> None:
    asked = problem(f, next(iter(given)) if "x @ inv" not in f else "x", given, groups=(Group("many", 24, 100.0),))
    fault = fault_of(asked)
    assert fault.where == "groups.many"
    assert re.match(r"at \d+ of \d+ points of group `many` f ", fault.text)
    assert words in fault.text


@pytest.mark.parametrize(
    ("f", "wrt"),
    [
        ("sum(maximum(0, 1 - y * x))", "x"), ("sum(maximum(x, 0))", "x"), ("sum(minimum(1, x)) + y @ x", "x"),
        ("maximum(s, 1) * s", "s"), ("2**s + sum(x)", "s"), ("pow_ones @ x", "x"),
    ],
)  # fmt: skip
def test_literals_are_differentiated_around(f: str, wrt: str) -> None:
    given = {"x": "vector[n]", "y": "vector[n]", "s": "scalar real[0.2,3]"}
    assert points(build_bundle(problem(f.replace("pow_ones", "ones(n)"), wrt, given)))


def test_a_singular_matrix_costs_its_point_only() -> None:
    A = np.array([[[2.0, 1.0], [0.0, 3.0]], [[1.0, 1.0], [1.0, 1.0]], [[4.0, 0.0], [1.0, 1.0]]])
    x = np.ones((3, 2))
    for f in ("logdet(A)", "x @ inv(A) @ x", "solve(A, x) @ x", "x @ (A @ inv(A)) @ x"):
        for wrt in ("A", "x"):
            found = derivative(f, wrt, {"A": A, "x": x}, "gradient", batch=True) if wrt in f else None
            if found is not None:
                assert np.isnan(found.value[1]).all()
                assert np.isfinite(found.value[[0, 2]]).all()


def test_points_where_half_the_answer_would_pass_are_left_out() -> None:
    """At zero half and twice of the derivative are the same, at one it does not matter whether the exponent changed."""
    kept = points(build_bundle(problem("t**3", "t", {"t": "scalar integer[-2,2]"})))
    assert 12 <= len(kept) < 48
    assert {float(point.inputs["t"]) for point in kept} == {-2.0, -1.0, 2.0}


def test_what_changes_too_fast_for_differences_is_refused() -> None:
    fault = fault_of(problem("sum(sin(6e7 * x))", "x", {"x": "vector[n] real[1,2]"}))
    assert fault.where in ("f", "groups.generic")


def test_a_misconception_of_another_shape_or_without_a_value_can_be_told_apart() -> None:
    """Even the right numbers in a row of a matrix, which numpy would spread over the right shape."""
    asked = problem("x @ x", "x", VECTOR, wrong={"row": "outer([2], x)", "no-number": "log(-x*x)"})
    kept = points(build_bundle(asked))
    assert all(np.array_equal(point.wrong["row"], point.expected[None]) for point in kept)
    assert all(np.isnan(point.wrong["no-number"]).all() for point in kept)


def fault_of(asked: Problem) -> ProblemFault:
    with pytest.raises(ProblemFault) as caught:
        build_bundle(asked)
    assert str(caught.value) == caught.value.text
    return caught.value


@pytest.mark.parametrize(
    ("f", "given", "solution", "ratio"),
    [
        ("x @ x", VECTOR, "x", 0.5),
        ("x @ A @ x", SYMMETRIC, "-2 * A @ x", -1.0),
        ("sum(exp(x))", VECTOR, "1.001 * exp(x)", 1.001),
        ("sin(x)", {"x": "scalar"}, "3 * cos(x)", 3.0),
    ],
)
def test_a_wrong_solution_is_shown_with_entry_values_and_ratio(
    f: str, given: Mapping[str, str], solution: str, ratio: float
) -> None:
    fault = fault_of(problem(f, "x", given, solution=solution))
    assert fault.where == "solution"
    entry = "it " if given["x"] == "scalar" else r"entry \[\d\] "
    form = rf"`solution` disagrees with the reference at point 0: {entry}is (\S+), expected (\S+) \(ratio (\S+)\)"
    found = re.fullmatch(form, fault.text)
    assert found is not None, fault.text
    value, expected, shown = map(float, found.groups())
    assert shown == pytest.approx(ratio, rel=1e-3)
    assert value / expected == pytest.approx(ratio, rel=1e-4)


def test_without_a_ratio_where_the_right_entry_is_zero() -> None:
    asked = problem("a @ x", "x", {"x": "vector[n]", "a": "vector[n]"}, lets={"b": "a"}, solution="a + 1")
    halved = replace(asked, f=parse("a[0] * x[0]"), solution=parse("a[0] * x / x"))
    text = fault_of(halved).text
    assert re.fullmatch(r"`solution` disagrees .* entry \[\d\] is -?[\d.]+, expected 0", text), text


def test_a_solution_of_another_shape_is_shown_with_both() -> None:
    fault = fault_of(quadratic(solution=parse("x @ x")))
    assert fault.where == "solution"
    assert re.fullmatch(r"`solution` has shape \(\), the reference has \([345],\)", fault.text)


@pytest.mark.parametrize("before", [{}, {"half": "A @ x"}])
def test_a_misconception_that_is_right_is_refused_at_its_key(before: dict[str, str]) -> None:
    fault = fault_of(problem("x @ A @ x", "x", SYMMETRIC, wrong={**before, "symmetric-only": "2 * A @ x"}))
    assert fault.where == f"misconceptions.{len(before)}.when"
    assert fault.text == (
        "at 48 of 48 points of group `generic` the misconception `symmetric-only` cannot be told apart from the right "
        "answer; change `when` or the domains"
    )


NOT_FINITE = r"at (\d+) of 48 points of group `(\w+)` f or its derivative is not finite; narrow the domains of `given`(?:; the first .*)?"


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(problem("sum(log(x))", "x", VECTOR), id="log of normal"),
        pytest.param(problem("sum(sqrt(x))", "x", VECTOR), id="sqrt of normal"),
        pytest.param(problem("sum(log(x - 9))", "x", VECTOR), id="never finite"),
        pytest.param(problem("sum(x) + 1/0", "x", VECTOR), id="a literal"),
        pytest.param(special("sum(1/x)", "zero"), id="a pole"),
        pytest.param(special("sum(x**4)", "huge"), id="an overflow"),
        pytest.param(special("sum(exp(x))", "huge"), id="an overflow in places"),
    ],
)
def test_a_derivative_that_is_mostly_not_finite_is_refused(asked: Problem) -> None:
    fault = fault_of(asked)
    assert fault.where == f"groups.{asked.groups[0].id}"
    found = re.fullmatch(NOT_FINITE, fault.text)
    assert found is not None, fault.text
    assert int(found[1]) > 24
    assert found[2] == asked.groups[0].id


def test_the_function_that_is_not_finite_is_named_with_what_it_needs() -> None:
    text = fault_of(problem("sum(log(x))", "x", VECTOR)).text
    assert text.endswith("; the first that is not finite is `log`: takes positive numbers only")


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(problem("sum(x - x)", "x", VECTOR), id="cancels"),
        pytest.param(problem("3 + y @ y", "x", {"x": "vector[n]", "y": "vector[n]"}), id="no such variable"),
        pytest.param(problem("3", "x", VECTOR), id="a literal"),
        pytest.param(special("x @ x", "zero"), id="at the minimum"),
    ],
)
def test_a_derivative_of_zero_is_refused(asked: Problem) -> None:
    fault = fault_of(asked)
    assert fault.where == f"groups.{asked.groups[0].id}"
    assert fault.text == (
        f"at 48 of 48 points of group `{asked.groups[0].id}` the derivative is zero within rounding, so half or twice "
        "of it would pass; change the domains"
    )


@pytest.mark.parametrize(("word", "value"), [("zero", 0.0), ("ones", 1.0)])
def test_special_points_that_set_an_argument(word: str, value: float) -> None:
    asked = special("x @ x + a @ x", word, {"x": "vector[n]", "a": "vector[n]"}, ("a",))
    for point in points(build_bundle(asked), SPECIAL):
        assert np.all(point.inputs["a"] == value)
        assert np.allclose(point.expected, 2 * point.inputs["x"] + value, rtol=1e-14)


@pytest.mark.parametrize(("word", "low", "high"), [("tiny", 0, 1e-145), ("huge", 1e145, np.inf)])
def test_special_points_that_scale_an_argument(word: str, low: float, high: float) -> None:
    for point in points(build_bundle(special("norm(x)", word)), SPECIAL):
        assert low < np.abs(point.inputs["x"]).max() < high
        assert np.linalg.norm(point.expected) == pytest.approx(1, rel=1e-14)


def test_derivatives_near_the_largest_number_raise_no_warning() -> None:
    kept = points(
        build_bundle(problem("1e300*1e8 * t", "t", {"t": "scalar real[0.1,1]"}, solution="1e300*1e8 * t / t"))
    )
    assert {float(point.expected) for point in kept} == {1e308}


def test_the_points_of_a_grading_are_among_them() -> None:
    bundle = build_bundle(quadratic())
    drawn = bundle.draw("generic", GENERIC.points, np.random.default_rng(0))
    assert len({point.expected.tobytes() for point in drawn}) == GENERIC.points
