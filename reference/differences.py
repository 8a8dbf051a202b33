"""Finite differences with an error bar: Ridders' tables over all directions and points, nearer to a point as needed.

The first steps are relative to the variable. Where a table settles on nothing, where a nearer look gives another slope
(`reference.confirmation`), or where the bar says little although rounding would allow more, steps a thousand times as
small are taken: f varies faster there, or a pole, an edge of its domain or a kink is near.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reference.confirmation import Doubts, doubts, incommensurate
from reference.lines import Index, Lines, Mask, beside, moved_entries, values_at
from reference.points import Array
from reference.rounding import SMALLEST_SCALE, Rounding
from reference.table import Estimate, estimate

FIRST_STEP = 0.05
_SHARP = 1e-7
_CLOSER = 2.0**-10
_NOISE_ALONE = 2.0**9
"""A bar of less than so many times the noise cannot become smaller with steps that are `_CLOSER`."""
_STAGES, _KINK_STAGES = 9, 4
_JUMP_FROM = 3
"""From this stage on steps are at most a part of the entry that they move."""
_NOTHING_MOVES = 2.0**-45
_GOLDEN = (1 + np.sqrt(5.0)) / 2


@dataclass(frozen=True)
class Difference:
    """A derivative by differences. All are (points, *shape of the value), with the directions as the last axis."""

    value: Array
    bar: Array
    """how far the derivative may be off where f is smooth; infinite where there is no opinion"""
    gap: Array
    """how far the slopes to the right and to the left of the point are apart, 0 where they are not; infinite where f
    has no value on one side, however near"""
    size: Array
    """the larger slope of the chords to the first steps, which is not zero where f has a minimum"""

    def map(self, change: Callable[[Array], Array]) -> Difference:
        """With every array changed alike."""
        return Difference(*(change(part) for part in (self.value, self.bar, self.gap, self.size)))


def ridders(f: Lines, x: Array, directions: Array, rounding: Rounding) -> Difference:
    """The derivatives of f along directions.

    `x` is (points, *shape), `directions` (points, directions, *shape), or (1, directions, *shape) where they are the
    same for all.
    """
    with np.errstate(all="ignore"):
        search = _Search(f, x, directions, rounding)
        for stage in range(_STAGES):
            if not np.any(search.open):
                break
            search.look(stage)
        return search.found()


class _Search:
    """What is known of every line: arrays (points, directions), or (points, directions, *value)."""

    def __init__(self, f: Lines, x: Array, directions: Array, rounding: Rounding) -> None:
        self._f = f
        self._directions = directions
        self._rounding = rounding
        self._here = values_at(f, x)[:, None]
        self._own = _relative(np.where(x == 0, np.inf, np.abs(x)), directions)
        first = _relative(np.maximum(np.abs(x), SMALLEST_SCALE), directions)
        self._step = incommensurate(FIRST_STEP * np.where(np.isfinite(first), first, 1.0), _GOLDEN)
        shape = (len(x), directions.shape[1], *self._here.shape[2:])
        self._value, self._bar = np.full(shape, np.nan), np.full(shape, np.inf)
        self._kinked_value, self._kinked_bar = np.full(shape, np.nan), np.full(shape, np.inf)
        self._first_gap, self._gap, self._size = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self._done: Mask = np.zeros(shape, dtype=bool)
        self._moves: Mask = np.zeros(shape, dtype=bool)

    @property
    def open(self) -> Mask:
        """Which lines are to be looked at once more."""
        return np.asarray(~np.all(self._done, axis=tuple(range(2, self._done.ndim))))

    def look(self, stage: int) -> None:
        """One table for every open line, and for those beside them at the same points."""
        wanted = self.open
        points = np.flatnonzero(np.any(wanted, axis=1))
        at = np.ix_(points, np.flatnonzero(np.any(wanted[points], axis=0)))
        directions = self._directions[:, at[1][0]] if len(self._directions) == 1 else self._directions[at]
        steps, here = self._step[at], self._here[points]
        rounding, least = self._rounding_at(at)
        found = estimate(self._f, points, directions, steps, rounding, here)
        doubted = doubts(self._f, points, directions, steps, found, rounding, here, each=stage > 0)
        self._take(at, stage, found, doubted, least)
        self._step[at] = self._nearer(at, stage)

    def _rounding_at(self, at: tuple[Index, ...]) -> tuple[Array, Array]:
        """The rounding error of f that goes with the steps, and the noise that it leaves at least in a difference."""
        points, own = at[0][:, 0], self._own[at]
        near, far = self._rounding.near[points][:, None], self._rounding.far[points][:, None]
        rounding = np.where(beside((self._step[at] >= own) | np.isinf(own), self._value, 2), far, near)
        least = np.where(beside(np.isinf(own), self._value, 2), far, near)
        return rounding, least / beside(self._step[at], self._value, 2)

    def _sharp(self, found: Estimate) -> Mask:
        return np.asarray(found.bar <= _SHARP * np.abs(found.value))

    def _take(self, at: tuple[Index, ...], stage: int, found: Estimate, doubted: Doubts, least: Array) -> None:
        """What a table adds to the values that are open; `least` is the noise that smaller steps would have more of."""
        fresh, bar = ~self._done[at], self._bar[at]
        # What moves further away, to both sides, and stands still nearer to the point has been rounded away there.
        self._moves[at] |= found.moves
        stuck = found.still & self._moves[at]
        settled = fresh & ~stuck & np.isfinite(found.bar)
        smooth = settled & ~doubted.off & (doubted.gap <= found.bar)
        self._forget_kinks(at, smooth, found)
        # A kink that was seen before is behind only where it could still have been seen.
        good = smooth & ((self._gap[at] == 0) | (4 * doubted.blind < self._gap[at]))
        apart = np.abs(found.value - self._value[at])
        # A steeper slope that is sharp has not been made by rounding; what is flat may have been.
        steeper = (np.abs(found.value) > np.abs(self._value[at]) + bar) & self._sharp(found)
        torn = good & np.isfinite(bar) & (apart > bar + found.bar) & ~steeper
        better = good & ((found.bar < bar) | steeper)
        self._value[at] = np.where(better, found.value, self._value[at])
        self._bar[at] = np.where(torn, apart + np.maximum(bar, found.bar), np.where(better, found.bar, bar))
        kinked = settled & (doubted.gap > found.bar) | fresh & ~stuck & np.isinf(doubted.gap)
        self._kinked_value[at] = np.where(kinked, found.value, self._kinked_value[at])
        self._kinked_bar[at] = np.where(kinked, found.bar, self._kinked_bar[at])
        self._gap[at] = np.where(kinked, doubted.gap, self._gap[at])
        self._first_gap[at] = np.where(self._first_gap[at] == 0, self._gap[at], self._first_gap[at])
        seen = (better | kinked) & np.isfinite(found.size) & (self._size[at] == 0)
        self._size[at] = np.where(seen, found.size, self._size[at])
        enough = self._sharp(found) | (found.bar <= _NOISE_ALONE * least)
        given_up = kinked & (stage >= _KINK_STAGES - 1)
        self._done[at] |= (good & enough) | torn | stuck | given_up

    def _forget_kinks(self, at: tuple[Index, ...], smooth: Mask, found: Estimate) -> None:
        """Where a slope is none that a kink allows, there were waves between the larger steps."""
        allowed = self._gap[at] + self._kinked_bar[at] + found.bar
        other = smooth & (self._gap[at] > 0) & (np.abs(found.value - self._kinked_value[at]) > allowed)
        for gap in (self._gap, self._first_gap):
            gap[at] = np.where(other, 0.0, gap[at])

    def _nearer(self, at: tuple[Index, ...], stage: int) -> Array:
        """The next steps."""
        steps, own = _CLOSER * self._step[at], self._own[at]
        unmoved = steps < _NOTHING_MOVES * own
        self._done[at] |= beside(unmoved & np.isfinite(own), self._value, 2)
        part = incommensurate(FIRST_STEP * own, _GOLDEN)
        return np.where((stage + 2 == _JUMP_FROM) & (part < steps), part, steps)

    def found(self) -> Difference:
        """The best of all tables; that beside the kink where no smaller step led away from it."""
        kinked = (self._gap > 0) & ((4 * self._bar >= self._gap) | ~np.isfinite(self._bar))
        value, bar = np.where(kinked, self._kinked_value, self._value), np.where(kinked, self._kinked_bar, self._bar)
        gap = np.where(kinked, self._gap, 0.0)
        # Slopes that come together are those of a bend.
        bend = gap < self._first_gap / 4
        bar, gap = np.where(bend, bar + gap, bar), np.where(bend, 0.0, gap)
        size = np.maximum(self._size, np.nan_to_num(np.abs(value)))
        return Difference(*(np.moveaxis(part, 1, -1) for part in (value, bar, gap, size)))


def _relative(scale: Array, directions: Array) -> Array:
    """The longest step along each direction that moves no entry by more than its scale, (points, directions)."""
    entries = moved_entries(directions)
    if entries is not None:
        lengths = directions[0].reshape(len(entries), -1)[np.arange(len(entries)), entries]
        return np.asarray(scale.reshape(len(scale), -1)[:, entries] / np.abs(lengths))
    relative = scale[:, None] / np.abs(directions)
    return np.asarray(np.min(relative, axis=tuple(range(2, relative.ndim))))
