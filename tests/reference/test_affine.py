"""What the table says to be linear is linear; along a line the split expression has the values of the whole one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reference.affine import split
from reference.engine import Engine
from reference.functions import Function
from reference.language import parse
from reference.numeric import evaluate
from tests.reference.expressions import GIVEN, SIZES, texts
from tests.reference.problems import problem, residual
from tests.reference.signatures import EVERY_CASE, drawn
from tests.reference.test_interpretations import assert_close, examples, place, roundings, seeds, variable

ENGINE = Engine("cpu")


def parts(f: str, wrt: str = "x", **lets: str) -> tuple[set[str], str]:
    """The texts of the affine parts, and f with numbers in place of them."""
    made = split(tuple((name, parse(text)) for name, text in lets.items()), parse(f), wrt)
    return {part.source(part.root) for _, part in made.parts}, str(made.f.root)


@EVERY_CASE
def test_linear_arguments_are_just_those_that_a_row_names(row: Function, case: list[str]) -> None:
    rng = np.random.default_rng(3)
    at, there = ([drawn(pattern, rng) for pattern in case] for _ in range(2))

    def value(t: float, moving: tuple[int, ...]) -> Any:
        moved = [a + t * (b - a) if k in moving else a for k, (a, b) in enumerate(zip(at, there, strict=True))]
        return np.asarray(row.value(np, *moved))

    for moving in ((0,), (1,), (0, 1)):
        if max(moving) < len(case):
            straight = np.allclose(value(0.25, moving), 0.75 * value(0, moving) + 0.25 * value(1, moving), rtol=1e-12)
            named = any(set(moving) <= set(together) for together in row.linear)
            # In pieces, as the maximum away from ties, or by chance, as the product of one number.
            assert straight == named or (straight and (row.kink is not None or case == [""]))


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        ("c @ tanh(B @ x)", {"B @ x"}),
        ("x @ A @ x", {"x @ A", "x"}),
        ("logdet(eye(5) + B @ diag(x) @ B.T)", {"eye(5) + B @ diag(x) @ B.T"}),
        ("2 * x[1] - [x[0], 3][0] + mean(x) / c", {"2 * x[1] - [x[0], 3][0] + mean(x) / c"}),
        ("c / x + exp(c)", {"x"}),
        ("exp(c)", set()),
    ],
)
def test_the_largest_affine_parts_are_taken(f: str, expected: set[str]) -> None:
    assert parts(f)[0] == expected


def test_named_expressions_are_followed() -> None:
    found, rest = parts("r.T @ W @ r + q * w", r="y - A @ x", q="r @ r", w="exp(y)")
    assert found == {"r.T @ W", "r"}
    assert "part" in rest


@pytest.mark.parametrize("wrt", ["x", "s", "A", "W"])
def test_named_expressions_have_their_values_along_a_line(wrt: str) -> None:
    asked = residual(wrt)
    rng = np.random.default_rng(1)
    shapes = {"x": (3, 6), "s": (3, 5), "A": (3, 6, 5), "W": (3, 6, 6)}
    inputs = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    directions, steps = rng.standard_normal((3, 2, *shapes[wrt][1:])), rng.standard_normal((3, 2, 4))
    found = ENGINE.along(asked, inputs, directions, steps)
    for point, direction, row in np.ndindex(steps.shape):
        here = {name: values[point] for name, values in inputs.items()}
        here[wrt] = here[wrt] + steps[point, direction, row] * directions[point, direction]
        r = here["x"] - here["A"] @ here["s"]
        assert np.isclose(found[point, direction, row], r @ here["W"] @ r, rtol=1e-12)


@examples(200)
@given(st.data(), texts(), seeds)
def test_random_expressions_have_their_values_along_a_line(data: st.DataObject, text: str, seed: int) -> None:
    at = place(text, seed, variable(data, text, list(GIVEN)))
    rng = np.random.default_rng(seed)
    x = at.point[at.asked.wrt]
    direction = np.asarray(2.0**-20 * rng.standard_normal(x.shape))
    steps = np.array([-1.0, 0.0, 0.5, 2.0])
    found = ENGINE.along(at.asked, at.block, direction[None, None], steps[None, None])[0, 0]
    for value, t in zip(found, steps, strict=True):
        exact = evaluate(at.asked.f, {**SIZES, **at.point, at.asked.wrt: x + t * direction}, np)
        assume(np.all(np.isfinite(exact)))
        assert_close(value, exact, 1000 * roundings(at.tape) + 1e-300)


def test_the_same_directions_serve_all_points() -> None:
    asked = problem("sum(exp(x)) + x @ x", "x", {"x": "vector[n]"})
    rng = np.random.default_rng(0)
    inputs, steps = {"x": rng.standard_normal((4, 3))}, rng.standard_normal((4, 3, 2))
    units = np.eye(3)[None]
    alike = ENGINE.along(asked, inputs, units, steps)
    assert np.array_equal(alike, ENGINE.along(asked, inputs, np.repeat(units, 4, axis=0), steps))


@pytest.mark.parametrize("scale", [1.0, 1e-5, 1e-20, 1e-150, 0.0])
def test_a_small_variable_is_not_rounded_away_beside_a_large_number(scale: float) -> None:
    asked = problem("sum(tanh(x - a))", "x", {"x": "vector[n]", "a": "vector[n]"})
    rng = np.random.default_rng(2)
    inputs = {"x": scale * rng.standard_normal((4, 3)), "a": rng.standard_normal((4, 3))}
    steps = np.broadcast_to(np.array([-0.005, 0.005]), (4, 3, 2))
    found = ENGINE.along(asked, inputs, np.eye(3)[None], steps)
    for point, entry, row in np.ndindex(found.shape):
        moved = inputs["x"][point] + steps[point, entry, row] * np.eye(3)[entry]
        assert np.isclose(found[point, entry, row], np.sum(np.tanh(moved - inputs["a"][point])), rtol=0, atol=2e-15)
