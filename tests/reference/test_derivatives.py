"""The public derivatives: every ask against closed forms, and what is said of wrong calls."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from reference.api import derivative, gradient
from reference.language import LanguageError

RNG = np.random.default_rng(3)
A, B = RNG.standard_normal((4, 4)), RNG.standard_normal((3, 4))
X, U, V = RNG.standard_normal(4), RNG.standard_normal(3), RNG.standard_normal(4)
H = A + A.T
EACH: dict[str, tuple[str, dict[str, Any], Any]] = {
    "gradient": ("x @ A @ x", {}, H @ X),
    "jacobian": ("sin(B @ x)", {}, np.cos(B @ X)[:, None] * B),
    "denominator": ("sin(B @ x)", {"layout": "denominator"}, (np.cos(B @ X)[:, None] * B).T),
    "jvp": ("sin(B @ x)", {"along": "v"}, np.cos(B @ X) * (B @ V)),
    "vjp": ("sin(B @ x)", {"along": "u"}, B.T @ (np.cos(B @ X) * U)),
    "hessian": ("(x @ A @ x)**2", {}, 2 * np.outer(H @ X, H @ X) + 2 * (X @ A @ X) * H),
    "hvp": ("(x @ A @ x)**2", {"along": "v"}, 2 * (H @ X) * (X @ H @ V) + 2 * (X @ A @ X) * (H @ V)),
}
INPUTS = {"x": X, "A": A, "B": B, "u": U, "v": V}


@pytest.mark.parametrize("name", EACH)
def test_every_ask_is_right_within_a_few_bars(name: str) -> None:
    f, options, right = EACH[name]
    ask = "jacobian" if name == "denominator" else name
    found = derivative(f, "x", INPUTS, ask, **options)
    assert found.value.shape == found.bar.shape == right.shape
    assert np.all(np.abs(found.value - right) <= 32 * found.bar)
    assert np.all(found.bar < 1e-13 * np.max(np.abs(right)))
    assert np.max(np.abs(found.value * 1.0005 - right) / found.bar) > 1e6


def test_a_batch_is_its_points() -> None:
    xs = RNG.standard_normal((50, 4))
    many = gradient("x @ A @ x", "x", {"x": xs, "A": np.broadcast_to(A, (50, 4, 4))}, batch=True)
    for x, value in zip(xs, many.value, strict=True):
        assert np.array_equal(gradient("x @ A @ x", "x", {"x": x, "A": A}).value, value)


def test_where_there_is_no_derivative_it_is_nan() -> None:
    found = gradient("log(s)", "s", {"s": [-1.0, 0.5]}, batch=True)
    assert np.isnan(found.value).tolist() == [True, False]
    assert found.value[1] == 2


@pytest.mark.parametrize(
    ("f", "ask"),
    [("abs(s)", "gradient"), ("relu(s)", "gradient"), ("norm([s, 0])", "gradient"), ("relu(s)**2", "hessian")],
)
def test_on_a_kink_there_is_none(f: str, ask: str) -> None:
    found = derivative(f, "s", {"s": [0.0, 1.0]}, ask, batch=True)
    assert np.isnan(found.value).tolist() == np.isnan(found.bar).tolist() == [True, False]


def test_a_singular_matrix_has_none() -> None:
    assert np.isnan(gradient("logdet(A)", "A", {"A": np.ones((2, 2))}).value).all()


def test_mirrored_entries_of_a_symmetric_matrix_are_one_variable() -> None:
    """Moving both of them moves f twice as far; the diagonal has no mirror."""
    S = A @ A.T + np.eye(4)
    found = derivative("logdet(S)", "S", {"S": S}, "gradient", layout="structured")
    right = np.linalg.inv(S)
    assert np.all(np.abs(found.value - right * (2 - np.eye(4))) <= 32 * found.bar)
    with pytest.raises(ValueError, match="a structured gradient is one in a symmetric matrix, and `S` is none"):
        derivative("logdet(S)", "S", {"S": A}, "gradient", layout="structured")


WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "ask": ({"ask": "slope"}, ValueError, "ask is one of gradient, jacobian, jvp, vjp, hessian, hvp, not 'slope'"),
    "along": ({"ask": "jvp"}, ValueError, "a jvp needs `along`, the name of the input that holds its direction"),
    "no along": ({"along": "v"}, ValueError, "a gradient has no `along`"),
    "layout": ({"ask": "hessian", "layout": "numerator"}, ValueError, "the layout of a hessian is like-variable, not"),
    "same": ({"ask": "jvp", "along": "x"}, ValueError, "`along` names another input than `wrt`, both are 'x'"),
    "complex": ({"inputs": {"x": [1j]}}, ValueError, "`x` holds complex128; inputs are real numbers"),
    "text": ({"inputs": {"x": "one"}}, ValueError, "`x` holds <U3; inputs are real numbers"),
    "no points": (
        {"inputs": {"x": np.zeros((0, 4))}, "batch": True},
        ValueError,
        "counts the points; it has shape (0, 4)",
    ),
    "one number": (
        {"inputs": {"x": 1.0}, "batch": True},
        ValueError,
        "the first axis of `x` counts the points; it has",
    ),
    "no text": ({"f": None}, TypeError, "f is the text of an expression, not NoneType"),
    "wrt": ({"wrt": "X"}, ValueError, "there is no input `X`"),
    "shape": ({"ask": "hvp", "along": "u"}, ValueError, "the direction `u` must have shape (4,), it has (3,)"),
    "batch": ({"batch": True}, ValueError, "with `batch`, the first axis of every input counts the same points"),
    "axes": ({"inputs": {"x": np.ones((2, 2, 2))}}, ValueError, "`x` has 3 axes; an input is a scalar, a vector or"),
    "device": ({"device": "tpu"}, ValueError, "device is one of auto, cpu, cuda, not 'tpu'"),
    "name": ({"f": "x @ q"}, LanguageError, "unknown name `q`"),
    "vector": ({"f": "B @ x"}, LanguageError, "a gradient is asked of a scalar f, this one is"),
    "scalar": ({"ask": "jacobian"}, LanguageError, "a jacobian is of a vector with respect to a vector, not of a"),
    "matrix": ({"f": "tr(A)", "wrt": "A", "ask": "hessian"}, LanguageError, "a hessian needs a scalar or vector"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_calls(name: str) -> None:
    changes, kind, words = WRONG[name]
    call = {"f": "x @ A @ x", "wrt": "x", "inputs": INPUTS, "ask": "gradient", **changes}
    with pytest.raises(kind, match=re.escape(words)):
        derivative(**call)
