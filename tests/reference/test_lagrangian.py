"""Lagrangians: values, systems, multipliers, residuals in units and types, on problems with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from reference.lagrangian import Constrained, NotUnique
from reference.tolerance import ALLOWED_UNITS
from tests.reference.constrained import PROBLEMS, classic, constrained

EVERY = pytest.mark.parametrize("name", PROBLEMS)
KINDS = {"min": "minimum", "max": "maximum", "saddle": "saddle"}


@EVERY
def test_gradients_and_constraints_at_the_start_are_those_of_the_collection(name: str) -> None:
    data, problem = PROBLEMS[name], classic(name)
    start, at = np.array(data["x0"]), data["at_x0"]
    slope, jacobian = problem.gradients(start)
    np.testing.assert_allclose(slope, at["grad_f"], rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(jacobian, at["jac_g"], rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(problem.system(start, np.zeros(problem.count))[data["n"] :], at["g"], rtol=1e-14)
    assert problem.objective(start) == pytest.approx(at["f"], rel=1e-14)


@EVERY
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_multipliers_have_the_sign_of_the_convention(name: str, sign: float) -> None:
    data, problem = PROBLEMS[name], classic(name, sign)
    found = problem.multipliers(np.array(data["x_star"]))
    np.testing.assert_allclose(found, -sign * np.array(data["lambda_star"]), rtol=1e-13, atol=1e-14)


@EVERY
def test_the_system_is_the_gradient_of_the_lagrangian(name: str) -> None:
    data, problem = PROBLEMS[name], classic(name)
    rng = np.random.default_rng(0)
    x, lam = np.array(data["x_star"]) + 0.1, rng.standard_normal(data["m"])
    system = problem.system(x, lam)
    assert system.shape == (data["n"] + data["m"],)
    for k, step in enumerate(np.eye(data["n"]) * 1e-6):
        slope = (problem.value(x + step, lam) - problem.value(x - step, lam)) / 2e-6
        assert system[k] == pytest.approx(slope, rel=1e-6, abs=1e-6)
    np.testing.assert_allclose(problem.value(x, lam), problem.objective(x) - lam @ system[data["n"] :], rtol=1e-13)


@EVERY
def test_solutions_have_small_residuals_and_their_type(name: str) -> None:
    data, problem = PROBLEMS[name], classic(name)
    x, lam = np.array(data["x_star"]), np.array(data["lambda_star"])
    assert problem.residual(x, lam) <= ALLOWED_UNITS
    expected = "minimum" if data["second_order"] == "strict minimum" else "inconclusive"
    assert problem.classify(x, lam) == expected


@EVERY
def test_a_point_that_is_off_by_a_millionth_is_no_solution(name: str) -> None:
    data, problem = PROBLEMS[name], classic(name)
    moved = np.array(data["x_star"]) + 1e-6 * np.cos(np.arange(data["n"]))
    assert problem.residual(moved, np.array(data["lambda_star"])) > 2.0**20


@pytest.mark.parametrize("name", ["HS61", "HS77"])
def test_digits_copied_from_a_printed_table_are_noticed(name: str) -> None:
    data, problem = PROBLEMS[name], classic(name)
    printed = np.array(data["x_star_published"])
    assert problem.residual(printed, problem.multipliers(printed)) > 2.0**20


@pytest.mark.parametrize(
    ("constraints", "at"),
    [(("x[0]", "2 * x[0]"), [0.0, 0.0]), (("x[0]**2",), [0.0, 1.0]), (("sum(x * x)",), [0.0, 0.0])],
)
def test_dependent_constraints_are_reported(constraints: tuple[str, ...], at: list[float]) -> None:
    problem = constrained("x[1]", *constraints, size=2)
    with pytest.raises(NotUnique) as caught:
        problem.multipliers(np.array(at))
    assert str(caught.value).startswith(
        "constraint Jacobian loses rank at the stationary point: multipliers are not unique (sigma_min "
    )
    assert caught.value.sigma < 1e-9
    assert problem.sigma_min(np.array(at)) < 1e-9
    assert problem.classify(np.array(at), np.zeros(len(constraints))) == "inconclusive"


@pytest.mark.parametrize(
    ("f", "at", "kind"),
    [
        ("x[0]**2 + 2 * x[1]**2", [0.0, 0.0], "minimum"),
        ("-x[0]**2 - x[1]**2", [0.0, 0.0], "maximum"),
        ("x[0]**2 - x[1]**2", [0.0, 0.0], "saddle"),
        ("x[0]**2 + x[1]**4", [0.0, 0.0], "inconclusive"),
        ("x[0]**2 + 1e-12 * x[1]**2", [0.0, 0.0], "inconclusive"),
    ],
)
def test_types_without_constraints(f: str, at: list[float], kind: str) -> None:
    problem = constrained(f, size=2)
    assert problem.multipliers(np.array(at)).shape == (0,)
    assert problem.sigma_min(np.array(at)) == np.inf
    assert problem.classify(np.array(at), np.zeros(0)) == kind


def test_a_curvature_without_a_sign_does_not_hide_a_saddle() -> None:
    problem = constrained("x[0]**2 - x[1]**2 + x[2]**4", size=3)
    assert problem.classify(np.zeros(3), np.zeros(0)) == "saddle"


@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e12])
@pytest.mark.parametrize("x", [[0.0, 0.0], [1e-12, -1e-12], [-7e-18, 7e-18], [1e-5, -1e-5]])
def test_rounding_does_not_decide_the_type_of_a_degenerate_point(x: list[float], scale: float) -> None:
    problem = constrained(f"{scale!r} * (x[0]**4 + x[1]**4)", "x[0] + x[1]", size=2)
    assert problem.classify(np.array(x), np.zeros(1)) == "inconclusive"


@pytest.mark.parametrize("length", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("of_f", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("of_g", [1e-12, 1.0, 1e12])
def test_types_and_multipliers_do_not_depend_on_units(length: float, of_f: float, of_g: float) -> None:
    y = f"x / {length!r}"
    circle = f"{of_g!r} * (y @ y - 1)"
    problem = constrained(f"{of_f!r} * (y[0] + y[1])", circle, size=2, y=y)
    at = np.full(2, -length * 0.5**0.5)
    lam = problem.multipliers(at)
    np.testing.assert_allclose(lam, [-of_f / of_g * 0.5**0.5], rtol=1e-14)
    assert problem.classify(at, lam) == "minimum"
    assert problem.classify(-at, -lam) == "maximum"
    assert problem.residual(at, lam) < 2
    assert problem.residual(at + length * np.array([1e-6, -1e-6]), lam) > 2.0**20
    degenerate = constrained(f"{of_f!r} * (y[0]**4 + y[1] - y[1]**2)", f"{of_g!r} * (y[1] - 1)", size=2, y=y)
    assert degenerate.classify(np.array([0.0, length]), np.array([-of_f / of_g])) == "inconclusive"


@pytest.mark.parametrize("scale", [1e-10, 1e10])
def test_one_small_constraint_is_not_dependent_on_another(scale: float) -> None:
    problem = constrained("x @ x", "x[0] + x[1] - 3", f"{scale!r} * (x[0] - 1)", size=3)
    at = np.array([1.0, 2.0, 0.0])
    np.testing.assert_allclose(problem.multipliers(at), [4.0, -2.0 / scale], rtol=1e-14)
    assert problem.classify(at, problem.multipliers(at)) == "minimum"


@pytest.mark.parametrize("x", [[0.0, 0.0], [1e-9, 0.0], [1e-160, 1e-160]])
def test_beside_a_point_without_a_normal_there_is_none_either(x: list[float]) -> None:
    """x @ x = 0 holds at the origin only; what a solver finds is beside it."""
    with pytest.raises(NotUnique) as caught:
        constrained("x[0]", "x @ x", size=2).multipliers(np.array(x))
    assert str(caught.value).startswith("constraint Jacobian loses rank at the stationary point")


def test_more_constraints_than_variables_are_dependent() -> None:
    with pytest.raises(NotUnique) as caught:
        constrained("x[0]", "x[0]", "x[1]", "x[0] + x[1]", size=2).multipliers(np.zeros(2))
    assert "multipliers are not unique (sigma_min 0)" in str(caught.value)


def test_a_point_at_the_border_of_the_domain_has_no_type() -> None:
    """One Newton step from here the logarithm has no value any more."""
    problem = constrained("x[0] * log(x[0])", size=1)
    assert problem.classify(np.array([np.exp(-1.0)]), np.zeros(0)) == "minimum"
    assert problem.classify(np.array([0.1]), np.zeros(0)) == "inconclusive"


def test_only_directions_along_the_constraint_matter() -> None:
    """The Hessian of f alone is indefinite; along the line it is not."""
    problem = constrained("x[0]**2 - x[1]**2", "x[1] - 1", size=2)
    at = np.array([0.0, 1.0])
    assert problem.classify(at, problem.multipliers(at)) == "minimum"


def test_a_point_that_the_constraints_leave_alone_is_the_least_there_is() -> None:
    problem = constrained("x @ x", "x[0] - 1", "x[1] + 2", size=2)
    at = np.array([1.0, -2.0])
    assert problem.classify(at, problem.multipliers(at)) == "minimum"


def test_the_line_on_a_circle_of_the_course() -> None:
    """min x + y on x^2 + y^2 = 2: at (-1, -1) with lambda -1/2 for L = f - lam g."""
    problem = constrained("x[0] + x[1]", "x[0]**2 + x[1]**2 - 2", size=2)
    at = np.array([-1.0, -1.0])
    assert problem.multipliers(at).tolist() == pytest.approx([-0.5])
    assert problem.value(at, np.array([-0.5])) == -2.0
    assert problem.classify(at, np.array([-0.5])) == "minimum"
    assert problem.classify(-at, np.array([0.5])) == "maximum"


@EVERY
def test_without_torch_second_derivatives_types_and_multipliers_are_the_same(name: str) -> None:
    data, problem = PROBLEMS[name], classic(name)
    plain = Constrained(problem.f, problem.constraints, problem.unknown, problem.size, problem.lets, problem.sign)
    x, lam = np.array(data["x_star"]), np.array(data["lambda_star"])
    size = np.max(np.abs(problem.system_jacobian(x, lam)))
    np.testing.assert_allclose(
        plain.system_jacobian(x, lam), problem.system_jacobian(x, lam), rtol=1e-13, atol=1e-14 * size
    )
    np.testing.assert_allclose(plain.multipliers(x), problem.multipliers(x), rtol=1e-13, atol=1e-14)
    assert plain.classify(x, lam) == problem.classify(x, lam)


@pytest.mark.parametrize("at", [[0.0, 0.0], [1e-12, -1e-12], [1e-5, -1e-5]])
def test_without_torch_a_degenerate_point_has_no_type_either(at: list[float]) -> None:
    degenerate = constrained("x[0]**4 + x[1]**4", "x[0] + x[1]", size=2)
    plain = Constrained(degenerate.f, degenerate.constraints, "x", 2)
    assert plain.classify(np.array(at), np.zeros(1)) == "inconclusive"


def test_without_torch_a_border_of_the_domain_has_no_type() -> None:
    plain = Constrained(constrained("x[0] * log(x[0])", size=1).f, (), "x", 1)
    assert plain.classify(np.array([np.exp(-1.0)]), np.zeros(0)) == "minimum"
    assert plain.classify(np.array([0.1]), np.zeros(0)) == "inconclusive"
