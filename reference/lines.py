"""A function along lines: the one thing that differences ask of whoever computes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from reference.points import Array

Index: TypeAlias = np.ndarray[Any, np.dtype[np.int_]]
Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
Lines: TypeAlias = Callable[[Index, Array, Array], Array]
"""f along lines: (which points x, directions d (points or 1, directions, *shape), steps t (points, directions, rows))
-> f(x + t d), (points, directions, rows, *shape of the value)"""


def coordinates(x: Array) -> Array:
    """The unit directions, the same at every point: (1, entries, *shape)."""
    shape = x.shape[1:]
    return np.eye(int(np.prod(shape, dtype=int))).reshape(1, -1, *shape)


def moved_entries(directions: Array) -> Index | None:
    """The one entry that each direction moves, where that is so and all points share them."""
    lengths = directions.reshape(*directions.shape[:2], -1)
    if len(lengths) != 1 or not np.all(np.count_nonzero(lengths, axis=2) == 1):
        return None
    return np.asarray(np.argmax(lengths[0] != 0, axis=1))


def combined(moves: Array, directions: Array) -> Array:
    """The sum of each point's directions with weights (points, directions): (points, 1, *shape)."""
    entries, shape = moved_entries(directions), directions.shape[2:]
    if entries is None:
        directions = np.broadcast_to(directions, (len(moves), *directions.shape[1:]))
        return np.asarray(np.einsum("pd,pd...->p...", moves, directions)[:, None])
    lengths = directions[0].reshape(len(entries), -1)
    made = np.zeros((len(moves), lengths.shape[1]))
    np.add.at(made.T, entries, (moves * lengths[np.arange(len(entries)), entries]).T)
    return made.reshape(len(moves), 1, *shape)


def values_at(f: Lines, x: Array) -> Array:
    """f itself at every point: (points, *value)."""
    return f(np.arange(len(x)), np.zeros_like(x[:1])[:, None], np.zeros((len(x), 1, 1)))[:, 0, 0]


def beside(numbers: np.ndarray[Any, Any], array: Array, axes: int) -> Any:
    """The numbers with axes of length 1 behind, so that their first `axes` axes meet those of the array."""
    return numbers.reshape(*numbers.shape, *(1,) * (array.ndim - axes))
