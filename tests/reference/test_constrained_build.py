"""Bundles of constrained problems: what they hold, and why one cannot be made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reference import domains, stationary_build
from reference.api import build_audited, build_bundle
from reference.bundle import Bundle, from_bytes, to_bytes
from reference.constrained import Ask, ConstrainedProblem
from reference.extrema import GROUP, from_blocks
from reference.language import parse
from reference.problem import ProblemFault


def problem(
    f: str, *constraints: str, x: str = "vector[2]", asks: str = "stationary", accept: str = "", sign: float = -1.0,
    **lets: str,
) -> ConstrainedProblem:  # fmt: skip
    named = tuple((name, parse(text)) for name, text in lets.items())
    zero = tuple((f"c{k}", parse(text)) for k, text in enumerate(constraints))
    words = asks.split()
    asked = tuple(Ask(ask, 1 / len(words), accept if ask == "solve" else "") for ask in words)
    return ConstrainedProblem("x", domains.parse(x, {}), named, parse(f), zero, sign, asked)


CIRCLE = "x @ x - 2"


@pytest.fixture(scope="module", params=[-1.0, 1.0])
def both(request: pytest.FixtureRequest) -> tuple[float, Bundle]:
    """The line on the circle in both conventions, with everything asked."""
    asks = "lagrangian system multipliers stationary classify sensitivity tangent solve"
    made = build_bundle(problem("x[0] + x[1]", CIRCLE, asks=asks, accept="global", sign=request.param))
    return request.param, from_bytes(to_bytes(made))


def test_l_and_its_system_at_drawn_points(both: tuple[float, Bundle]) -> None:
    sign, bundle = both
    for point in bundle.draw("lagrangian", 200, np.random.default_rng(0)):
        x, lam = point.inputs["x"], point.inputs["lam"]
        assert point.expected == pytest.approx(x[0] + x[1] + sign * lam[0] * (x @ x - 2), rel=1e-12, abs=1e-12)
        assert point.wrong["lambda.sign"] == pytest.approx(x[0] + x[1] - sign * lam[0] * (x @ x - 2), rel=1e-12)
        assert point.separation >= 2.0**24
    points = bundle.draw("system", 200, np.random.default_rng(0))
    assert len(points) == 96
    for point in points:
        x, lam = point.inputs["x"], point.inputs["lam"]
        right = [*(1 + 2 * sign * lam * x), x @ x - 2]
        np.testing.assert_allclose(point.expected, right, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(point.wrong["constraint.constant"], [*right[:2], x @ x], rtol=1e-12, atol=1e-12)
        assert point.wrong["system.incomplete"].shape == (2,)


def test_stationary_points_with_their_multipliers_and_types(both: tuple[float, Bundle]) -> None:
    sign, bundle = both
    (only,) = from_blocks(bundle.groups[GROUP])
    lowest, highest = only.points
    np.testing.assert_allclose(lowest.x, [-1, -1], rtol=1e-15)
    np.testing.assert_allclose(lowest.lam, [sign / 2], rtol=1e-15)
    assert (lowest.kind, lowest.f, highest.kind, highest.f) == ("minimum", -2.0, "maximum", 2.0)
    assert min(lowest.separation, highest.separation) > 2.0**40
    for point in bundle.draw("multipliers", 9, np.random.default_rng(0)):
        np.testing.assert_allclose(point.expected, -sign / 2 * point.inputs["x"][:1], rtol=1e-15)
        assert set(point.inputs) == {"x"}
    for point in bundle.draw("sensitivity", 9, np.random.default_rng(0)):
        # the largest value on a circle of x @ x = 2 + b is 2 sqrt(1 + b / 2)
        np.testing.assert_allclose(point.expected, point.inputs["x"][:1] / 2, rtol=1e-15)
    for point in bundle.draw("classify", 9, np.random.default_rng(0)):
        assert float(point.expected) == (0.0 if point.inputs["x"][0] < 0 else 1.0)


def test_tangency_is_asked_on_the_constraint_and_off_it(both: tuple[float, Bundle]) -> None:
    points = both[1].draw("tangent", 99, np.random.default_rng(0))
    on = [bool(abs(p.inputs["x"] @ p.inputs["x"] - 2) < 1e-9) for p in points]
    parallel = [bool(abs(p.inputs["x"][0] - p.inputs["x"][1]) < 1e-9) for p in points]
    assert [bool(p.expected) for p in points] == [a and b for a, b in zip(on, parallel, strict=True)]
    assert {(True, True), (True, False), (False, True)} == set(zip(on, parallel, strict=True))


def test_what_was_measured() -> None:
    audit = build_audited(problem("x[0]**2 * x[1]", "x @ x - 3", asks="system solve", accept="global"))[1]
    assert audit.groups["system"].library_units < 8
    assert audit.groups["system"].apart["lambda.sign"] > 2.0**24
    assert audit.groups[GROUP].used == 6
    assert audit.doubt == ""


def test_all_multipliers_for_one_constraint_are_no_mistake() -> None:
    made = build_bundle(problem("x[0] + x[1]", CIRCLE, asks="lagrangian"))
    assert "lambda.shared" not in made.groups["lagrangian"][0].wrong
    assert GROUP not in made.groups


@pytest.mark.parametrize(
    ("made", "where", "words"),
    [
        (problem("x @ x", "x[0] * 0"), "ask.stationary", "constraint Jacobian loses rank"),
        (problem("x @ x", "x[0] - 1", "2 * x[0] - 2"), "ask.stationary", "multipliers are not unique"),
        (problem("x @ x", CIRCLE), "ask.stationary", "not all stationary points can be listed: there are infinitely many"),
        (problem("x[0] + x[1]", "x @ x + 1"), "ask.stationary", "there is no stationary point to ask about: no point was found"),
        (problem("(1 - x[0])**2", "x[1] - x[0]**2", asks="multipliers"), "ask.multipliers", "lambda is 0 at the solution: the sign of the multiplier is not tested; change f or `c0`"),
        (problem("(1 - x[0])**2", "x[1] - x[0]**2", asks="solve", accept="minimum"), "ask.solve.accept", "lambda is 0 at the solution"),
        (problem("(1 - x[0])**2", "x[1] - x[0]**2", asks="solve", accept="maximum"), "ask.solve.accept", "no strict local maximum was found among the stationary points, whose types are: minimum"),
        (problem("x @ x", "x[0] - 1", "x[1]", x="vector[3]", asks="sensitivity"), "ask.sensitivity", "the multiplier of `c1` is 0 at the solution"),
        (problem("sum(x)", "x[0]", "x[1]", "x[2]", "x[3]", x="vector[4] integer[0,2]", asks="lagrangian"), "unknowns.x", "cannot be told apart from the right answer; draw the unknown from another domain"),
        (problem("x @ x", "x[0] + x[1] - 2", asks="classify"), "ask.classify", "every stationary point is of the type `minimum`, so a constant answer would be right"),
        (problem("x[0]**3 - 3 * x[0] + x[1]", "x[1]", asks="solve", accept="global"), "ask.solve.accept", "there may be no least value; accept `minimum`"),
        (problem("x[0]", "x[1]**2 - x[0]**3", asks="solve", accept="global"), "ask.solve", "there is no stationary point to ask about"),
        (problem("x[0] + x[1]", "sum(x) - 1", x="vector[2] simplex", asks="lagrangian"), "unknowns.x", "the constraints hold, so that the multipliers do not matter"),
        (problem("sum(log(x))", CIRCLE, asks="system"), "unknowns.x", "f or a constraint is not finite; narrow the domain"),
        (problem("sum(relu(x - 1))", CIRCLE, x="vector[2] integer[0,1]", asks="system"), "f", "the gradient of L by the rules and by differences differ: is there a kink?"),
    ],
)  # fmt: skip
def test_why_there_is_no_bundle(made: ConstrainedProblem, where: str, words: str) -> None:
    with pytest.raises(ProblemFault) as caught:
        build_bundle(made)
    assert words in caught.value.text
    assert caught.value.where == where


def family(f: str, constraint: str, asks: str, **given: str) -> ConstrainedProblem:
    numbers = tuple((name, domains.parse(text, {})) for name, text in given.items())
    return replace(problem(f, constraint, asks=asks, accept="maximum"), given=numbers)


def test_problems_of_a_family(monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest value of a @ x on a circle of radius r is r |a|, whatever the numbers; those of points that are
    handed over are others than those whose points are to be found."""
    monkeypatch.setattr(stationary_build, "FOUND", 2)
    monkeypatch.setattr(stationary_build, "HANDED", 1)
    made = family("a @ x", "x @ x - r**2", "system solve multipliers", a="vector[2] nonzero", r="scalar positive")
    bundle = from_bytes(to_bytes(build_bundle(made)))
    instances = from_blocks(bundle.groups[GROUP])
    for of in instances:
        a, r = of.numbers["a"], float(of.numbers["r"])
        highest = max(of.points, key=lambda point: point.f)
        np.testing.assert_allclose(highest.x, r * a / np.linalg.norm(a), rtol=1e-14)
        np.testing.assert_allclose(highest.lam, [np.linalg.norm(a) / (2 * r)], rtol=1e-14)
    handed = bundle.draw("multipliers", 9, np.random.default_rng(0))
    known = [float(of.numbers["r"]) for of in instances]
    assert len(set(known)) == 2
    assert not {float(point.inputs["r"]) for point in handed} & {*known}
    for point in handed:
        slope = point.inputs["a"] @ point.inputs["x"]
        np.testing.assert_allclose(point.expected, [slope / (2 * point.inputs["r"] ** 2)], rtol=1e-14)
    drawn = bundle.draw("system", 200, np.random.default_rng(0))
    assert len({float(point.inputs["r"]) for point in drawn}) == len(drawn) == 96
    for point in drawn:
        x, lam, a, radius = (point.inputs[name] for name in ("x", "lam", "a", "r"))
        np.testing.assert_allclose(point.expected, [*(a - 2 * lam * x), x @ x - radius**2], rtol=1e-12, atol=1e-12)


def test_a_family_that_holds_a_problem_without_points() -> None:
    with pytest.raises(
        ProblemFault, match="no stationary point to ask about, for numbers that were drawn from `given`"
    ):
        build_bundle(family("x[0]", "x @ x + r", "solve", r="scalar positive"))


def test_infinitely_many_points_leave_solve_alone() -> None:
    """Every point of the circle is a solution: of the least value, and of the greatest."""
    made = problem(
        "x[0]**2 + x[1]**2 + x[2]",
        "x[0]**2 + x[1]**2 - 2",
        "x[2] - x[0]**2 - x[1]**2",
        x="vector[3]",
        asks="solve",
        accept="global",
    )
    assert len(from_blocks(build_bundle(made).groups[GROUP])) >= 1


def test_the_least_value_where_gradients_are_dependent() -> None:
    """On the curve x1^2 = x0^3 this f is stationary at x0 = 2 and 10/9, and least at the cusp."""
    made = problem("x[0] - 0.7 * x[0]**2 + 0.15 * x[0]**3", "x[1]**2 - x[0]**3", asks="solve", accept="global")
    with pytest.raises(ProblemFault) as caught:
        build_bundle(made)
    assert caught.value.where == "ask.solve.accept"
    assert "the least value is taken at (0, 0), where the constraints' gradients are dependent" in caught.value.text
