"""Finite differences with an error bar: Ridders' extrapolation over all directions and points in one call a level.

Central differences at steps h, h/2, h/4 ... are extrapolated to h = 0 (Ridders 1982). Beside each entry of the table
runs the noise that rounding in f leaves in it, by the same recurrence; the bar of an entry is what it differs from
its neighbours by, plus its noise, and the entry with the least bar is the answer. Points whose bars are noise alone
get no further levels: the noise of smaller steps is larger.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from reference.points import Array
from reference.tolerance import AMPLITUDE, PATTERNS, ROUNDING

LEVELS = (4, 6, 9)
"""How many levels there are when it is looked whether more would help; fewer than three show no trend."""
FIRST_STEP = 0.05
_SMALLEST_SCALE = 0.1
_SHARP = 1e-7
_ENOUGH = 40.0
"""times the noise of the largest step; what further levels gain then was measured to be a hundredth of the bar"""
_CLOSER = 2.0**10
_ROUNDINGS = 3.0
"""f rounds inside as well: measured, up to 2.6 times what rounding its inputs does"""
_SCATTERED, _LARGER = 12, 2.0**-23
_NOISY = 4.0
_KINK = 1e-3

Index: TypeAlias = np.ndarray[Any, np.dtype[np.int_]]
Lines: TypeAlias = Callable[[Index, Array, Array], Array]
"""f along lines: (which points x, directions d (points or 1, directions, *shape), steps t (points, directions, rows))
-> f(x + t d), (points, directions, rows, *shape of the value)"""


@dataclass(frozen=True)
class Difference:
    """A derivative by differences: (points, *shape of the value), with the directions as the last axis."""

    value: Array
    bar: Array
    """how far the derivative may be off; infinite where f is not finite nearby"""


def ridders(f: Lines, x: Array, directions: Array, noise: Array) -> Difference:
    """The derivatives of f along directions, (points, *shape of the value, directions).

    `x` is (points, *shape), `directions` (points, directions, *shape), or (1, directions, *shape) where they are the
    same for all; `noise` is the absolute rounding error of f at every point, (points, *shape of the value).
    """
    with np.errstate(all="ignore"):
        steps = _steps(x, directions)
        found = _at_steps(f, directions, noise, steps)
        if np.all(found.bar <= _SHARP * np.max(np.abs(found.value))):
            return found
        # Near the edge of a domain the first steps lead out of it.
        closer = _at_steps(f, directions, noise, steps / _CLOSER)
        better = closer.bar < found.bar
        return Difference(np.where(better, closer.value, found.value), np.where(better, closer.bar, found.bar))


def _at_steps(f: Lines, directions: Array, noise: Array, steps: Array) -> Difference:
    """With as many levels as each point needs."""
    open_points = np.arange(len(noise))
    found, column = _nothing(directions, noise), np.empty((*steps.shape[:2], 0, *noise.shape[1:]))
    for levels in LEVELS:
        wanted = steps[open_points, :, column.shape[2] : levels]
        column = np.concatenate([column, _central(f, open_points, directions, wanted)], axis=2)
        rounding = _noise_of(noise[open_points], steps[open_points, :, :levels])
        better = _extrapolated(column, rounding)
        found.value[open_points] = better.value
        found.bar[open_points] = np.where(_settles(column, rounding), better.bar, np.inf)
        smallest = np.moveaxis(rounding[:, :, 0], 1, -1)
        more = ~np.all(found.bar[open_points] <= _ENOUGH * smallest, axis=tuple(range(1, smallest.ndim)))
        open_points, column = open_points[more], column[more]
        if not len(open_points):
            break
    return found


def _nothing(directions: Array, noise: Array) -> Difference:
    shape = (*noise.shape, directions.shape[1])
    return Difference(np.full(shape, np.nan), np.full(shape, np.inf))


def _noise_of(noise: Array, steps: Array) -> Array:
    """What rounding in f leaves in a central difference: (points, directions, levels, *value)."""
    lengths = 2 * steps.reshape(*steps.shape, *(1,) * (noise.ndim - 1))
    return np.asarray(_ROUNDINGS * noise[:, None, None] / lengths)


def _settles(column: Array, noise: Array) -> Array:
    """Whether plain differences come closer to each other with smaller steps, until noise is all that is left.

    Steps that lead across a pole give small slopes that grow with every level; extrapolated from themselves they agree
    on nothing.
    """
    apart = np.abs(np.diff(column[:, :, -3:], axis=2))
    settles = apart[:, :, 1] <= np.maximum(apart[:, :, 0], _NOISY * noise[:, :, -1])
    return np.asarray(np.moveaxis(settles, 1, -1))


def _steps(x: Array, directions: Array) -> Array:
    """(points, directions, levels): the first one relative to the entries that move, then half as much each time.

    Powers of two, so that a number that is moved by one has been moved by just that.
    """
    scale = np.maximum(np.abs(x)[:, None], _SMALLEST_SCALE)
    # Beside a tiny variable a step of 0.005 would be all but the whole function.
    scale = np.where(np.max(np.abs(x)) < ROUNDING, np.max(np.abs(x)) or _SMALLEST_SCALE, scale)
    relative = scale * (1.0 / np.abs(directions))
    first = FIRST_STEP * np.min(relative, axis=tuple(range(2, relative.ndim)))
    first = np.where(np.isfinite(first), first, FIRST_STEP)
    return np.asarray(2.0 ** np.floor(np.log2(first))[..., None] * 0.5 ** np.arange(LEVELS[-1]))


def _central(f: Lines, index: Index, directions: Array, steps: Array) -> Array:
    """Central differences of some of the points: (points, directions, levels, *value)."""
    values = f(
        index, directions if len(directions) == 1 else directions[index], np.concatenate([steps, -steps], axis=2)
    )
    ahead, behind = np.split(values, 2, axis=2)
    return np.asarray((ahead - behind) / (2 * steps.reshape(*steps.shape, *(1,) * (values.ndim - 3))))


def _extrapolated(column: Array, noise: Array) -> Difference:
    """The entry of Ridders' table with the least bar; levels are axis 2 and become fewer with every order."""
    best, least = column[:, :, 0], np.full_like(column[:, :, 0], np.inf)
    for order in range(1, column.shape[2]):
        factor = 4.0**order
        finer, coarser = column[:, :, 1:], column[:, :, :-1]
        # (4^p finer - coarser) / (4^p - 1), without its overflow
        made = finer + (finer - coarser) / (factor - 1)
        noise = noise[:, :, 1:] + (noise[:, :, 1:] + noise[:, :, :-1]) / (factor - 1)
        bars = np.maximum(np.abs(made - finer), np.abs(made - coarser)) + noise
        for level in range(made.shape[2]):
            better = bars[:, :, level] < least
            best = np.where(better, made[:, :, level], best)
            least = np.where(better, bars[:, :, level], least)
        column = made
    return Difference(np.moveaxis(best, 1, -1), np.moveaxis(least, 1, -1))


def coordinates(x: Array) -> Array:
    """The unit directions, the same at every point: (1, entries, *shape)."""
    shape = x.shape[1:]
    return np.eye(int(np.prod(shape, dtype=int))).reshape(1, -1, *shape)


def values_at(f: Lines, x: Array) -> Array:
    """f itself at every point: (points, *value)."""
    return f(np.arange(len(x)), np.zeros_like(x[:1])[:, None], np.zeros((len(x), 1, 1)))[:, 0, 0]


def rounding_of(f: Lines, x: Array, moved: Array | None, rng: np.random.Generator) -> Array:
    """The rounding error of f at every point, (points, *value): what one rounding of the variable does to it plus
    u |f|, or how far its values scatter where that is more. `moved` are values of f with every other input perturbed as
    well, (patterns, points, *value), where the caller can do that."""
    with np.errstate(all="ignore"):
        value = values_at(f, x)
        directions = x[:, None] * rng.choice((-1.0, 1.0), (len(x), PATTERNS, *x.shape[1:]))
        if moved is None:
            steps = np.full((len(x), PATTERNS, 1), AMPLITUDE)
            moved = np.moveaxis(f(np.arange(len(x)), directions, steps)[:, :, 0], 1, 0)
        changes = np.max(np.abs(moved - value), axis=0)
        sensitivity = ROUNDING / AMPLITUDE * changes + ROUNDING * np.abs(value)
        return np.asarray(np.maximum(sensitivity, _scatter(f, directions[:, :1])))


def _scatter(f: Lines, directions: Array) -> Array:
    """How far f is off a smooth function near every point, from differences of order three over equal steps.

    Terms that cancel each other round without any input being rounded (More and Wild 2011, SIAM J. Sci. Comput. 33).
    With tiny steps what f rounds to may stay the same all along; with larger ones a function bends, by eight times as
    much for twice the step, which rounding does not.
    """
    tiny, half, whole = (_third_differences(f, directions, step) for step in (AMPLITUDE, _LARGER / 2, _LARGER))
    return np.maximum(tiny, np.where(whole <= 4 * half, half, 0.0))


def _third_differences(f: Lines, directions: Array, step: float) -> Array:
    """The largest one among some values along one direction of every point, as the scatter of one value."""
    steps = np.broadcast_to(step * np.arange(_SCATTERED), (len(directions), 1, _SCATTERED))
    apart = np.diff(f(np.arange(len(directions)), directions, steps)[:, 0], n=3, axis=1)
    return np.asarray(np.max(np.abs(apart), axis=1) / np.sqrt(20.0))


def slopes_differ(f: Lines, x: Array, directions: Array) -> str:
    """Whether slopes differ left and right of a point: `kink` if they do however near, `bend` if less and less."""
    far, near = (_gap(f, x, directions, relative) for relative in (1e-7, 1e-8))
    if far <= _KINK:
        return ""
    return "kink" if near > far / 2 else "bend"


def _gap(f: Lines, x: Array, directions: Array, relative: float) -> float:
    """The largest difference of two slopes, relative to the largest slope."""
    right, left = one_sided(f, x, directions, relative)
    scale = max(float(np.max(np.abs(right), initial=0.0)), float(np.max(np.abs(left), initial=0.0)))
    return float(np.max(np.abs(right - left), initial=0.0)) / scale if scale else 0.0


def one_sided(f: Lines, x: Array, directions: Array, relative: float) -> tuple[Array, Array]:
    """Slopes to the right and to the left along directions, (points, *value, directions): they differ at a kink."""
    step = relative * (np.max(np.abs(x), initial=0.0) or 1.0)
    steps = np.broadcast_to(np.array([0.0, step, -step]), (len(x), directions.shape[1], 3))
    with np.errstate(all="ignore"):
        here, ahead, behind = np.moveaxis(f(np.arange(len(x)), directions, steps), 2, 0)
        return np.moveaxis((ahead - here) / step, 1, -1), np.moveaxis((here - behind) / step, 1, -1)
