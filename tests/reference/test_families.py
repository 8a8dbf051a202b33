"""No wrong verdict on families of functions that the bands were not chosen by: a hundred points of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from reference.differences import Index, Lines, coordinates, ridders, rounding_of
from reference.engine import Engine
from reference.measure import Measured, Measurement
from reference.points import BLOCK, Array, Inputs
from reference.problem import Problem
from reference.special import draw_block
from reference.tolerance import ALLOWED_UNITS, EXACT_UNITS, SEPARATION, units
from tests.reference.families import FAMILIES, Answer
from tests.reference.problems import GENERIC, at, problem

DRAWS = 100


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
        f = _lines(points.asked, inputs)
        x = inputs[points.asked.wrt]
        found = ridders(f, x, coordinates(x), rounding_of(f, x, None, np.random.default_rng(0)))
        truth = measured.truth.reshape(found.value.shape)
        unit = measured.unit.reshape(found.value.shape)
        assert np.all(np.abs(found.value - truth) <= found.bar + unit)
        size = np.max(np.abs(truth), axis=-1)
        resolutions += list(np.max(found.bar, axis=-1) / size)
    assert "ill" in name or np.median(resolutions) < 1e-10
    assert np.quantile(resolutions, 0.9) < 1e-6


def _lines(asked: Problem, inputs: Inputs) -> Lines:
    engine = Engine()

    def along(index: Index, directions: Array, steps: Array) -> Array:
        return engine.along(asked, {name: values[index] for name, values in inputs.items()}, directions, steps)

    return along
