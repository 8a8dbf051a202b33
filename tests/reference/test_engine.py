"""The engine against closed forms that numpy computes on its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from reference import engine
from reference.points import Inputs
from reference.problem import Problem, ProblemFault
from reference.tolerance import EXACT_UNITS, units
from tests.reference.problems import RESIDUAL, at, gradient, problem, residual, solved

Formula = Callable[[Inputs], Any]
LINEAR = {"A": "matrix[m, n]", "x": "vector[n]"}

CASES: dict[str, tuple[Problem, Formula]] = {
    "x^T a": (gradient("linear"), lambda p: p["a"]),
    "A x, denominator": (problem("A @ x", "x", LINEAR, ask="jacobian", layout="denominator"), lambda p: p["A"].T),
    "A x, numerator": (problem("A @ x", "x", LINEAR, ask="jacobian"), lambda p: p["A"]),
    "x^T A x": (gradient("quadratic"), lambda p: (p["A"] + p["A"].T) @ p["x"]),
    "residual in s": (residual("s"), lambda p: -p["A"].T @ (p["W"] + p["W"].T) @ (p["x"] - p["A"] @ p["s"])),
    "residual in x": (residual("x"), lambda p: (p["W"] + p["W"].T) @ (p["x"] - p["A"] @ p["s"])),
    "ln |A|": (gradient("logdet"), lambda p: np.linalg.inv(p["A"]).T),
    "tr A B": (gradient("trace"), lambda p: p["B"].T),
    "norm": (gradient("norm"), lambda p: p["x"] / np.sqrt(np.sum(p["x"] ** 2))),
    "sin x^T x": (gradient("sine"), lambda p: 2 * np.cos(p["x"] @ p["x"]) * p["x"]),
    "cubic": (gradient("cubic"), lambda p: 9 * p["x"] ** 2 - 10 * p["x"]),
}


@pytest.mark.parametrize("name", CASES)
def test_the_value_is_the_closed_form_at_every_point(name: str) -> None:
    asked, formula = CASES[name]
    for seed in range(5):
        inputs, expected, unit = solved(asked, seed)
        for k in range(len(expected)):
            right = np.asarray(formula(at(inputs, k)))
            assert expected[k].shape == right.shape
            assert units(right, expected[k], unit[k]) <= EXACT_UNITS


def test_the_derivative_of_the_cubic_of_the_course() -> None:
    inputs = {"x": np.array([1.5])}
    expected, _ = engine.expected(gradient("cubic"), inputs, np.random.default_rng(0))
    assert expected.tolist() == [5.25]


def test_both_signs_of_a_determinant_are_differentiated() -> None:
    inputs, expected, unit = solved(gradient("logdet"), 3)
    signs = np.sign(np.linalg.det(inputs["A"]))
    assert set(signs) == {-1.0, 1.0}
    assert all(units(np.linalg.inv(inputs["A"][k]).T, expected[k], unit[k]) <= EXACT_UNITS for k in range(len(signs)))


def test_the_values_are_the_same_every_time() -> None:
    first, second = solved(residual("s"), 7), solved(residual("s"), 7)
    assert np.array_equal(first[1], second[1])
    assert np.array_equal(first[2], second[2])


def test_torch_forward_mode_under_vmap_is_wrong_and_not_used() -> None:
    """If this fails, torch computes it right now: `engine._one_by_one` may then become one batched call."""
    matrices, right = solved(gradient("logdet"))[:2]
    batch = torch.from_numpy(matrices["A"])
    forward = torch.func.vmap(torch.func.jacfwd(lambda a: torch.linalg.slogdet(a)[1]))(batch).numpy()
    assert np.allclose(forward[0], right[0])
    assert not np.allclose(forward[1:], right[1:])


def test_two_paths_that_differ_are_refused() -> None:
    with pytest.raises(ProblemFault, match="reverse and forward mode of the engine differ by 1e"):
        engine._require_agreement(np.array([1e6]), np.array([1e-4]))


def test_a_constant_gradient_has_the_unit_of_its_size() -> None:
    inputs, expected, unit = solved(gradient("linear"))
    assert np.array_equal(expected, inputs["a"])
    largest = np.abs(expected).max(axis=1, keepdims=True)
    assert np.all(unit >= 2 * 2.0**-53 * largest)
    assert np.all(unit <= 8 * 2.0**-53 * largest)


def test_ill_conditioned_points_get_wider_units() -> None:
    narrow, wide = (solved(gradient(name), 1) for name in ("logdet", "ill-conditioned"))
    assert np.median(wide[2] / np.abs(wide[1]).max()) > 1e4 * np.median(narrow[2] / np.abs(narrow[1]).max())


def test_every_input_counts_for_the_unit() -> None:
    """Of W and the residual, not only of the variable."""
    asked = problem("a @ x", "x", {"x": "vector[n]", "a": "vector[n]"})
    _, expected, unit = solved(asked)
    assert np.all(unit >= 1.9 * 2.0**-53 * np.abs(expected))
    assert set(RESIDUAL) == {"x", "s", "A", "W"}
