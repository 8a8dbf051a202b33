"""Finite differences with an error bar: Ridders' extrapolation, over all directions, points and levels in one call.

Central differences at steps h, h/2, h/4 ... are extrapolated to h = 0 (Ridders 1982). Beside each entry of the table
runs the noise that rounding in f leaves in it, by the same recurrence; the bar of an entry is what it differs from
its neighbours by, plus its noise, and the entry with the least bar is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from reference.points import Array
from reference.tolerance import AMPLITUDE, PATTERNS, ROUNDING

LEVELS = 9
FIRST_STEP = 0.05
_SMALLEST_SCALE = 0.1
_SHARP = 1e-7
_CLOSER = 2.0**10
_ROUNDINGS = 3.0
"""f rounds inside as well: measured, up to 2.6 times what rounding its inputs does"""
_NOISY = 4.0
_KINK = 1e-3
_ROWS = 200_000
"""Evaluations of one call."""

Index: TypeAlias = np.ndarray[Any, np.dtype[np.int_]]
Evaluate: TypeAlias = Callable[[Array, Index], Array]
"""(variables (points, rows, *shape), which point of the block each of them is (points,)) -> values
(points, rows, *shape of the value)"""


@dataclass(frozen=True)
class Difference:
    """A derivative by differences: (points, *shape of the value), with the directions as the last axis."""

    value: Array
    bar: Array
    """how far the derivative may be off; infinite where f is not finite nearby"""


def ridders(f: Evaluate, x: Array, directions: Array, noise: Array) -> Difference:
    """The derivatives of f along directions.

    `x` is (points, *shape), `directions` (points, directions, *shape), `noise` the absolute rounding error of f at
    every point, (points, *shape of the value). The result has shape (points, *shape of the value, directions).
    """
    with np.errstate(all="ignore"):
        steps = _steps(x, directions)
        found = _at_steps(f, x, directions, noise, steps)
        if np.all(found.bar <= _SHARP * np.max(np.abs(found.value))):
            return found
        # Near the edge of a domain the first steps lead out of it.
        closer = _at_steps(f, x, directions, noise, steps / _CLOSER)
        better = closer.bar < found.bar
        return Difference(np.where(better, closer.value, found.value), np.where(better, closer.bar, found.bar))


def _at_steps(f: Evaluate, x: Array, directions: Array, noise: Array, steps: Array) -> Difference:
    table, lengths = _central(f, x, directions, steps)
    noise = _ROUNDINGS * noise[:, None, None] / np.abs(_spread(lengths, table))
    found = _extrapolated(table, noise)
    return Difference(found.value, np.where(_settles(table, noise), found.bar, np.inf))


def _settles(column: Array, noise: Array) -> Array:
    """Whether plain differences come closer to each other with smaller steps, until noise is all that is left.

    Steps that lead across a pole give small slopes that grow with every level; extrapolated from themselves they agree
    on nothing.
    """
    apart = np.abs(np.diff(column[:, :, -3:], axis=2))
    settles = apart[:, :, 1] <= np.maximum(apart[:, :, 0], _NOISY * noise[:, :, -1])
    return np.asarray(np.moveaxis(settles, 1, -1))


def _steps(x: Array, directions: Array) -> Array:
    """(points, directions, levels): the first one relative to the entries that move, then half as much each time."""
    moving = directions != 0
    scale = np.maximum(np.abs(x)[:, None], _SMALLEST_SCALE)
    # Beside a tiny variable a step of 0.005 would be all but the whole function.
    scale = np.where(np.max(np.abs(x)) < ROUNDING, np.max(np.abs(x)) or _SMALLEST_SCALE, scale)
    relative = np.where(moving, scale / np.where(moving, np.abs(directions), 1.0), np.inf)
    first = FIRST_STEP * np.min(relative.reshape(*relative.shape[:2], -1), axis=-1)
    first = np.where(np.isfinite(first), first, FIRST_STEP)
    return np.asarray(first[..., None] * 0.5 ** np.arange(LEVELS))


def _spread(values: Array, like: Array) -> Array:
    """One number for every direction and level, beside arrays with the axes of the value behind."""
    return values.reshape(*values.shape, *(1,) * (like.ndim - values.ndim))


def _central(f: Evaluate, x: Array, directions: Array, steps: Array) -> tuple[Array, Array]:
    """Central differences (points, directions, levels, *value), and the distances that were really stepped."""
    points, count = directions.shape[:2]
    move = directions[:, :, None] * steps.reshape(*steps.shape, *(1,) * (x.ndim - 1))
    ahead, behind = x[:, None, None] + move, x[:, None, None] - move
    values = _in_pieces(f, np.stack([ahead, behind], axis=1).reshape(points, -1, *x.shape[1:]))
    values = values.reshape(points, 2, count, LEVELS, *values.shape[2:])
    lengths = _stepped(ahead - behind, directions, steps)
    return (values[:, 0] - values[:, 1]) / _spread(lengths, values[:, 0]), lengths


def _stepped(apart: Array, directions: Array, steps: Array) -> Array:
    """2h as floats have it: along a coordinate the difference of the two ends, else as it was asked for."""
    axes = tuple(range(3, apart.ndim))
    single = np.count_nonzero(directions, axis=tuple(range(2, directions.ndim))) == 1 if axes else directions != 0
    signed = directions[:, :, None]
    measured = np.sum(np.where(signed != 0, apart / np.where(signed != 0, signed, 1.0), 0.0), axis=axes)
    return np.asarray(np.where(single[..., None], measured, 2 * steps))


def _in_pieces(f: Evaluate, rows: Array) -> Array:
    """f at (points, rows, *shape), some of the points at a time."""
    points = np.arange(len(rows))
    together = max(1, _ROWS // rows.shape[1])
    return np.concatenate([f(rows[k : k + together], points[k : k + together]) for k in range(0, len(rows), together)])


def _extrapolated(column: Array, noise: Array) -> Difference:
    """The entry of Ridders' table with the least bar; levels are axis 2 and become fewer with every order."""
    best, least = column[:, :, 0], np.full_like(column[:, :, 0], np.inf)
    for order in range(1, LEVELS):
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
    """The unit directions of every point: (points, entries, *shape)."""
    shape = x.shape[1:]
    units = np.eye(int(np.prod(shape, dtype=int))).reshape(-1, *shape)
    return np.broadcast_to(units, (len(x), *units.shape))


def rounding_of(f: Evaluate, x: Array, moved: Iterable[Array] | None, rng: np.random.Generator) -> Array:
    """The rounding error of f at every point, (points, *value): what one rounding of the variable does to it, plus
    u |f|. `moved` are values of f with every other input perturbed as well, where the caller can do that."""
    index = np.arange(len(x))
    with np.errstate(all="ignore"):
        value = f(x[:, None], index)[:, 0]
        if moved is None:
            signs = rng.choice((-1.0, 1.0), (len(x), PATTERNS, *x.shape[1:]))
            moved = np.moveaxis(f(x[:, None] * (1 + AMPLITUDE * signs), index), 1, 0)
        changes = np.max(np.stack([np.abs(np.asarray(other) - value) for other in moved]), axis=0)
        return np.asarray(ROUNDING / AMPLITUDE * changes + ROUNDING * np.abs(value))


def slopes_differ(f: Evaluate, x: Array, directions: Array) -> str:
    """Whether slopes differ left and right of a point: `kink` if they do however near, `bend` if less and less."""
    far, near = (_gap(f, x, directions, relative) for relative in (1e-7, 1e-8))
    if far <= _KINK:
        return ""
    return "kink" if near > far / 2 else "bend"


def _gap(f: Evaluate, x: Array, directions: Array, relative: float) -> float:
    """The largest difference of two slopes, relative to the largest slope."""
    right, left = one_sided(f, x, directions, relative)
    scale = max(float(np.max(np.abs(right), initial=0.0)), float(np.max(np.abs(left), initial=0.0)))
    return float(np.max(np.abs(right - left), initial=0.0)) / scale if scale else 0.0


def one_sided(f: Evaluate, x: Array, directions: Array, relative: float) -> tuple[Array, Array]:
    """Slopes to the right and to the left along directions, (points, *value, directions): they differ at a kink."""
    index = np.arange(len(x))
    step = relative * (np.max(np.abs(x), initial=0.0) or 1.0)
    with np.errstate(all="ignore"):
        here = f(x[:, None], index)
        right, left = ((f(x[:, None] + sign * step * directions, index) - here) / (sign * step) for sign in (1.0, -1.0))
    return np.moveaxis(right, 1, -1), np.moveaxis(left, 1, -1)
