"""Whether what a table of differences gave still holds a thousand times nearer to the point.

A table knows f at its own steps only. Where these are multiples of a period of f, or far beyond the scale on which f
varies, its entries may agree with each other on a wrong slope. So they are confirmed with steps that have no ratio to
them; along one random combination of all directions where that is enough, and along each where it is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.lines import Index, Lines, Mask, beside, combined
from reference.points import Array
from reference.table import Estimate
from reference.tolerance import ROUNDING

_CLOSER = 2.0**-10
_TOLERATED = 4.0
"""times the noise of the near slope: a table that is doubted without need costs two digits"""
_KINKED = 60.0
"""times the rounding error of f; what the largest possible rounding of its values leaves is 20 times it"""
_CURVED = 2.0**-10
"""A kink is more than this part of how far f bends from the one side to the other."""


@dataclass(frozen=True)
class Doubts:
    """What speaks against an estimate, both (points, directions, *value)."""

    off: Mask
    """whether the slope is another one nearer to the point"""
    gap: Array
    """by how much the slopes to the right and to the left differ, beyond rounding and curvature; infinite where f has
    no value on one side"""
    blind: Array
    """differences of slopes that could not be seen there; 0 where nothing made it necessary to know"""


@dataclass(frozen=True)
class _Near:
    """Slopes very near to a point: central, the noise in it, and the gap between those on either side."""

    slope: Array
    noise: Array
    gap: Array

    def doubts(self, value: Array, bar: Array) -> Doubts:
        # What is not comparable, with a bar that is infinite, is no confirmation either.
        excess = np.abs(self.slope - value) - bar - _TOLERATED * self.noise
        # Beside a kink both are the mean of its slopes; where f waves they have nothing to do with each other.
        gap = np.where((excess <= self.gap / 4) | np.isinf(self.gap), self.gap, 0.0)
        return Doubts(~(excess <= 0), gap, _TOLERATED * self.noise)


def doubts(
    f: Lines,
    index: Index,
    directions: Array,
    first: Array,
    found: Estimate,
    rounding: Array,
    here: Array,
    *,
    each: bool,
) -> Doubts:
    """What a nearer look says, along each direction or as few as are needed; the rest are as in `table.estimate`."""
    steps = incommensurate(_CLOSER * first, np.sqrt(2.0))
    shape = found.value.shape
    made = Doubts(np.zeros(shape, dtype=bool), np.zeros(shape), np.zeros(shape))
    axes = tuple(range(1, len(shape)))
    suspect = ~np.all(np.isfinite(found.bar), axis=axes) | each | (shape[1] == 1)
    sure = np.flatnonzero(~suspect)
    if len(sure):
        together = _along_all(f, index, directions, steps, found, rounding, here, sure)
        suspect[sure] = np.any(together.off | (together.gap != 0), axis=axes)
    points = np.flatnonzero(suspect)
    if len(points):
        there = directions if len(directions) == 1 else directions[points]
        near = _near(f, index[points], there, steps[points], rounding[points], here[points])
        seen = near.doubts(found.value[points], found.bar[points])
        made.off[points], made.gap[points], made.blind[points] = seen.off, seen.gap, seen.blind
    return made


def _along_all(
    f: Lines,
    index: Index,
    directions: Array,
    steps: Array,
    found: Estimate,
    rounding: Array,
    here: Array,
    points: Index,
) -> Doubts:
    """The same along one combination of all directions, whose weights are random so that no two errors cancel."""
    count = steps.shape[1]
    rng = np.random.default_rng(count)
    weights = rng.choice((-1.0, 1.0), count) * rng.uniform(0.5, 1.0, count) / np.sqrt(count)
    moves = steps[points] * weights
    there = directions if len(directions) == 1 else directions[points]
    once = np.ones((len(points), 1))
    near = _near(f, index[points], combined(moves, there), once, rounding[points][:, :1], here[points])
    lengths = beside(moves, found.value, 2)
    value = np.sum(lengths * found.value[points], axis=1, keepdims=True)
    return near.doubts(value, np.sum(np.abs(lengths) * found.bar[points], axis=1, keepdims=True))


def _near(f: Lines, index: Index, directions: Array, steps: Array, rounding: Array, here: Array) -> _Near:
    """From two steps to either side: (points, directions) of them, the others as in `table.estimate`."""
    values = f(index, directions, steps[..., None] * np.array([1.0, -1.0, 0.5, -0.5]))
    right, left, half_right, half_left = np.moveaxis(values, 2, 0)
    length = beside(steps, right, 2)
    local = np.maximum(rounding, ROUNDING * np.max(np.abs(values), axis=2))
    whole, half = (right - left) / (2 * length), (half_right - half_left) / length
    slope = half + (half - whole) / 3
    noise = 4.5 * local / length  # of half and whole together, each value rounded thrice
    bends, half_bends = (right - here) + (left - here), (half_right - here) + (half_left - here)
    # A kink in the point is left over: what a smooth function bends by is four times as much for twice the step.
    kink = np.abs(4 * half_bends - bends)
    gap = np.where(kink > _KINKED * local + _CURVED * np.abs(bends), kink / length, 0.0)
    return _Near(slope, noise, np.where(np.isfinite(kink), gap, np.inf))


def incommensurate(steps: Array, ratio: float) -> Array:
    """Steps of at least half the size, (points, directions), that share no factor with each other or with f.

    They have 20 bits, so that a number that is moved by one has been moved by just that.
    """
    parts = 0.5 + 0.5 * np.modf(ratio * np.arange(1, steps.size + 1))[0].reshape(steps.shape)
    mantissa, exponent = np.frexp(steps * parts)
    return np.asarray(np.ldexp(np.round(mantissa * 2**20), exponent - 20))
