"""Wrong answers that need nothing but the right one: a wrong factor, a wrong layout.

Dimensions differ from point to point, so that a half and one over n cannot be confused.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reference.points import Array, Inputs
from reference.problem import STRUCTURED, structured

_FACTORS = (("sign", -1.0), ("scale.half", 0.5), ("scale.double", 2.0), ("scale.minus-double", -2.0))


def hypotheses(expected: Array, inputs: Inputs) -> Iterator[tuple[str, str, Array]]:
    """(note, variant, wrong answer) at one point; a note with several variants tells them apart by the second."""
    yield from _layouts(expected)
    for note, factor in _FACTORS:
        yield note, "", _scaled(expected, factor)
    for variant, length in _lengths(expected, inputs):
        yield "scale.mean", variant, _scaled(expected, 1 / length)
        yield "scale.sum", variant, _scaled(expected, length)
    yield "zero", "", np.zeros_like(expected)


def _scaled(expected: Array, factor: float) -> Array:
    with np.errstate(over="ignore"):
        return np.asarray(factor * expected)


def _layouts(expected: Array) -> Iterator[tuple[str, str, Array]]:
    if expected.ndim == 2:
        yield "transposed", "", expected.T
        yield "layout.flat", "", expected.ravel()
        yield "layout.reshaped", "", expected.ravel(order="F").reshape(expected.shape)
        yield "layout.reversed", "rows", expected[::-1]
        yield "layout.reversed", "columns", expected[:, ::-1]
        if len(expected) == len(expected.T):
            yield STRUCTURED, "", structured(expected)
    if expected.ndim == 1:
        yield "layout.row", "", expected[None, :]
        yield "layout.column", "", expected[:, None]
        yield "layout.reversed", "", expected[::-1]


def _lengths(expected: Array, inputs: Inputs) -> Iterator[tuple[str, int]]:
    """The sizes of axes over which an average may have been taken, or forgotten."""
    for axis, length in enumerate(expected.shape):
        yield f"axis{axis}", length
    for name, values in inputs.items():
        for axis, length in enumerate(values.shape):
            yield f"{name}.axis{axis}", length
