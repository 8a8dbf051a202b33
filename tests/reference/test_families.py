"""No wrong verdict on families of functions that the bands were not chosen by: a hundred points of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from reference.differences import ridders
from reference.engine import Engine
from reference.lines import Index, Lines, coordinates
from reference.measure import Measured, Measurement
from reference.points import BLOCK, Array, Inputs
from reference.problem import Problem
from reference.rounding import rounding_of
from reference.special import draw_block
from reference.tensors import rounded_along, values_along
from reference.tolerance import ALLOWED_UNITS, EXACT_UNITS, SEPARATION, units
from tests.reference.families import FAMILIES, Answer
from tests.reference.problems import GENERIC, at, problem

DRAWS = 100
_MANY = {
    "a": "vector[n]", "b": "scalar", "B": "matrix[m, n]", "c": "vector[m]", "d": "vector[n] real[30000,200000]",
}  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """Blocks of a family."""

    asked: Problem
    blocks: list[tuple[Inputs, Measured]]

    def errors(self, answer: Answer) -> list[float]:
        """Of one program at every point, in units."""
        return [
            units(np.asarray(answer(at(inputs, k)), dtype=np.float64), measured.truth[k], measured.unit[k])
            for inputs, measured in self.blocks
            for k in range(len(measured.truth))
        ]


@pytest.fixture(scope="module", params=FAMILIES)
def drawn(request: Any) -> tuple[str, Drawn]:
    family = FAMILIES[request.param]
    asked = problem(family.f, family.wrt, family.given)
    rng = np.random.default_rng(20)
    measurement = Measurement(asked, Engine(), rng)
    inputs = [draw_block(asked, GENERIC, rng) for _ in range(-(-DRAWS // BLOCK))]
    return request.param, Drawn(asked, [(block, measurement.at(block)) for block in inputs])


def test_there_are_enough_families() -> None:
    assert len(FAMILIES) >= 20


def test_correct_code_is_exact(drawn: tuple[str, Drawn]) -> None:
    name, points = drawn
    for answer in FAMILIES[name].right:
        errors = points.errors(answer)
        assert len(errors) >= DRAWS
        assert max(errors) <= EXACT_UNITS


def test_correct_code_that_loses_digits_passes(drawn: tuple[str, Drawn]) -> None:
    name, points = drawn
    for answer in FAMILIES[name].losing:
        assert max(points.errors(answer)) <= ALLOWED_UNITS


def test_wrong_formulas_are_far_away(drawn: tuple[str, Drawn]) -> None:
    name, points = drawn
    for answer in FAMILIES[name].wrong:
        assert min(points.errors(answer)) >= SEPARATION


@pytest.mark.parametrize("factor", [1.0005, 1.0008, 0.999, 2.0])
def test_a_wrong_factor_is_no_rounding(drawn: tuple[str, Drawn], factor: float) -> None:
    """torch's gradcheck accepts the first two by default. Where the condition is 1e6, they are the least far away."""
    name, points = drawn
    right = FAMILIES[name].right[0]
    assert min(points.errors(lambda p: factor * np.asarray(right(p)))) >= 1024 * ALLOWED_UNITS


def test_differences_know_how_far_off_they_are(drawn: tuple[str, Drawn]) -> None:
    """The bar holds at every component of every point, and says something at nearly all of them."""
    name, points = drawn
    resolutions = []
    for inputs, measured in points.blocks:
        f, whole = _lines(points.asked, inputs), _lines(points.asked, inputs, whole=True)
        x = inputs[points.asked.wrt]
        rounding = rounding_of(f, x, None, np.random.default_rng(0), whole=whole)
        found = ridders(f, x, coordinates(x), rounding)
        truth = measured.truth.reshape(found.value.shape)
        unit = measured.unit.reshape(found.value.shape)
        assert np.all(np.abs(found.value - truth) <= found.bar + unit)
        size = np.max(np.abs(truth), axis=-1)
        resolutions += list(np.max(found.bar, axis=-1) / size)
    assert "ill" in name or np.median(resolutions) < 1e-10
    assert np.quantile(resolutions, 0.9) < 1e-6


EXTREMES: dict[str, tuple[str, dict[str, str], dict[str, float]]] = {
    **{
        f"{name}, x times {scale:g}": (f, {**_MANY, "x": "vector[n]"}, {"x": scale})
        for name, f in (("layer", "sum(tanh(B @ x + c))"), ("squares", "sum((x - a)**2)"), ("bump", "exp(-x @ x) * b"))
        for scale in (1e-3, 1e-5, 1e-8, 0.0)
    },
    "squares beside large numbers": ("sum((x - a)**2)", {**_MANY, "x": "vector[n]"}, {"a": 1e4}),
    "offset that cancels": ("(sum(x) + a @ a) - a @ a", {**_MANY, "x": "vector[n]"}, {"a": 1e4}),
    "offset that cancels, x small": ("(sum(x) + a @ a) - a @ a", {**_MANY, "x": "vector[n]"}, {"a": 1e4, "x": 1e-5}),
    "offsets that cancel": ("sum(a * ((x + d) - d))", {**_MANY, "x": "vector[n]"}, {}),
    "periods": ("sum(sin(2 * pi * x))", {"x": "vector[n] real[20,200]"}, {}),
    "one period": ("sin(2 * pi * t)", {"t": "scalar real[20,100]"}, {}),
    "fine periods": ("sum(sin(512 * pi * x))", {"x": "vector[n] real[1,2]"}, {}),
    "far out": ("sum(sin(x))", {"x": "vector[n] real[10000,100000]"}, {}),
    "poles": ("sum(1 / x)", {"x": "vector[n] real[0.000001,0.001]"}, {}),
    "edges": ("sum(log(x)) + sum(sqrt(x))", {"x": "vector[n] real[0.000000001,0.001]"}, {}),
    "steep": ("sum(sigmoid(100000 * (x - a)))", {"x": "vector[n] real[0,0.001]", "a": "vector[n] real[0,0.001]"}, {}),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_bars_hold_wherever_the_variable_is(name: str) -> None:
    f, given, scales = EXTREMES[name]
    wrt = "t" if "t" in given else "x"
    asked = problem(f, wrt, {key: text for key, text in given.items() if key in f or key == wrt})
    rng = np.random.default_rng(8)
    measurement = Measurement(asked, Engine(), rng)
    resolutions = []
    for _ in range(6):
        inputs = draw_block(asked, GENERIC, rng)
        inputs = {key: values * scales.get(key, 1.0) for key, values in inputs.items()}
        measured, x = measurement.at(inputs), inputs[wrt]
        plain, whole = _lines(asked, inputs), _lines(asked, inputs, whole=True)
        found = ridders(plain, x, coordinates(x), rounding_of(plain, x, None, rng, whole=whole))
        truth, unit = (part.reshape(found.value.shape) for part in (measured.truth, measured.unit))
        assert np.all(np.abs(found.value - truth) <= found.bar + unit)
        assert not np.any(found.gap)
        resolutions += list(np.max(found.bar, axis=-1) / np.max(np.maximum(np.abs(truth), found.size), axis=-1))
    assert np.median(resolutions) < (1e-4 if "cancel" in name else 1e-7)


def _lines(asked: Problem, inputs: Inputs, *, whole: bool = False) -> Lines:
    engine = Engine()

    def along(index: Index, directions: Array, steps: Array) -> Array:
        there = {name: values[index] for name, values in inputs.items()}
        how = rounded_along if whole else values_along
        return engine.along(asked, there, directions, steps, how)

    return along
