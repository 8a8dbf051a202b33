"""How far rounding moves the values of f at a point: what every bar of a difference starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.lines import Index, Lines, values_at
from reference.points import Array
from reference.tolerance import AMPLITUDE, PATTERNS, ROUNDING

SMALLEST_SCALE = 0.1
"""Entries below it are moved as if they had this size: what is small beside other inputs rounds as they do."""
_VALUES = 10
_LARGEST = 0.73 * 2.0**-23
_STEPS = (AMPLITUDE, _LARGEST, _LARGEST, _LARGEST)
_MORE_STEPS = (AMPLITUDE, *(0.73 * 2.0**power for power in range(-41, -23, 2)), _LARGEST, _LARGEST, _LARGEST)
"""relative to the variable, along one direction after another; no powers of two, which would move whole numbers evenly.
Three are of the largest size, since f may hardly rise along one direction"""
_MUCH = 4.0
_AWAY = 2.0**-10 / 3
"""Far enough to round differently, and no number of few digits."""


@dataclass(frozen=True)
class Rounding:
    """The rounding error of f, absolute: (points, *shape of the value)."""

    near: Array
    """where steps are smaller than the variable"""
    far: Array
    """where they are larger: no less"""


def rounding_of(
    f: Lines, x: Array, moved: Array | None, rng: np.random.Generator, *, whole: Lines | None = None
) -> Rounding:
    """The rounding error of f at every point.

    It is what one rounding of the variable does to f plus u |f|, or how far its values scatter where that is more.
    `moved` are values of f with every other input perturbed as well, (patterns, points, *value), where the caller can
    do that. `whole` is f as it rounds at single points, where f itself hides that along a line.
    """
    with np.errstate(all="ignore"):
        value = values_at(f, x)
        own = x[:, None] * rng.choice((-1.0, 1.0), (len(x), PATTERNS, *x.shape[1:]))
        if moved is None:
            steps = np.full((len(x), PATTERNS, 1), AMPLITUDE)
            moved = np.moveaxis(f(np.arange(len(x)), own, steps)[:, :, 0], 1, 0)
        inputs = ROUNDING / AMPLITUDE * np.max(np.abs(moved - value), axis=0) + ROUNDING * np.abs(value)
        near = _seen(f, whole, own, inputs)
        if np.all(np.abs(x) >= SMALLEST_SCALE):
            return Rounding(near, near)
        floored = np.copysign(np.maximum(np.abs(own), SMALLEST_SCALE), own)
        return Rounding(near, np.fmax(near, _seen(f, whole, floored, inputs)))


def _seen(f: Lines, whole: Lines | None, directions: Array, least: Array) -> Array:
    """The rounding that values along some directions show."""
    scatter = _scatter(f, directions, least)
    return scatter if whole is None else np.fmax(scatter, _apart(f, whole, directions))


def _apart(f: Lines, whole: Lines, directions: Array) -> Array:
    """How far two ways of computing the same are apart at some places: the rounding of either."""
    steps = np.full((*directions.shape[:2], 1), _AWAY)
    index = np.arange(len(directions))
    return np.asarray(np.nanmax(np.abs(whole(index, directions, steps) - f(index, directions, steps)), axis=(1, 2)))


def _scatter(f: Lines, directions: Array, least: Array) -> Array:
    """How far f is off a smooth function near every point, from differences of order three over equal steps.

    Terms that cancel each other round without any input being rounded (More and Wild 2011, SIAM J. Sci. Comput. 33).
    With tiny steps what f rounds to may stay the same all along, so larger ones are tried, until f is seen to bend: by
    eight times as much for twice the step, which rounding does not. `least` is what f rounds by in any case.
    """
    index = np.arange(len(directions))
    found = _climbing(f, index, directions, _STEPS, least)
    # Much scatter at large steps may be that of waves, which are seen to bend somewhere below.
    much = np.flatnonzero(np.any(found > _MUCH * least, axis=tuple(range(1, least.ndim))))
    if len(much):
        found[much] = _climbing(f, much, directions[much], _MORE_STEPS, least[much])
    return found


def _climbing(f: Lines, index: Index, directions: Array, sizes: tuple[float, ...], least: Array) -> Array:
    """The scatter of some points with larger and larger steps, until f bends."""
    steps = np.multiply.outer(sizes, np.arange(_VALUES) / 2)
    turns = np.arange(len(sizes)) % directions.shape[1]
    rows = f(index, directions[:, turns], np.broadcast_to(steps, (len(index), *steps.shape)))
    found, straight = least.copy(), np.ones(least.shape, dtype=bool)
    for values in np.moveaxis(rows, 1, 0):
        half, whole = _third_difference(values), _third_difference(values[:, ::2])
        straight &= ~((whole > 4 * half) & (half > least / 4))
        # What is even at half the step only is the onset of scatter.
        found = np.where(straight, np.fmax(found, np.where(half > 0, half, whole)), found)
    return found


def _third_difference(values: Array) -> Array:
    """The largest of every row, as the scatter of one value."""
    steps = np.diff(values, axis=1)  # of values near the largest number sums would overflow
    return np.asarray(np.max(np.abs(np.diff(steps, n=2, axis=1)), axis=1) / np.sqrt(20.0))
