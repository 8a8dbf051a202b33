"""What a caller's functions and arrays have to be before they can be compared, and how much a claim rounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from reference.points import Array
from reference.tolerance import AMPLITUDE, PATTERNS, ROUNDING

DERIVATIVE = "the claimed derivative"
Function = Callable[[Array], Any]


class NotCheckable(ValueError):
    """The functions cannot be compared at all: something is not finite, not real, or has another shape."""


def as_floats(value: Any, what: str) -> Array:
    """Anything that holds real numbers, tensors that are being differentiated as well, as float64. Raises NotCheckable.

    `what` is its name in a sentence.
    """
    if value is None:
        raise NotCheckable(f"{what} is None; is a `return` missing?")
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        array = np.asarray(value)
        if np.iscomplexobj(array):
            raise NotCheckable(f"{what} is complex; only real functions of real variables are checked")
        return np.array(array, dtype=np.float64)
    except (TypeError, ValueError) as error:
        if isinstance(error, NotCheckable):
            raise
        raise NotCheckable(f"{what} is no array of numbers: {error}") from error


def as_variable(x: Any) -> Array:
    """The point to check at. Raises NotCheckable."""
    array = as_floats(x, "x")
    if not array.size:
        raise NotCheckable("x is empty, so there is nothing to differentiate by")
    if not np.all(np.isfinite(array)):
        raise NotCheckable("x is not finite")
    return array


def beside_x(claim: Function, claimed: Array, x: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """The claim beside x, (patterns, *shape), and what one rounding of x does to it.

    Each is the mean over a step of some 2^-43 forth and back, so that a smooth claim is the same there as at x. The
    rounding is the median of the steps: a claim that is noise, as a difference with a tiny step, must not earn itself
    tolerance.
    """
    moves = rng.choice((-1.0, 1.0), (PATTERNS // 2, *x.shape)) * rng.uniform(1.0, 2.0, (PATTERNS // 2, *(1,) * x.ndim))
    forth, back = (
        np.stack([as_floats(claim(x * (1 + sign * AMPLITUDE * move)), DERIVATIVE) for move in moves])
        for sign in (1.0, -1.0)
    )
    changes = np.abs(np.concatenate([forth, back]) - claimed)
    unit = ROUNDING * (np.median(changes, axis=0) / AMPLITUDE + np.abs(claimed))
    return forth + (back - forth) / 2, np.asarray(unit)
