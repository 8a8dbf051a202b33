"""Where a numerical derivative looked at the function, and which scheme that makes of it.

The positions are what the oracle was called with: facts, whatever the student's function returns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.sandbox.run import Call
from reference.points import Array
from reference.tolerance import ROUNDING

_LOOKED_AT = 40
"""calls for each entry of x"""
_STEPS_TRIED = 4
_ROUNDINGS = 8.0
"""in units of the rounding of x + h: that of the entry, of the step and of their sum"""


@dataclass(frozen=True)
class Move:
    """One evaluation: the entries of x that were moved, and by how much. Without entries it was at x itself."""

    entries: tuple[int, ...]
    step: complex


def moves(calls: Sequence[Call], x: Array) -> list[Move]:
    """The different ones among the first calls, in their order: no scheme needs so many, and a student may make
    100,000."""
    found: dict[Move, None] = {}
    for call in calls[: _LOOKED_AT * (x.size + 1)]:
        array = call.arguments[0].array if call.arguments else None
        if array is None or array.shape != x.shape:
            continue  # it was refused with a sentence
        difference = np.ravel(np.asarray(array, dtype=np.complex128) - x)
        entries = tuple(int(k) for k in np.flatnonzero(difference))
        found[Move(entries, complex(difference[entries[0]]) if entries else 0j)] = None
    return list(found)


def steps(found: Sequence[Move]) -> list[float]:
    """How far single entries were moved."""
    return [_size(move.step) for move in found if len(move.entries) == 1]


def _size(step: complex) -> float:
    """Infinite where Python's own abs raises."""
    return math.hypot(step.real, step.imag)


@dataclass(frozen=True)
class Pattern:
    """A scheme as the steps by which each entry is moved, in units of h; 0 is x itself."""

    name: str
    steps: tuple[complex, ...]


PATTERNS = (
    Pattern("forward", (0, 1)),
    Pattern("backward", (0, -1)),
    Pattern("central", (1, -1)),
    Pattern("central with half the step", (0.5, -0.5)),
    Pattern("complex-step", (1j,)),
)


def scheme_of(found: Sequence[Move], x: Array, h: float) -> str:
    """The name of the pattern that these evaluations make with step h; empty where none fits."""
    return next((pattern.name for pattern in PATTERNS if _fits(pattern, found, x, h)), "")


def _fits(pattern: Pattern, found: Sequence[Move], x: Array, h: float) -> bool:
    """Every entry is moved by every step of the pattern, and by no other; f(x) itself may always be looked at."""
    wanted = [step for step in pattern.steps if step]
    seen: dict[int, set[complex]] = {k: set() for k in range(x.size)}
    for move in found:
        if len(move.entries) > 1:
            return False
        for entry in move.entries:
            near = [step for step in wanted if _size(move.step - step * h) <= _allowed(x, entry, h)]
            if not near:
                return False
            seen[entry].add(near[0])
    return all(len(steps) == len(wanted) for steps in seen.values())


def _allowed(x: Array, entry: int, h: float) -> float:
    return _ROUNDINGS * ROUNDING * (abs(float(x.flat[entry])) + h)


def own_step(found: Sequence[Move], x: Array) -> tuple[str, float] | None:
    """The pattern that explains the evaluations with a step of the student's own, and that step."""
    sizes = sorted(set(steps(found)))
    named = ((scheme_of(found, x, size), size) for size in sizes[:_STEPS_TRIED])
    return next(((name, size) for name, size in named if name), None)
