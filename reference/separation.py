"""How far typical wrong answers lie from the right one, and which of them can be told apart at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from reference.hypotheses import hypotheses
from reference.points import Array, Inputs
from reference.tolerance import ALLOWED_UNITS, SEPARATION, units

_APPLICABLE = 0.5
"""A mistake counts for a group if at this part of its points it gives another answer; by luck it may be right."""


Seen: TypeAlias = tuple[Mapping[str, Array], Array, Array, Inputs]
"""one point: wrong answers by name, expected, unit, inputs"""


def distance(wrong: Array, expected: Array, unit: Array) -> float:
    """Of a wrong answer from the right one at one point, in units; infinite for another shape."""
    return units(wrong, expected, unit) if wrong.shape == expected.shape else np.inf


def resembles(answer: Array, wrong: Array, expected: Array, unit: Array) -> bool:
    """Whether an answer is this wrong one within rounding, at one point; the rounding grows with its size."""
    if answer.shape != wrong.shape:
        return False
    if wrong.shape != expected.shape:
        return units(answer, wrong, np.full_like(wrong, np.max(unit, initial=0.0))) <= ALLOWED_UNITS
    with np.errstate(all="ignore"):
        growth = float(np.max(np.abs(wrong), initial=0.0) / np.max(np.abs(expected), initial=1e-300))
        scale = np.maximum(unit, np.max(unit, initial=0.0) * growth)
    return units(answer, wrong, scale) <= ALLOWED_UNITS


class Candidates:
    """Wrong answers of one group: by name, and for every point that was drawn so far."""

    def __init__(self, authored: Iterable[str]) -> None:
        self._authored = set(authored)
        self._distances: dict[str, list[float]] = {}

    def applicable(self, name: str) -> bool:
        """Whether a mistake is one here. What the author wrote down always is."""
        found = self._distances.get(name, [])
        return name in self._authored or sum(d >= SEPARATION for d in found) >= max(1.0, _APPLICABLE * len(found))

    def add(self, point: Mapping[str, Array], expected: Array, unit: Array, inputs: Inputs) -> dict[str, float]:
        """Remember the wrong answers of a point; returns how far each of them is."""
        found = {name: distance(wrong, expected, unit) for name, wrong in point.items()}
        for note, variant, wrong in hypotheses(expected, inputs):
            found[joined(note, variant)] = distance(wrong, expected, unit)
        for name, units_apart in found.items():
            self._distances.setdefault(name, []).append(units_apart)
        return found

    def names(self) -> list[str]:
        """All that were seen."""
        return list(self._distances)

    def least(self, name: str) -> float:
        """The least distance of one of them that was seen."""
        return min(self._distances[name], default=np.inf)


def joined(note: str, variant: str) -> str:
    """The name of a wrong answer: its note, and what tells it from others with the same note."""
    return f"{note}:{variant}" if variant else note


def note_of(name: str) -> str:
    """The stable note of a wrong answer's name."""
    return name.partition(":")[0]


def distinct(points: Sequence[Seen], names: Iterable[str]) -> list[str]:
    """Those of the wrong answers that no simple hypothesis and no earlier one gives as well, at all points."""
    kept: list[str] = []
    for name in names:
        if not _is_simple(points, name) and not any(_are_same(points, name, other) for other in kept):
            kept.append(name)
    return kept


def _are_same(points: Sequence[Seen], one: str, other: str) -> bool:
    return all(
        one in wrong and other in wrong and resembles(wrong[one], wrong[other], expected, unit)
        for wrong, expected, unit, _ in points
    )


def _is_simple(points: Sequence[Seen], name: str) -> bool:
    """Whether one of the hypotheses about factor and layout explains it at every point."""
    left: set[str] | None = None
    for wrong, expected, unit, inputs in points:
        if name not in wrong:
            return False
        fitting = {
            joined(note, variant)
            for note, variant, value in hypotheses(expected, inputs)
            if (left is None or joined(note, variant) in left) and resembles(wrong[name], value, expected, unit)
        }
        left = fitting
        if not left:
            return False
    return bool(left)
