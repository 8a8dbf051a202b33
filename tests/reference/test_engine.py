"""The engine against closed forms that numpy computes on its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from reference import measure
from reference.engine import Engine
from reference.measure import Measurement
from reference.points import BLOCK, Array, Inputs
from reference.problem import Problem, ProblemFault
from reference.tolerance import EXACT_UNITS, ROUNDING, units
from tests.reference.problems import at, gradient, problem, residual, solved

Formula = Callable[[Inputs], Any]
LINEAR = {"A": "matrix[m, n]", "x": "vector[n]"}
REGULAR = {"A": "matrix[n, n] invertible", "a": "vector[n]", "b": "vector[n]"}


def inverse(p: Inputs) -> Array:
    return np.asarray(np.linalg.inv(p["A"]), np.float64)


def measured(asked: Problem, inputs: Inputs) -> tuple[Array, Array]:
    """The truth and the unit at given points."""
    found = Measurement(asked, Engine(), np.random.default_rng(0)).at(inputs)
    return found.truth, found.unit


CASES: dict[str, tuple[Problem, Formula]] = {
    "x^T a": (gradient("linear"), lambda p: p["a"]),
    "A x, denominator": (problem("A @ x", "x", LINEAR, ask="jacobian", layout="denominator"), lambda p: p["A"].T),
    "A x, numerator": (problem("A @ x", "x", LINEAR, ask="jacobian"), lambda p: p["A"]),
    "sin x, numerator": (
        problem("A @ sin(x)", "x", LINEAR, ask="jacobian"),
        lambda p: p["A"] @ np.diag(np.cos(p["x"])),
    ),
    "x^T A x": (gradient("quadratic"), lambda p: (p["A"] + p["A"].T) @ p["x"]),
    "x^T A x in A": (problem("x @ A @ x", "A", {**LINEAR, "A": "matrix[n, n]"}), lambda p: np.outer(p["x"], p["x"])),
    "residual in s": (residual("s"), lambda p: -p["A"].T @ (p["W"] + p["W"].T) @ (p["x"] - p["A"] @ p["s"])),
    "residual in x": (residual("x"), lambda p: (p["W"] + p["W"].T) @ (p["x"] - p["A"] @ p["s"])),
    "ln |A|": (gradient("logdet"), lambda p: inverse(p).T),
    "det A": (problem("det(A)", "A", REGULAR), lambda p: np.linalg.det(p["A"]) * inverse(p).T),
    "a^T A^-1 b": (
        problem("a @ inv(A) @ b", "A", REGULAR),
        lambda p: -np.outer(p["a"] @ inverse(p), inverse(p) @ p["b"]),
    ),
    "a^T solve(A, b)": (
        problem("a @ solve(A, b)", "A", REGULAR),
        lambda p: -np.outer(p["a"] @ inverse(p), inverse(p) @ p["b"]),
    ),
    "tr A B": (gradient("trace"), lambda p: p["B"].T),
    "norm": (gradient("norm"), lambda p: p["x"] / np.sqrt(np.sum(p["x"] ** 2))),
    "sin x^T x": (gradient("sine"), lambda p: 2 * np.cos(p["x"] @ p["x"]) * p["x"]),
    "cubic": (gradient("cubic"), lambda p: 9 * p["x"] ** 2 - 10 * p["x"]),
    "differences": (
        problem("sum((x[1:] - x[:-1])**2)", "x", LINEAR),
        lambda p: 2 * np.convolve(np.diff(p["x"]), [-1, 1]),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_value_is_the_closed_form_at_every_point(name: str) -> None:
    asked, formula = CASES[name]
    for seed in range(5):
        inputs, expected, unit = solved(asked, seed)
        assert len(expected) == len(unit) == BLOCK
        for k in range(len(expected)):
            right = np.asarray(formula(at(inputs, k)))
            assert expected[k].shape == right.shape == tuple(size.at(sizes_of(inputs)) for size in asked.shape)
            assert expected.dtype == unit.dtype == np.float64
            assert units(right, expected[k], unit[k]) <= EXACT_UNITS


def sizes_of(inputs: Inputs) -> dict[str, int]:
    """n and m, read off the arrays of these problems: a matrix with two sizes is (m, n)."""
    matrices = [array.shape[1:] for name, array in inputs.items() if name == "A" and array.ndim == 3]
    vectors = {name: array.shape[1] for name, array in inputs.items() if name in "xa" and array.ndim == 2}
    n = matrices[0][1] if matrices else next(iter(vectors.values()), 0)
    return {"n": n, "m": matrices[0][0] if matrices else 0}


def test_the_derivative_of_the_cubic_of_the_course() -> None:
    inputs = {"x": np.array([1.5])}
    expected, unit = measured(gradient("cubic"), inputs)
    assert expected.tolist() == [5.25]
    assert 0 < unit[0] < 1e-14


def test_both_signs_of_a_determinant_are_differentiated() -> None:
    inputs, expected, unit = solved(gradient("logdet"), 3)
    signs = np.linalg.slogdet(inputs["A"])[0]
    assert set(signs) == {-1.0, 1.0}
    assert all(units(np.linalg.inv(inputs["A"][k]).T, expected[k], unit[k]) <= EXACT_UNITS for k in range(BLOCK))


def test_the_two_layouts_of_a_jacobian_are_transposes() -> None:
    one, other = (solved(CASES[name][0], 4)[1] for name in ("A x, numerator", "A x, denominator"))
    assert one.shape[1] != one.shape[2]
    assert np.array_equal(one.transpose(0, 2, 1), other)
    assert other.flags.c_contiguous


def test_the_values_are_the_same_every_time() -> None:
    first, second = solved(residual("s"), 7), solved(residual("s"), 7)
    assert np.array_equal(first[1], second[1])
    assert np.array_equal(first[2], second[2])


def test_the_inputs_are_left_alone() -> None:
    asked = residual("s")
    inputs = solved(asked, 7)[0]
    before = {name: array.tobytes() for name, array in inputs.items()}
    measured(asked, inputs)
    assert {name: array.tobytes() for name, array in inputs.items()} == before


@pytest.mark.parametrize("name", ["ln |A|", "det A", "a^T solve(A, b)"])
def test_forward_mode_is_right_at_every_point_of_a_block(name: str) -> None:
    """It is taken point by point: as one batch it would be right at the first point only, see below."""
    asked, formula = CASES[name]
    inputs = solved(asked, 2)[0]
    forward = Engine().second(asked, inputs)
    for k in range(BLOCK):
        np.testing.assert_allclose(forward[k], formula(at(inputs, k)), rtol=1e-11, atol=1e-11)


def test_torch_forward_mode_under_vmap_is_wrong_and_not_used() -> None:
    """If this fails, torch computes it right now: `engine._one_by_one` may then become `engine._batched`, the loop
    and the warning in its docstring can go, and this test with them. (Wrong in torch 2.13 on the CPU.)"""
    inputs, right, _ = solved(gradient("logdet"))
    batch = torch.from_numpy(inputs["A"])

    def logdet(matrix: torch.Tensor) -> Any:
        return torch.linalg.slogdet(matrix)[1]

    forward = torch.func.vmap(torch.func.jacfwd(logdet))(batch).numpy()
    assert np.allclose(forward[0], right[0])
    assert not any(np.allclose(forward[k], right[k]) for k in range(1, BLOCK))
    assert np.allclose(torch.func.vmap(torch.func.jacrev(logdet))(batch).numpy(), right)


def test_two_paths_that_differ_are_refused() -> None:
    sensitivity = np.full(3, 1e-4)
    with pytest.raises(ProblemFault) as fault:
        measure._require_agreement(np.array([1e6, 0.2, 0.01]), sensitivity)
    assert fault.value.where == "f"
    assert fault.value.text == (
        "reverse and forward mode of the engine differ by 1e+10 units at 2 components, so neither can be trusted here; "
        "write f in another way"
    )
    measure._require_agreement(np.array([0.1, 0.0, 0.0]), sensitivity)


def test_a_constant_gradient_has_the_unit_of_its_size() -> None:
    inputs, expected, unit = solved(gradient("linear"))
    assert np.array_equal(expected, inputs["a"])
    largest = np.abs(expected).max(axis=1, keepdims=True)
    assert np.all(unit >= ROUNDING * largest)
    assert np.all(unit <= 8 * ROUNDING * largest)


def test_every_input_counts_for_the_unit() -> None:
    """a is the whole derivative of a^T x and not the variable: one rounding of a is as much as one of the answer."""
    _, expected, unit = solved(gradient("linear"))
    assert np.all(unit >= 1.99 * ROUNDING * np.abs(expected))


def test_cancellation_gets_wider_units() -> None:
    _, expected, unit = solved(problem("sin(1e6 * x)", "x", {"x": "scalar real[1,2]"}))
    assert np.median(unit / (ROUNDING * np.abs(expected).max())) > 1e5


def test_ill_conditioned_points_get_wider_units() -> None:
    narrow, wide = (solved(gradient(name), 1) for name in ("logdet", "ill-conditioned"))
    assert np.median(wide[2] / np.abs(wide[1]).max()) > 1e4 * np.median(narrow[2] / np.abs(narrow[1]).max())


def test_what_is_not_finite_is_handed_on_without_a_warning() -> None:
    poles = {"x": np.array([[0.0, 1.0], [2.0, 3.0]])}
    expected, unit = measured(problem("sum(1/x)", "x", {"x": "vector[n]"}), poles)
    assert np.isnan(expected[0]).all()
    assert not np.isfinite(unit[0]).all()
    assert expected[1].tolist() == [-0.25, pytest.approx(-1 / 9)]
    assert np.isfinite(unit[1]).all()
