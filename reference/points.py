"""Points: one set of inputs each, drawn in blocks of equal sizes so that a block is one batched evaluation."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from reference.domains import Domain
from reference.problem import POINT_WORDS, Group, Problem

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Inputs: TypeAlias = dict[str, Array]
"""name -> values, the first axis counts the points of a block"""

BLOCK = 8
_MAX_REDRAWS = 200


def draw_sizes(problem: Problem, rng: np.random.Generator) -> dict[str, int]:
    """A number for every symbol, all different where their ranges allow it."""
    for _ in range(_MAX_REDRAWS):
        sizes = {name: int(rng.integers(low, high + 1)) for name, (low, high) in problem.dims}
        if len(set(sizes.values())) == len(sizes):
            return sizes
    return sizes


def draw_block(problem: Problem, group: Group, rng: np.random.Generator) -> Inputs:
    """BLOCK points of a group, all of the same sizes."""
    sizes = draw_sizes(problem, rng)
    drawn = [{name: domain.draw(np, rng, sizes) for name, domain in problem.given} for _ in range(BLOCK)]
    inputs = {name: np.stack([point[name] for point in drawn]) for name, _ in problem.given}
    for word, names in group.special:
        for name in names:
            inputs[name] = _make_special(inputs[name], word)
    return inputs


def _make_special(values: Array, word: str) -> Array:
    if word in ("zero", "ones"):
        return np.full_like(values, POINT_WORDS[word])
    return values * POINT_WORDS[word]


def argument(values: Array, domain: Domain) -> float | Array:
    """One point's value as student code receives it: a float, or an array."""
    return float(values) if domain.kind == "scalar" else values
