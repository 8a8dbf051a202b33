"""Oracles that are functions of plain numbers: `f` in `central_difference(f, x, h)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.sandbox.run import Answer, Call, Claim, Oracle, Refused

_NUMBERS = ("number", "array", "list")


def of_numbers(
    function: Callable[..., Answer],
    *shapes: tuple[int, ...],
    complex_too: bool = False,
) -> Oracle:
    """An oracle that evaluates `function` at arguments of these shapes, and refuses any others with a sentence.

    The function gets floats (or complex numbers) for the shape (), else arrays, which it may not write to.
    """

    kinds = "biufc" if complex_too else "biuf"

    def oracle(call: Call) -> Answer:
        values: list[Any] = []
        for claim, shape in zip(call.arguments, shapes, strict=False):
            array = claim.array
            if array is None or array.shape != shape or array.dtype.kind not in kinds or claim.form not in _NUMBERS:
                return Refused(_complaint(len(values) + 1, claim, shape))
            if not np.all(np.isfinite(array)):
                return Refused(f"argument {len(values) + 1} of this function must be finite", "ValueError")
            values.append(_plain(array))
        if len(call.arguments) != len(shapes):
            return Refused(f"this function takes {_counted(len(shapes))}, {len(call.arguments)} given")
        return function(*values)

    return oracle


def _counted(count: int) -> str:
    return "one argument" if count == 1 else f"{count} arguments"


def _complaint(number: int, claim: Claim, shape: tuple[int, ...]) -> str:
    start = f"argument {number} of this function must be"
    if claim.array is None or claim.form not in _NUMBERS:
        return f"{start} {_words(shape)}, not {claim.description}"
    if claim.array.shape != shape:
        return f"{start} {_words(shape)}, and has the shape {claim.array.shape}"
    return f"{start} real, and is complex"


def _words(shape: tuple[int, ...]) -> str:
    return f"an array of shape {shape}" if shape else "a number"


def _plain(array: np.ndarray[Any, Any]) -> Any:
    if array.dtype.char not in "dD":
        array = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
    return array if array.ndim else array.item()
