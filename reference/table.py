"""Ridders' table: central differences at steps h, h/2, h/4 ... extrapolated to h = 0, with the noise in each entry.

Beside each entry runs the noise that rounding in f leaves in it, by the same recurrence; the bar of an entry is what it
differs from its neighbours by, plus its noise, and the entry with the least bar is the answer (Ridders 1982, Advances
in Engineering Software 4). Points whose bars are noise alone get no further levels: the noise of smaller steps is
larger.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.lines import Index, Lines, Mask, beside
from reference.points import Array
from reference.tolerance import ROUNDING

LEVELS = (4, 6, 9)
"""How many levels there are when it is looked whether more would help; fewer than three show no trend."""
_ENOUGH = 40.0
"""times the noise of the largest step; what further levels gain then was measured to be a hundredth of the bar"""
_ROUNDINGS = 3.0
"""f rounds inside as well: measured, up to 2.6 times what rounding its inputs does"""
_NOISY = 4.0
_EVENLY, _MOVED = 0.25, 16.0


@dataclass(frozen=True)
class Estimate:
    """What one table says of every line, all of the shape (points, directions, *value)."""

    value: Array
    bar: Array
    """infinite where plain differences do not settle"""
    size: Array
    """the larger slope of the chords to the first steps"""
    noise: Array
    """in the difference with the largest step"""
    still: Mask
    """whether f has the same value at the point and at the smallest steps to both sides"""
    moves: Mask
    """whether it rises on one side as it falls on the other at the first steps, by more than rounding"""


@dataclass
class _Column:
    """Plain central differences of some lines with the noise in each: (points, directions, levels, *value)."""

    slopes: Array
    noise: Array

    def of(self, points: Array) -> _Column:
        """Those of some points."""
        return _Column(self.slopes[points], self.noise[points])

    def longer(self, other: _Column) -> _Column:
        """With the levels of another one behind."""
        return _Column(
            np.concatenate([self.slopes, other.slopes], axis=2), np.concatenate([self.noise, other.noise], axis=2)
        )


def estimate(f: Lines, index: Index, directions: Array, first: Array, rounding: Array, here: Array) -> Estimate:
    """A table for every line, with as many levels as each point needs.

    `first` are the first steps, (points, directions); `rounding` is the rounding error of f, and `here` its value,
    both (points, directions or 1, *value).
    """
    steps = first[..., None] * 0.5 ** np.arange(LEVELS[-1])
    open_points = np.arange(len(index))
    found: Estimate | None = None
    for k, levels in enumerate(LEVELS):
        wanted = steps[open_points, :, LEVELS[k - 1] if k else 0 : levels]
        there = directions if len(directions) == 1 else directions[open_points]
        ahead, behind = np.split(f(index[open_points], there, np.concatenate([wanted, -wanted], axis=2)), 2, axis=2)
        new = _central(ahead, behind, wanted, rounding[open_points])
        if found is None:
            column, found = new, _first(ahead, behind, first, here, new, rounding)
        else:
            column = column.longer(new)
            found.still[open_points] = _still(ahead, behind, here[open_points])
        found.value[open_points], found.bar[open_points] = _extrapolated(column)
        enough = found.bar[open_points] <= _ENOUGH * found.noise[open_points]
        more = ~np.all(enough, axis=tuple(range(1, enough.ndim)))
        open_points, column = open_points[more], column.of(more)
        if not len(open_points):
            break
    assert found is not None
    return found


def _central(ahead: Array, behind: Array, steps: Array, rounding: Array) -> _Column:
    """Differences, and what rounding in f leaves in them: that at the point, or at the values where they are larger."""
    lengths = beside(2 * steps, ahead, 3)
    local = np.maximum(rounding[:, :, None], ROUNDING * np.maximum(np.abs(ahead), np.abs(behind)))
    return _Column((ahead - behind) / lengths, _ROUNDINGS * local / lengths)


def _first(ahead: Array, behind: Array, first: Array, here: Array, column: _Column, rounding: Array) -> Estimate:
    rises = np.maximum(np.abs(ahead[:, :, 0] - here), np.abs(behind[:, :, 0] - here))
    size = rises / beside(first, rises, 2)
    nothing = np.full_like(size, np.nan)
    rise, fall = ahead[:, :, 0] - here, here - behind[:, :, 0]
    moves = (np.minimum(rise / fall, fall / rise) > _EVENLY) & (np.abs(rise) > _MOVED * rounding)
    return Estimate(nothing, nothing.copy(), size, column.noise[:, :, 0], _still(ahead, behind, here), moves)


def _still(ahead: Array, behind: Array, here: Array) -> Mask:
    return np.asarray((ahead[:, :, -1] == here) & (behind[:, :, -1] == here))


def _settles(column: _Column) -> Mask:
    """Whether plain differences come closer to each other with smaller steps, until noise is all that is left.

    Steps that lead across a pole give small slopes that grow with every level; extrapolated from themselves they agree
    on nothing.
    """
    apart = np.abs(np.diff(column.slopes[:, :, -3:], axis=2))
    return np.asarray(apart[:, :, 1] <= np.maximum(apart[:, :, 0], _NOISY * column.noise[:, :, -1]))


def _extrapolated(column: _Column) -> tuple[Array, Array]:
    """The entry of the table with the least bar, and that; levels are axis 2 and become fewer with every order."""
    slopes, noise = column.slopes, column.noise
    after = _finer(column) if slopes.shape[2] > LEVELS[0] else None
    best, least = slopes[:, :, 0], np.full_like(slopes[:, :, 0], np.inf)
    for order in range(1, slopes.shape[2]):
        factor = 4.0**order
        finer, coarser = slopes[:, :, 1:], slopes[:, :, :-1]
        # (4^p finer - coarser) / (4^p - 1), without its overflow
        made = finer + (finer - coarser) / (factor - 1)
        noise = noise[:, :, 1:] + (noise[:, :, 1:] + noise[:, :, :-1]) / (factor - 1)
        bars = np.maximum(np.abs(made - finer), np.abs(made - coarser)) + noise
        for level in range(made.shape[2]):
            better = bars[:, :, level] < least
            if after is not None:
                better &= _fits(made[:, :, level], bars[:, :, level], column.slopes[:, :, level], after[level + order])
            best = np.where(better, made[:, :, level], best)
            least = np.where(better, bars[:, :, level], least)
        slopes = made
    return best, np.where(_settles(column), least, np.inf)


def _fits(value: Array, bar: Array, coarsest: Array, allowed: tuple[Array, Array]) -> Mask:
    """Whether an entry is what smaller steps allow, but for what it was extrapolated by."""
    low, high = allowed
    slack = bar + np.abs(coarsest - value)
    return np.asarray((value >= low - slack) & (value <= high + slack))


def _finer(column: _Column) -> list[tuple[Array, Array]]:
    """For every level, between what slopes all smaller steps agree within their noise.

    Entries of larger steps may agree with each other and be wrong, where a kink lies between them and smaller ones.
    """
    noise = _NOISY * column.noise
    end = np.full_like(noise[:, :, 0], np.inf)
    found = [(-end, end)]
    for level in range(noise.shape[2] - 1, 0, -1):
        low, high = found[0]
        slope, doubt = column.slopes[:, :, level], noise[:, :, level]
        found.insert(0, (np.fmax(low, slope - doubt), np.fmin(high, slope + doubt)))
    return found
