"""One expression, every interpretation of it: numpy, torch in both modes, fifty digits, differences, and LaTeX agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from reference.engine import Engine
from reference.functions import FUNCTIONS, Function
from reference.graph import graph
from reference.language import Call, names, parse
from reference.latex import latex, symbol
from reference.numeric import evaluate
from reference.points import Array, Inputs, draw_point
from reference.problem import Problem
from reference.shapes import Size
from reference.tape import Tape
from reference.truth import Exact, Truth
from tests.reference.expressions import COVERED, GIVEN, SIZES, texts
from tests.reference.latex_reader import read
from tests.reference.problems import problem
from tests.reference.signatures import EVERY_CASE, drawn, symbols
from tests.reference.test_latex import called

ROUNDING = 2.0**-53
LARGEST, NEAREST_KINK = 1e6, 1e-6
ENGINE = Engine("cpu")
VECTORS = [symbols("n"), symbols("m")]
SHAPES = [(), *VECTORS, (Size(None, 2),), symbols("n n"), symbols("m n")]
seeds = st.integers(0, 2**32 - 1)


def examples(count: int) -> settings:
    """The same examples every time; how long one takes depends on the machine."""
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    return settings(max_examples=count, derandomize=True, deadline=None, database=None, suppress_health_check=slow)


@dataclass(frozen=True)
class Place:
    """An expression at a point where it is smooth and finite."""

    asked: Problem
    point: Inputs
    tape: Tape

    @property
    def value(self) -> Array:
        return np.asarray(self.tape.value)

    @property
    def block(self) -> Inputs:
        return {name: values[None] for name, values in self.point.items()}


def place(text: str, seed: int, wrt: str = "x", ask: str = "vjp") -> Place:
    asked = problem(text, wrt, GIVEN, ask=ask)
    point = draw_point(asked, SIZES, np.random.default_rng(seed))
    tape = Tape((), asked.f, {**SIZES, **point}, np)
    values = [np.asarray(entry.value) for entry in tape.entries]
    assume(all(np.all(np.isfinite(value)) and np.max(np.abs(value)) < LARGEST for value in values))
    assume(nearest_kink(tape) > NEAREST_KINK)
    return Place(asked, point, tape)


def nearest_kink(tape: Tape) -> float:
    """How near zero anything is that a function wants away from it."""
    nearest = np.inf
    for entry in tape.entries:
        row = FUNCTIONS[entry.node.function] if isinstance(entry.node, Call) else None
        if row and row.kink:
            arguments = [np.asarray(tape.entries[parent].value) for parent in entry.parents]
            nearest = min(nearest, float(np.min(np.abs(row.kink(np, *arguments)))))
    return nearest


def roundings(tape: Tape) -> Array:
    """What one rounding of every intermediate value does to the value at most, entry by entry, in the first order."""
    value = np.asarray(tape.value)
    units = np.eye(value.size).reshape(-1, *value.shape)
    return np.reshape([ROUNDING * sum(moved(tape, unit)) for unit in units], value.shape)


def moved(tape: Tape, bar: Array) -> list[float]:
    """|adjoint| |value|, summed over the entries, of every step of the tape."""
    values = [np.asarray(entry.value) for entry in tape.entries]
    adjoints = [np.zeros_like(value, dtype=float) for value in values]
    adjoints[tape.result] += bar
    for index in range(tape.result, -1, -1):
        for argument, parent in enumerate(tape.entries[index].parents):
            # Literals and sizes are the same numbers everywhere; rules take arrays only.
            if hasattr(tape.entries[parent].value, "ndim"):
                part = tape.step(index, argument, adjoints[index])
                adjoints[parent] += part if values[parent].ndim else np.sum(part)
    return [float(np.sum(np.abs(bar * value))) for bar, value in zip(adjoints, values, strict=True)]


def assert_close(actual: Any, expected: Any, allowed: Any) -> None:
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape
    assert np.all(np.abs(actual - expected) <= allowed), f"{actual} is not {expected} to within {allowed}"


def test_every_row_occurs_in_random_expressions() -> None:
    made = {name for name, row in FUNCTIONS.items() if row.makes_shape}
    assert COVERED - {"subscript"} == set(FUNCTIONS) - made


@examples(200)
@given(st.sampled_from(SHAPES).flatmap(texts), seeds)
def test_numpy_torch_and_fifty_digits_give_the_same_value(text: str, seed: int) -> None:
    at = place(text, seed)
    allowed = 100 * roundings(at.tape)
    exact = Truth(at.asked).value(at.point)
    assert_close(at.value, exact, allowed)
    assert_close(ENGINE.value(at.asked, at.block)[0], exact, allowed)


@examples(1500)
@given(st.sampled_from(SHAPES).flatmap(texts), seeds)
def test_the_formula_has_the_same_value(text: str, seed: int) -> None:
    at = place(text, seed)
    shapes = {name: domain.shape for name, domain in at.asked.given}
    written = latex(at.asked.f, shapes, dict(at.asked.dims))
    given = {symbol(name): value for name, value in {**SIZES, **at.point}.items()}
    assert_close(read(written, given), at.value, 1000 * roundings(at.tape))


def along_all_paths(at: Place, bar: Array | float) -> Array:
    """The sizes of what is added up to the derivative: it cannot be right to more digits than these have."""
    made = graph(at.asked, at.point)
    sizes = replace(made, edges=tuple(replace(edge, derivative=np.abs(edge.derivative)) for edge in made.edges))
    labels = [node.label for node in made.nodes]
    if at.asked.wrt not in labels:
        return np.zeros_like(at.point[at.asked.wrt])
    return sizes.adjoints(bar)[labels.index(at.asked.wrt)]


def variable(data: st.DataObject, text: str, among: list[str]) -> str:
    """A name that occurs."""
    used = [name for name in among if name in names(parse(text))]
    assume(used)
    return str(data.draw(st.sampled_from(used)))


@examples(200)
@given(st.data(), texts(), seeds)
def test_gradients_agree_in_torch_by_rules_in_fifty_digits_and_by_differences(
    data: st.DataObject, text: str, seed: int
) -> None:
    at = place(text, seed, variable(data, text, list(GIVEN)), "gradient")
    allowed = 1e-9 * (1e-2 + along_all_paths(at, 1.0))
    truth = Truth(at.asked)
    exact = truth.derivative(at.point)
    assert_close(truth.difference(at.point), exact, 1e-3 * allowed)
    assert_close(at.tape.adjoint(at.asked.wrt, 1.0), exact, allowed)
    assert_close(ENGINE.derivative(at.asked, at.block)[0], exact, allowed)
    assert_close(ENGINE.second(at.asked, at.block)[0], exact, allowed)


@examples(150)
@given(st.data(), st.sampled_from(VECTORS).flatmap(texts), seeds)
def test_jacobians_agree_in_torch_by_rules_in_fifty_digits_and_by_differences(
    data: st.DataObject, text: str, seed: int
) -> None:
    at = place(text, seed, variable(data, text, ["x", "y", "u"]), "jacobian")
    bars = np.eye(at.value.size)
    allowed = 1e-9 * (1e-2 + np.stack([along_all_paths(at, bar) for bar in bars]))
    truth = Truth(at.asked)
    exact = truth.derivative(at.point)
    assert_close(truth.difference(at.point), exact, 1e-3 * allowed)
    assert_close(np.stack([at.tape.adjoint(at.asked.wrt, bar) for bar in bars]), exact, allowed)
    assert_close(ENGINE.derivative(at.asked, at.block)[0], exact, allowed)
    assert_close(ENGINE.second(at.asked, at.block)[0], exact, allowed)


def tape_of(row: Function, arguments: dict[str, Array], library: Any) -> Tape:
    values = {name: library.asarray(np.array(value)) for name, value in arguments.items()}
    return Tape((), parse(called(row, list(arguments))), values, library)


@EVERY_CASE
def test_every_rule_gives_the_same_adjoints_in_numpy_torch_and_fifty_digits(row: Function, case: list[str]) -> None:
    rng = np.random.default_rng(8)
    arguments = {name: drawn(pattern, rng) for name, pattern in zip("ab", case, strict=False)}
    tapes = [tape_of(row, arguments, library) for library in (Exact(50), np, torch)]
    bar = rng.standard_normal(np.shape(tapes[1].value))
    for name in arguments:
        exact, *others = (
            np.asarray(tape.adjoint(name, tape.library.asarray(np.array(bar)))).astype(float) for tape in tapes
        )
        for other in others:
            np.testing.assert_allclose(other, exact, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("text", ["eye(n)", "zeros(n)", "ones(m, 2)"])
def test_arrays_made_from_sizes_are_the_same_everywhere(text: str) -> None:
    made = [np.asarray(evaluate(parse(text), SIZES, library)).astype(float) for library in (np, torch, Exact(50))]
    np.testing.assert_array_equal(made[0], made[1])
    np.testing.assert_array_equal(made[0], made[2])
