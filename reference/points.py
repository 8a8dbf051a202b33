"""Points: one set of inputs each, drawn in blocks of equal sizes so that a block is one batched evaluation."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import numpy as np

from reference.domains import Domain
from reference.problem import Problem

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Inputs: TypeAlias = dict[str, Array]
"""name -> values, the first axis counts the points of a block"""

BLOCK = 8
_MAX_REDRAWS = 200


class Sized(Protocol):
    """What has symbols for its sizes, each with the least and the greatest number it may be."""

    @property
    def dims(self) -> tuple[tuple[str, tuple[int, int]], ...]: ...


def draw_sizes(problem: Sized, rng: np.random.Generator) -> dict[str, int]:
    """A number for every symbol, all different where their ranges allow it."""
    for _ in range(_MAX_REDRAWS):
        sizes = {name: int(rng.integers(low, high + 1)) for name, (low, high) in problem.dims}
        if len(set(sizes.values())) == len(sizes):
            return sizes
    return sizes


def draw_point(problem: Problem, sizes: dict[str, int], rng: np.random.Generator) -> Inputs:
    """One point: a value of every input, without a first axis."""
    return {name: domain.draw(np, rng, sizes) for name, domain in problem.given}


def argument(values: Array, domain: Domain) -> float | Array:
    """One point's value as student code receives it: a float, or an array."""
    return float(values) if domain.kind == "scalar" else values
