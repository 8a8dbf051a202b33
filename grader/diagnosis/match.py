"""Which misconception explains all of a group's answers at once, if any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from grader.diagnosis.catalogue import CATALOGUE, CONDITIONS
from reference.bundle import Point
from reference.problem import Misconception
from reference.tolerance import ALLOWED_UNITS, SEPARATION, units

_FLOAT32_NEAR = 2.0**-16
"""Some hundred float32 roundings."""


class Compared(Protocol):
    """An answer beside the point it belongs to."""

    @property
    def point(self) -> Point: ...
    @property
    def answer(self) -> np.ndarray[Any, Any]: ...


@dataclass(frozen=True)
class Diagnosis:
    """A recognised misconception."""

    note: str
    hint: str


def recognise(comparisons: Sequence[Compared], expected: Sequence[Misconception]) -> Diagnosis | None:
    """The most specific misconception that gives these answers at every point: the author's first, then ours."""
    if not comparisons:
        return None
    if all(_is_float32(item) for item in comparisons):
        return Diagnosis("float32", CONDITIONS["float32"])
    for item in expected:
        if _explains(comparisons, lambda point, note=item.note: point.wrong.get(note)):
            return Diagnosis(item.note, item.say)
    for entry in CATALOGUE:
        if _explains(comparisons, entry.wrong):
            return Diagnosis(entry.note, entry.hint)
    return None


def _is_float32(item: Compared) -> bool:
    """Every entry is a float32 number, and near the right one: the digits were lost, not the formula."""
    if item.answer.shape != item.point.expected.shape:
        return False
    with np.errstate(over="ignore"):
        rounded = item.answer.astype(np.float32).astype(np.float64)
    near = np.allclose(
        item.answer,
        item.point.expected,
        rtol=_FLOAT32_NEAR,
        atol=_FLOAT32_NEAR * float(np.max(np.abs(item.point.expected))),
    )
    return bool(np.array_equal(rounded, item.answer) and near)


def _explains(comparisons: Sequence[Compared], wrong: Any) -> bool:
    return all(_fits(item, wrong(item.point)) for item in comparisons)


def _fits(item: Compared, wrong: np.ndarray[Any, Any] | None) -> bool:
    """The answer is this wrong value within its rounding, and this wrong value is not the right one."""
    if wrong is None or wrong.shape != item.answer.shape:
        return False
    expected, unit = item.point.expected, item.point.unit
    if wrong.shape == expected.shape:
        if units(wrong, expected, unit) < SEPARATION:
            return False
        scale = np.maximum(unit, np.max(unit) * _growth(wrong, expected))
        return units(item.answer, wrong, scale) <= ALLOWED_UNITS
    return units(item.answer, wrong, np.full_like(wrong, np.max(unit))) <= ALLOWED_UNITS


def _growth(wrong: np.ndarray[Any, Any], expected: np.ndarray[Any, Any]) -> float:
    """How much larger the wrong value is; its rounding grows with it."""
    return float(np.max(np.abs(wrong), initial=0.0) / np.max(np.abs(expected), initial=1e-300))
