"""Values of expressions: what every function means, by numbers worked out apart from the table."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from reference.functions import FUNCTIONS
from reference.language import Call, parse, walk
from reference.numeric import evaluate

LIBRARIES = pytest.mark.parametrize("library", [np, torch], ids=["numpy", "torch"])
ARRAYS: dict[str, Any] = {
    "s": 0.5,
    "n": 3,
    "x": [1.0, 2.0, 4.0],
    "y": [3.0, 4.0],
    "A": [[2.0, 1.0], [0.0, 3.0]],
    "B": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
}

VALUES: list[tuple[str, Any]] = [
    ("x + s", [1.5, 2.5, 4.5]),
    ("1 - x", [0.0, -1.0, -3.0]),
    ("x * x", [1.0, 4.0, 16.0]),
    ("B * B", [[1.0, 4.0, 9.0], [16.0, 25.0, 36.0]]),
    ("2 / x", [2.0, 1.0, 0.5]),
    ("x**2", [1.0, 4.0, 16.0]),
    ("x**-1", [1.0, 0.5, 0.25]),
    ("x**s", [1.0, math.sqrt(2), 2.0]),
    ("-x", [-1.0, -2.0, -4.0]),
    ("-s**2", -0.25),
    ("A @ y", [10.0, 12.0]),
    ("y @ A", [6.0, 15.0]),
    ("A @ diag(y)", [[6.0, 4.0], [0.0, 12.0]]),
    ("diag(y) @ A", [[6.0, 3.0], [0.0, 12.0]]),
    ("diag(y) @ y", [9.0, 16.0]),
    ("y @ diag(y)", [9.0, 16.0]),
    ("diag(y) @ diag(y)", [[9.0, 0.0], [0.0, 16.0]]),
    ("diag(A) @ y", 18.0),
    ("y @ diag(A)", 18.0),
    ("B.T @ diag(y) @ B", [[67.0, 86.0, 105.0], [86.0, 112.0, 138.0], [105.0, 138.0, 171.0]]),
    ("y @ y", 25.0),
    ("A @ B", [[6.0, 9.0, 12.0], [12.0, 15.0, 18.0]]),
    ("B.T", [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]),
    ("y.T", [3.0, 4.0]),
    ("s.T", 0.5),
    ("sum(x)", 7.0),
    ("sum(B)", 21.0),
    ("sum(2)", 2.0),
    ("mean(B)", 3.5),
    ("tr(A)", 5.0),
    ("det(A)", 6.0),
    ("det(-[1, 0][0] * A)", 6.0),
    ("logdet(A)", math.log(6)),
    ("inv(A)", [[1 / 2, -1 / 6], [0.0, 1 / 3]]),
    ("solve(A, y)", [5 / 6, 4 / 3]),
    ("solve(A, A)", [[1.0, 0.0], [0.0, 1.0]]),
    ("dot(y, y)", 25.0),
    ("outer(y, x)", [[3.0, 6.0, 12.0], [4.0, 8.0, 16.0]]),
    ("norm(y)", 5.0),
    ("norm(B)", math.sqrt(91)),
    ("prod(x)", 8.0),
    ("prod(B)", 720.0),
    ("diag(y)", [[3.0, 0.0], [0.0, 4.0]]),
    ("diag(A)", [2.0, 3.0]),
    ("logsumexp(y)", 4.313261687518223),
    ("logsumexp(B)", [3.4076059644443806, 6.40760596444438]),
    ("softmax(y)", [0.2689414213699951, 0.7310585786300049]),
    ("softmax(B - B)", [[1 / 3, 1 / 3, 1 / 3], [1 / 3, 1 / 3, 1 / 3]]),
    ("eye(2) * 3", [[3.0, 0.0], [0.0, 3.0]]),
    ("zeros(2) + 1", [1.0, 1.0]),
    ("zeros(n, 2)", [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),
    ("ones(1, n)", [[1.0, 1.0, 1.0]]),
    ("ones(n) / n", [1 / 3, 1 / 3, 1 / 3]),
    ("stack([x, x * n])", [[1.0, 2.0, 4.0], [3.0, 6.0, 12.0]]),
    ("stack([s, 1])", [0.5, 1.0]),
    ("abs(1 - x)", [0.0, 1.0, 3.0]),
    ("relu(x - 2)", [0.0, 0.0, 2.0]),
    ("maximum(x, 2)", [2.0, 2.0, 4.0]),
    ("minimum(3, x)", [1.0, 2.0, 3.0]),
    ("sigmoid(0 * s)", 0.5),
    ("sigmoid(x - 41)", [4.248354255291589e-18, 1.1548224173015786e-17, 8.533047625744066e-17]),
    ("sin(s)", 0.479425538604203),
    ("cos(s)", 0.8775825618903728),
    ("tan(s)", 0.5463024898437905),
    ("exp(1)", 2.718281828459045),
    ("log(x)", [0.0, math.log(2), math.log(4)]),
    ("sqrt(x)", [1.0, math.sqrt(2), 2.0]),
    ("tanh(s)", 0.46211715726000973),
    ("cos(pi)", -1.0),
    ("2*pi", 6.283185307179586),
    ("[s, 2, pi]", [0.5, 2.0, 3.141592653589793]),
    ("[1, 2] @ y", 11.0),
    ("x[0] + x[-1]", 5.0),
    ("x[1:] - x[:-1]", [1.0, 2.0]),
    ("B[1]", [4.0, 5.0, 6.0]),
    ("B[:, 1]", [2.0, 5.0]),
    ("B[1:, :2]", [[4.0, 5.0]]),
    ("B[0, -1]", 3.0),
]


def value(text: str, library: Any) -> Any:
    names = {name: library.asarray(np.array(array)) for name, array in ARRAYS.items()}
    return evaluate(parse(text), names, library)


@LIBRARIES
@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_the_value_of_an_expression(text: str, expected: Any, library: Any) -> None:
    found = np.asarray(value(text, library))
    assert found.dtype == np.float64
    assert found.shape == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-15, atol=1e-15)


def test_every_function_has_a_value_above() -> None:
    used = {node.function for text, _ in VALUES for node in walk(parse(text).root) if isinstance(node, Call)}
    assert used == set(FUNCTIONS)


@LIBRARIES
def test_logdet_is_the_logarithm_of_the_absolute_value(library: Any) -> None:
    flipped = library.asarray(np.array([[0.0, 3.0], [2.0, 1.0]]))
    assert float(evaluate(parse("det(A)"), {"A": flipped}, library)) == pytest.approx(-6.0, rel=1e-15)
    assert float(evaluate(parse("logdet(A)"), {"A": flipped}, library)) == pytest.approx(math.log(6), rel=1e-15)


def test_a_declared_name_comes_before_a_constant() -> None:
    assert evaluate(parse("pi"), {"pi": np.array(3.0)}, np) == 3.0


def test_numbers_of_python_can_be_bound_as_well() -> None:
    assert evaluate(parse("sin(t) + t"), {"t": 0.5}, np) == pytest.approx(0.979425538604203, rel=1e-15)


@LIBRARIES
@pytest.mark.parametrize(
    ("text", "expected"),
    [("pi.T", math.pi), ("(2).T", 2.0), ("1/0", math.inf), ("0**-1", math.inf), ("1e300**2", math.inf)]
    + [("(-8)**0.5", math.nan)],
)
def test_literals_compute_like_arrays(text: str, expected: float, library: Any) -> None:
    """Python's own floats would raise ZeroDivisionError and OverflowError, or turn complex."""
    with np.errstate(all="ignore"):
        found = np.asarray(value(text, library))
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, expected)
