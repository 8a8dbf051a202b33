"""The misconceptions that are recognised without the author's help: a stable note, the hint, the wrong answer.

A hint asks a question and never gives the answer away. The order is the order of trying, the most specific first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from reference.bundle import Point

Array: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Entry:
    """A row: `wrong` is what the mistake gives at a point, None where it does not apply."""

    note: str
    hint: str
    wrong: Callable[[Point], Array | None]


def _scaled(factor: float) -> Callable[[Point], Array | None]:
    return lambda point: factor * point.expected


def _transposed(point: Point) -> Array | None:
    return point.expected.T if point.expected.ndim == 2 else None


def _row(point: Point) -> Array | None:
    return point.expected[None, :] if point.expected.ndim == 1 else None


def _column(point: Point) -> Array | None:
    return point.expected[:, None] if point.expected.ndim == 1 else None


def _flat(point: Point) -> Array | None:
    return point.expected.ravel() if point.expected.ndim == 2 else None


def _reversed(point: Point) -> Array | None:
    return point.expected[::-1] if point.expected.ndim == 1 and len(point.expected) > 1 else None


def _by_size(up: bool) -> Callable[[Point], Array | None]:
    def wrong(point: Point) -> Array | None:
        if point.expected.ndim == 0:
            return None
        size = float(len(point.expected))
        return point.expected * size if up else point.expected / size

    return wrong


_SHAPE_OF_VARIABLE = (
    "A gradient here has the shape of the variable itself: compare your result's shape with the input's."
)

CATALOGUE = (
    Entry("transposed", "The right numbers in the other layout: which index runs over the outputs, which over the "
          "variable? Write down the size of each before you multiply.", _transposed),
    Entry("layout.row", _SHAPE_OF_VARIABLE, _row),
    Entry("layout.column", _SHAPE_OF_VARIABLE, _column),
    Entry("layout.flat", _SHAPE_OF_VARIABLE, _flat),
    Entry("layout.reversed", "The right numbers in the opposite order: where does your loop start?", _reversed),
    Entry("sign", "Exactly the opposite direction: follow the minus sign through the inner bracket.", _scaled(-1.0)),
    Entry("scale.half", "Everything is half as large as it should be: how many times does the variable occur in the "
          "product?", _scaled(0.5)),
    Entry("scale.double", "Everything is twice as large as it should be: you count one contribution twice.",
          _scaled(2.0)),
    Entry("scale.mean", "Off by the number of entries: do you average where the expression sums?", _by_size(up=False)),
    Entry("scale.sum", "Off by the number of entries: do you sum where the expression averages?", _by_size(up=True)),
    Entry("zero", "Your function returns zeros: is it still the starter's stub, or does a factor vanish?",
          _scaled(0.0)),
)  # fmt: skip

CONDITIONS = {
    "float32": "The digits stop at the seventh: compute in float64, and look where an array is made or converted.",
    "mutates-input": "Work on a copy: `x = x.copy()` before `x += ...`, or write `x = x + ...`.",
    "nondeterministic": "The same input gave different results: is there a random number, or state kept between calls?",
}
"""Hints for notes that the checks find by themselves."""
