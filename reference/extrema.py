"""The stationary points of a constrained problem as they stand in a bundle: polished, with multipliers and types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from reference.bundle import Block
from reference.constrained import KINDS
from reference.points import Array

GROUP = "points"
"""of the bundle that holds them"""


@dataclass(frozen=True)
class Extremum:
    """One stationary point."""

    x: Array
    lam: Array
    f: float
    kind: str
    separation: float
    """units of the point with the other sign of the multipliers"""


def to_block(points: Iterable[Extremum]) -> Block:
    """As a block: `expected` is (x, lam)."""
    listed = list(points)
    x, lam = np.stack([point.x for point in listed]), np.stack([point.lam for point in listed])
    expected = np.concatenate([x, lam], axis=1)
    inputs = {
        "f": np.array([point.f for point in listed]),
        "kind": np.array([float(KINDS.index(point.kind)) for point in listed]),
        "size": np.full(len(listed), float(x.shape[1])),
    }
    nothing = np.zeros_like(expected)
    return Block(inputs, expected, nothing, nothing, np.array([point.separation for point in listed]), {})


def from_blocks(blocks: Iterable[Block]) -> tuple[Extremum, ...]:
    """The points again."""
    found = []
    for point in (point for block in blocks for point in block.points()):
        size = int(point.inputs["size"])
        kind = KINDS[int(point.inputs["kind"])]
        x, lam = point.expected[:size], point.expected[size:]
        found.append(Extremum(x, lam, float(point.inputs["f"]), kind, point.separation))
    return tuple(found)


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
