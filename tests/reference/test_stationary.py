"""All stationary points of small problems: every listed one found, to the last digit, with its type."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from reference.points import Array
from reference.stationary import StationaryPoints, stationary_points
from reference.tolerance import ALLOWED_UNITS
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
        assert np.max(np.abs(problem.system(point.x, point.lam))) < 1e-12 * max(1.0, np.max(np.abs(point.lam)))
        assert point.residual <= ALLOWED_UNITS


@EVERY
def test_no_point_is_listed_twice_and_the_list_is_sorted(name: str) -> None:
    points = found(name).points
    for k, point in enumerate(points):
        assert all(np.max(np.abs(point.x - other.x)) > 1e-4 for other in points[:k])
    values = [round(point.f, 9) for point in points]
    assert values == sorted(values)


def test_only_a_degenerate_solution_puts_the_list_in_doubt() -> None:
    doubtful = {name for name in PROBLEMS if not found(name).complete}
    assert doubtful == {"HS26"}
    assert found("HS26").reason.startswith("the equations are singular at (")
    inconclusive = [point for point in found("HS26").points if point.kind == "inconclusive"]
    assert min(np.max(np.abs(point.x - 1)) for point in inconclusive) < 1e-9


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


@pytest.mark.parametrize("f", ["x @ x", "(x @ x - 1) * x[0]"])
def test_a_curve_of_stationary_points_is_no_list(f: str) -> None:
    found = stationary_points(constrained(f, "x @ x - 1", size=2))
    assert not found.complete
    assert found.reason == ("there are infinitely many stationary points: the equations do not fix them one by one")


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


def test_a_problem_without_a_solution_has_an_empty_list() -> None:
    assert stationary_points(constrained("x[0] + x[1]", "x[0] - x[1] - 1", size=2)).points == ()
