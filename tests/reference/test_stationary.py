"""All stationary points of small problems: every listed one found, to the last digit, with its type."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from reference.points import Array
from reference.stationary import StationaryPoints, stationary_points
from tests.reference.constrained import PROBLEMS, classic, constrained
from tests.reference.test_lagrangian import KINDS

EVERY = pytest.mark.parametrize("name", PROBLEMS)


@cache
def found(name: str) -> StationaryPoints:
    return stationary_points(classic(name))


def nearest(points: StationaryPoints, x: Array) -> float:
    return min(float(np.max(np.abs(point.x - x))) for point in points.points)


@EVERY
def test_every_listed_stationary_point_is_found_with_its_type(name: str) -> None:
    for listed in PROBLEMS[name]["other_stationary_points"]:
        x = np.array(listed["x"])
        (point,) = [point for point in found(name).points if np.max(np.abs(point.x - x)) < 1e-6]
        assert point.kind == KINDS[listed["type"]]
        np.testing.assert_allclose(point.lam, listed["lam"], rtol=1e-9, atol=1e-9)
        assert point.f == pytest.approx(listed["f"], rel=1e-12, abs=1e-12)


@EVERY
def test_the_published_optimum_is_among_them(name: str) -> None:
    assert nearest(found(name), np.array(PROBLEMS[name]["x_star"])) < 1e-9


@EVERY
def test_what_is_found_satisfies_the_equations_to_the_last_digits(name: str) -> None:
    problem = classic(name)
    for point in found(name).points:
        assert np.max(np.abs(problem.system(point.x, point.lam))) < 1e-12
        assert point.residual < 2


@EVERY
def test_no_point_is_listed_twice_and_the_list_is_sorted(name: str) -> None:
    points = found(name).points
    for k, point in enumerate(points):
        assert all(np.max(np.abs(point.x - other.x)) > 1e-4 for other in points[:k])
    values = [round(point.f, 9) for point in points]
    assert values == sorted(values)


def test_only_degenerate_points_put_the_list_in_doubt() -> None:
    doubtful = {name for name in PROBLEMS if not found(name).complete}
    assert doubtful == {"HS26", "HS39"}
    assert found("HS26").reason.startswith("the equations are singular at (")
    inconclusive = [point for point in found("HS26").points if point.kind == "inconclusive"]
    assert [point.f for point in inconclusive] == [0.0, 0.0]
    assert min(np.max(np.abs(point.x - 1)) for point in inconclusive) == 0.0


def test_where_constraints_lose_rank_is_named_beside_a_list() -> None:
    """The gradients of both constraints are opposite at the origin, which is feasible."""
    assert found("HS39").reason == (
        "constraint Jacobian loses rank at the feasible point (0, 0, 0, 0) (sigma_min 0): "
        "an extremum there need not be stationary"
    )
    (irregular,) = found("HS39").irregular
    assert (irregular.x.tolist(), irregular.f, irregular.sigma) == ([0.0] * 4, 0.0, 0.0)


def test_a_seed_fixes_the_search() -> None:
    problem = classic("HS7")
    one, same = (stationary_points(problem, seed=3).points for _ in range(2))
    assert [point.x.tobytes() for point in one] == [point.x.tobytes() for point in same]


def test_the_line_on_a_circle_has_two() -> None:
    points = stationary_points(constrained("x[0] + x[1]", "x[0]**2 + x[1]**2 - 2", size=2)).points
    assert [point.x.tolist() for point in points] == [[-1.0, -1.0], [1.0, 1.0]]
    assert [point.lam.tolist() for point in points] == [[-0.5], [0.5]]
    assert [point.kind for point in points] == ["minimum", "maximum"]


def test_the_directions_of_a_quadratic_form_on_the_sphere_are_its_eigenvectors() -> None:
    matrix = np.array([[2.0, 0.5, 0.0], [0.5, 1.0, 0.3], [0.0, 0.3, -1.0]])
    rows = ", ".join(f"[{', '.join(map(str, row))}]" for row in matrix)
    problem = constrained("x @ S @ x", "x @ x - 1", size=3, S=f"stack([{rows}])")
    found = stationary_points(problem)
    values, vectors = np.linalg.eigh(matrix)
    assert found.complete
    assert len(found.points) == 6
    for value, vector in zip(values, vectors.T, strict=True):
        for sign in (1, -1):
            assert nearest(found, sign * vector) < 1e-14
        assert sum(point.lam[0] == pytest.approx(value, rel=1e-14) for point in found.points) == 2
    assert [point.kind for point in found.points] == ["minimum"] * 2 + ["saddle"] * 2 + ["maximum"] * 2


def test_the_most_uncertain_distribution_is_the_uniform_one() -> None:
    """Most starts lie where the logarithm has no value."""
    found = stationary_points(constrained("-sum(x * log(x))", "sum(x) - 1", size=4))
    (point,) = found.points
    assert point.x.tolist() == [0.25] * 4
    assert point.kind == "maximum"
    assert found.complete


@pytest.mark.parametrize("f", ["x @ x", "(x @ x - 1) * x[0]", "1", "(x @ x)**2 + 1e8 * x @ x"])
def test_a_curve_of_stationary_points_is_no_list(f: str) -> None:
    found = stationary_points(constrained(f, "x @ x - 1", size=2))
    assert not found.complete
    assert found.reason == ("there are infinitely many stationary points: the equations do not fix them one by one")


@pytest.mark.parametrize("f", ["x[0]**2 + x[1]**2 + 5 * x[2]**2", "1e-8 * (x[0]**2 + x[1]**2 - x[2]**2)"])
def test_a_circle_beside_two_points_is_no_list(f: str) -> None:
    assert stationary_points(constrained(f, "x @ x - 1e4", size=3)).reason == (
        "there are infinitely many stationary points: the equations do not fix them one by one"
    )


def test_dependent_constraints_put_the_list_in_doubt() -> None:
    found = stationary_points(constrained("(x[0] - 1)**2 + x[1]**2", "x[0]", "2 * x[0]", size=2))
    assert "multipliers are not unique (sigma_min" in found.reason


def test_without_constraints_the_zeros_of_the_gradient_are_found() -> None:
    found = stationary_points(constrained("x[0]**3 - 3 * x[0] + x[1]**2", size=2))
    assert [(point.x.tolist(), point.kind) for point in found.points] == [
        ([1.0, 0.0], "minimum"),
        ([-1.0, 0.0], "saddle"),
    ]
    assert found.complete


TWO = [
    ("x[0]", "x @ x - 1e6", [-1e3, 0.0]),
    ("x[0]", "x @ x - 1e16", [-1e8, 0.0]),
    ("x[0]", "x @ x - 1e-12", [-1e-6, 0.0]),
    ("x[0]", "(x[0]**2 - 1e-8) * (x[0]**2 + 1) + x[1]**2", [-1e-4, 0.0]),
    ("x[0]", "(x[0] - 100)**2 + x[1]**2 - 1e-4", [99.99, 0.0]),
    ("x[0] + x[1]", "1e8 * (x @ x - 1)", [-(0.5**0.5)] * 2),
    ("x[0] + x[1]", "1e-10 * (x @ x - 1)", [-(0.5**0.5)] * 2),
    ("1e10 * (x[0] + x[1])", "x @ x - 1", [-(0.5**0.5)] * 2),
    ("1e-10 * (x[0] + x[1])", "x @ x - 1", [-(0.5**0.5)] * 2),
]


@pytest.mark.parametrize(("f", "g", "minimum"), TWO, ids=[f"{f} on {g}" for f, g, _ in TWO])
def test_neither_the_units_nor_the_size_of_a_problem_hide_a_point(f: str, g: str, minimum: list[float]) -> None:
    points = stationary_points(constrained(f, g, size=2))
    assert points.complete
    assert [point.kind for point in points.points] == ["minimum", "maximum"]
    np.testing.assert_allclose(points.points[0].x, minimum, rtol=1e-15)
    assert all(point.residual < 2 for point in points.points)


@pytest.mark.parametrize(("length", "of_f", "of_g"), [(1e5, 1.0, 1.0), (1e-3, 1e-6, 1e4)])
def test_a_problem_in_other_units_has_the_same_points(length: float, of_f: float, of_g: float) -> None:
    data = PROBLEMS["HS61"]
    entries = {f"x{k + 1}": f"x[{k}] / {length!r}" for k in range(data["n"])}
    constraints = [f"{of_g!r} * ({constraint})" for constraint in data["constraints_eq_zero"]]
    other = stationary_points(
        constrained(f"{of_f!r} * ({data['f']})", *constraints, size=data["n"], sign=-1.0, **entries)
    )
    assert other.complete
    for point, same in zip(other.points, found("HS61").points, strict=True):
        np.testing.assert_allclose(point.x / length, same.x, rtol=1e-14)
        np.testing.assert_allclose(point.lam * of_g / of_f, same.lam, rtol=1e-14)
        assert point.kind == same.kind


@pytest.mark.parametrize("f", ["cos(x[0]) + x[1]**2", "x[0] * sin(x[0]) + x[1]**2"])
def test_points_without_end_are_no_list(f: str) -> None:
    points = stationary_points(constrained(f, "x[1]", size=2))
    assert points.reason == "there are more than 64 stationary points, perhaps infinitely many"


def test_a_search_that_has_not_come_to_its_end_says_so() -> None:
    """sin(x) / x: far out its slope is too small for many starts to arrive, but every round finds some."""
    points = stationary_points(constrained("sin(x[0]) / x[0] + x[1]**2", "x[1]", size=2))
    assert points.reason == "the search still found new points after 6 rounds"


@pytest.mark.parametrize("f", ["tanh(x[0])**2", "x[0] * exp(-x[0])"])
def test_a_tail_that_falls_to_zero_is_no_point(f: str) -> None:
    points = stationary_points(constrained(f"{f} + x[1]**2", "x[1]", size=2))
    assert [point.x.tolist() for point in points.points] == [[0.0, 0.0] if "tanh" in f else [1.0, 0.0]]
    assert points.complete


RIDGES = "(1 + 1e-9) * (x[0] - 0.3)**2 / 2 - (x[0] - 0.3) * sin(10 * x[0]) / 10 - cos(10 * x[0]) / 100 + x[1]**2"
"""Its derivative in x[0] is (x[0] - 0.3) (1 + 1e-9 - cos(10 x[0]))."""


def test_equations_that_nearly_hold_in_too_many_places_leave_a_doubt() -> None:
    points = stationary_points(constrained(RIDGES, "x[1]", size=2))
    assert points.reason == "the search met too many places where the equations nearly hold, but not quite"


@pytest.mark.parametrize(
    ("f", "g", "x"),
    [
        ("x[0]**4 + x[1]**4", "x[0] + x[1]", [0.0, 0.0]),
        ("x[0]**4 + x[1]**2", "x[1]", [0.0, 0.0]),
        ("(x[0] - 2)**6 + x[1]**2", "x[1] - 1", [2.0, 1.0]),
        ("x[0]**3 - 3 * x[0] * x[1]**2", "x[2]", [0.0, 0.0, 0.0]),
    ],
)
def test_degenerate_points_are_exact_and_have_no_type(f: str, g: str, x: list[float]) -> None:
    points = stationary_points(constrained(f, g, size=len(x)))
    (point,) = points.points
    np.testing.assert_allclose(point.x, x, rtol=1e-14, atol=0)
    assert point.kind == "inconclusive"
    shown = ", ".join(f"{entry:.4g}" for entry in x)
    assert points.reason == f"the equations are singular at ({shown}), so points beside it cannot be told apart"


@pytest.mark.parametrize(
    ("g", "place"),
    [
        ("x[0]**3 - x[1]**2", "(0, 0)"),
        ("(x[0] - 3)**3 - (x[1] + 2)**2", "(3, -2)"),
        ("1e6 * (x[0]**3 - 1e-3 * x[1]**2)", "(0, 0)"),
        ("x @ x", "(0, 0)"),
    ],
)
def test_a_minimum_at_a_cusp_is_named(g: str, place: str) -> None:
    points = stationary_points(constrained("x[0]", g, size=2))
    assert points.points == ()
    assert points.reason == (
        "no stationary point was found, which does not prove that there is none; constraint Jacobian loses rank at the "
        f"feasible point {place} (sigma_min 0): an extremum there need not be stationary"
    )
    (irregular,) = points.irregular
    assert irregular.f == irregular.x[0]


def test_a_crossing_is_named_beside_the_stationary_points() -> None:
    points = stationary_points(constrained("x[0]", "(x @ x)**2 - x[0]**2 + x[1]**2", size=2))
    assert [point.x.tolist() for point in points.points] == [[-1.0, 0.0], [1.0, 0.0]]
    assert [point.x.tolist() for point in points.irregular] == [[0.0, 0.0]]
    assert not points.complete


@pytest.mark.parametrize("constraints", [("(x @ x - 1)**2",), ("x[0] + x[1] - 1", "2 * x[0] + 2 * x[1] - 2")])
def test_constraints_that_lose_rank_everywhere_are_named(constraints: tuple[str, ...]) -> None:
    points = stationary_points(constrained("x[0]**2 + x[1]", *constraints, size=2))
    assert points.reason.endswith("constraint Jacobian loses rank at every feasible point that was tried")
    assert len(points.irregular) == 1


def test_a_line_where_constraints_lose_rank_is_named() -> None:
    """Two planes cross in a line."""
    points = stationary_points(constrained("x[0] + x[2]", "x[0]**2 - x[1]**2", size=3))
    assert points.reason.endswith(
        "constraint Jacobian loses rank at infinitely many feasible points, where extrema need not be stationary"
    )


@pytest.mark.parametrize(("f", "g"), [("x[0]", "x[1]"), ("x[0] + x[1]", "x[0] - x[1] - 1")])
def test_an_empty_list_is_never_complete(f: str, g: str) -> None:
    points = stationary_points(constrained(f, g, size=2))
    assert points.points == ()
    assert points.reason == "no stationary point was found, which does not prove that there is none"


def test_constraints_that_contradict_each_other_are_told_from_an_empty_list() -> None:
    points = stationary_points(constrained("x[0]", "x @ x + 1", size=2))
    assert points.points == ()
    assert points.reason == "no point was found that satisfies the constraints"


@pytest.mark.parametrize("n", [3, 5, 8])
def test_a_diagonal_form_on_the_sphere_has_two_points_an_axis(n: int) -> None:
    found = stationary_points(constrained(f"sum({list(range(1, n + 1))} * x**2)", "x @ x - 1", size=n))
    assert found.complete
    assert sorted(tuple(point.x) for point in found.points) == sorted(map(tuple, [*np.eye(n), *-np.eye(n)]))
    assert [point.kind for point in found.points] == ["minimum"] * 2 + ["saddle"] * (2 * n - 4) + ["maximum"] * 2


def test_three_constraints() -> None:
    found = stationary_points(constrained("x @ x", "x[0] + x[1] - 1", "x[2] * x[3] - 1", "x[1] - x[2]", size=4))
    assert found.complete
    assert [point.kind for point in found.points] == ["minimum", "minimum"]


def test_more_constraints_than_variables_fix_no_multipliers() -> None:
    found = stationary_points(constrained("x @ x", "x[0]", "x[1]", "x[0] + x[1]", size=2))
    assert found.reason.startswith("constraint Jacobian loses rank at the stationary point: multipliers are not unique")


def test_a_problem_that_is_unbounded_below_shows_a_smaller_value() -> None:
    """Its minimum is a local one."""
    problem = constrained("x[0] * x[1] * x[2]", "x[0] * x[1] + x[1] * x[2] + x[0] * x[2] - 3", size=3)
    found = stationary_points(problem)
    assert [(point.kind, point.f) for point in found.points] == [("minimum", -1.0), ("maximum", 1.0)]
    assert found.below is not None
    assert problem.objective(found.below) < -1e6


@EVERY
def test_where_the_least_value_is_attained_nothing_lies_below(name: str) -> None:
    assert found(name).below is None
