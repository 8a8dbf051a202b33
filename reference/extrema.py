"""The stationary points of a constrained problem as they stand in a bundle: polished, with multipliers and types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from reference.bundle import Block
from reference.constrained import KINDS
from reference.points import Array

GROUP = "points"
"""of the bundle that holds them"""
_GIVEN = "given/"
"""before the names of drawn numbers, so that they may be called as the author likes"""


@dataclass(frozen=True)
class Extremum:
    """One stationary point."""

    x: Array
    lam: Array
    f: float
    kind: str
    separation: float
    """units of the point with the other sign of the multipliers"""


@dataclass(frozen=True)
class Instance:
    """The stationary points of one problem: of the only one, or of one of a family, with its numbers."""

    points: tuple[Extremum, ...]
    numbers: dict[str, Array] = field(default_factory=dict)


def to_block(instance: Instance) -> Block:
    """As a block: `expected` is (x, lam)."""
    listed = instance.points
    x, lam = np.stack([point.x for point in listed]), np.stack([point.lam for point in listed])
    expected = np.concatenate([x, lam], axis=1)
    inputs = {
        "f": np.array([point.f for point in listed]),
        "kind": np.array([float(KINDS.index(point.kind)) for point in listed]),
        "size": np.full(len(listed), float(x.shape[1])),
    }
    inputs |= {_GIVEN + name: np.stack([values] * len(listed)) for name, values in instance.numbers.items()}
    nothing = np.zeros_like(expected)
    return Block(inputs, expected, nothing, nothing, np.array([point.separation for point in listed]), {})


def from_blocks(blocks: Iterable[Block]) -> tuple[Instance, ...]:
    """The points again: every block is one problem."""
    return tuple(_instance(block) for block in blocks)


def _instance(block: Block) -> Instance:
    found = []
    for point in block.points():
        size = int(point.inputs["size"])
        kind = KINDS[int(point.inputs["kind"])]
        x, lam = point.expected[:size], point.expected[size:]
        found.append(Extremum(x, lam, float(point.inputs["f"]), kind, point.separation))
    numbers = {name.removeprefix(_GIVEN): v[0] for name, v in block.inputs.items() if name.startswith(_GIVEN)}
    return Instance(tuple(found), numbers)


def scale_of(points: Iterable[Extremum]) -> float:
    """The size of the values of f among them, one where all are zero."""
    return max((abs(point.f) for point in points), default=0.0) or 1.0


def matched(x: Array, points: tuple[Extremum, ...], within: float = 1e-3) -> Extremum | None:
    """The point that x is, if it is one of them: the nearest, where that is near."""
    if not points:
        return None
    away = [float(np.max(np.abs(x - point.x))) for point in points]
    nearest = int(np.argmin(away))
    size = max(float(np.max(np.abs(points[nearest].x))), float(np.max(np.abs(x))))
    return points[nearest] if away[nearest] <= within * size else None
