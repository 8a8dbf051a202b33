"""Where a numerical derivative looked at the function, and which scheme that makes of it.

The positions are what the oracle was called with: facts, whatever the student's function returns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.sandbox.run import Call
from reference.points import Array
from reference.tolerance import ROUNDING

_ROUNDINGS = 8.0
"""in units of the rounding of x + h: that of the entry, of the step and of their sum"""


@dataclass(frozen=True)
class Move:
    """One evaluation: the entries of x that were moved, and by how much. Without entries it was at x itself."""

    entries: tuple[int, ...]
    step: complex


def moves(calls: Sequence[Call], x: Array) -> list[Move]:
    """Of every call, in their order."""
    found = []
    for call in calls:
        array = call.arguments[0].array if call.arguments else None
        if array is None or array.shape != x.shape:
            continue  # it was refused with a sentence
        difference = np.ravel(np.asarray(array, dtype=np.complex128) - x)
        entries = tuple(int(k) for k in np.flatnonzero(difference))
        found.append(Move(entries, complex(difference[entries[0]]) if entries else 0j))
    return found


def steps(found: Sequence[Move]) -> list[float]:
    """How far single entries were moved."""
    return [abs(move.step) for move in found if len(move.entries) == 1]


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
            near = [step for step in wanted if abs(move.step - step * h) <= _allowed(x, entry, h)]
            if not near:
                return False
            seen[entry].add(near[0])
    return all(len(steps) == len(wanted) for steps in seen.values())


def _allowed(x: Array, entry: int, h: float) -> float:
    return _ROUNDINGS * ROUNDING * (abs(float(x.flat[entry])) + h)


def step_of(found: Sequence[Move], x: Array) -> Iterator[float]:
    """Steps that any of the patterns explains, for a student who takes another one than the given."""
    for size in sorted(set(steps(found))):
        if scheme_of(found, x, size):
            yield size
