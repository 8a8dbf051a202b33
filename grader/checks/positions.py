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

_MOST_STEPS = 8
"""different ones for each entry; no scheme has so many"""
_ROUNDINGS = 8.0
"""in units of the rounding of x + h: that of the entry, of the step and of their sum"""


@dataclass(frozen=True)
class Move:
    """One evaluation: the entries of x that were moved, and by how much. Without entries it was at x itself."""

    entries: tuple[int, ...]
    step: complex


def moves(calls: Sequence[Call], x: Array) -> list[Move]:
    """The different ones, in their order, up to one more than any scheme needs."""
    found: dict[Move, None] = {}
    seen: set[bytes] = set()
    for call in calls:
        array = call.arguments[0].array if call.arguments else None
        if array is None or array.shape != x.shape:
            continue  # it was refused with a sentence
        # A student may make 100,000 calls, mostly the same ones.
        place = array.tobytes()
        if place in seen:
            continue
        seen.add(place)
        difference = np.ravel(np.asarray(array, dtype=np.complex128) - x)
        entries = tuple(int(k) for k in np.flatnonzero(difference))
        found[Move(entries, complex(difference[entries[0]]) if entries else 0j)] = None
        if len(found) > _MOST_STEPS * (x.size + 1):
            break
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
    return next((pattern.name for pattern in PATTERNS if _fits(pattern, found, x, dict.fromkeys(range(x.size), h))), "")


def _fits(pattern: Pattern, found: Sequence[Move], x: Array, h: dict[int, float]) -> bool:
    """Every entry k is moved by every step of the pattern, times h[k], and by no other; f(x) itself may always be
    looked at."""
    wanted = [step for step in pattern.steps if step]
    seen: dict[int, set[complex]] = {k: set() for k in range(x.size)}
    for move in found:
        if len(move.entries) > 1:
            return False
        for entry in move.entries:
            near = [step for step in wanted if _is_near(move.step, step, float(x.flat[entry]), h[entry])]
            if not near:
                return False
            seen[entry].add(near[0])
    return all(len(steps) == len(wanted) for steps in seen.values())


def _is_near(moved: complex, step: complex, x: float, h: float) -> bool:
    """Within the rounding of x + h; an imaginary part is added to nothing, and so is only rounded itself."""
    real, imaginary = moved.real - step.real * h, moved.imag - step.imag * h
    return abs(real) <= _ROUNDINGS * ROUNDING * (abs(x) + h) and abs(imaginary) <= _ROUNDINGS * ROUNDING * h


def own_step(found: Sequence[Move], x: Array) -> tuple[str, float] | None:
    """The pattern that explains the evaluations with steps of the student's own, which may depend on the entry, and
    the first of these steps."""
    farthest = {k: 0.0 for k in range(x.size)}
    for move in found:
        if len(move.entries) == 1:
            (entry,) = move.entries
            farthest[entry] = max(farthest[entry], _size(move.step))
    for pattern in PATTERNS:
        reach = max(abs(step) for step in pattern.steps)
        h = {entry: size / reach for entry, size in farthest.items()}
        if _fits(pattern, found, x, h):
            return pattern.name, h[0]
    return None
