"""Which misconception explains all of a group's answers at once, if any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from grader.diagnosis.catalogue import CONDITIONS, HINTS
from reference.bundle import Point
from reference.hypotheses import hypotheses
from reference.problem import Misconception
from reference.separation import distance, joined, note_of, resembles
from reference.tensorprograms.faults import NOT_UNBROADCAST
from reference.tolerance import SEPARATION, in_single

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
    """The misconception that gives these answers at every point: the author's first, then those of the expression, then
    those of layout and factor."""
    if not comparisons:
        return None
    if all(_is_float32(item) for item in comparisons):
        return Diagnosis("float32", CONDITIONS["float32"])
    said = {item.note: item.say for item in expected}
    not_summed = all(_is_not_summed(item) for item in comparisons)
    for name in _candidates(comparisons, list(said)):
        if not_summed and name not in said and note_of(name) != NOT_UNBROADCAST:
            continue  # a broken chain gives the same numbers, and a sum that is missing says more
        if all(_fits(item, wrong_answer(item.point, name)) for item in comparisons):
            note = name if name in said else note_of(name)
            return Diagnosis(note, said[name] if name in said else HINTS[note])
    return Diagnosis("not-summed", HINTS["not-summed"]) if not_summed else None


def _candidates(comparisons: Sequence[Compared], authored: list[str]) -> list[str]:
    """Names of wrong answers in the order of trying, those alone that fit the first answer."""
    first = comparisons[0]
    names = dict.fromkeys([*authored, *first.point.wrong, *_simple(first.point)])
    return [name for name in names if _fits(first, wrong_answer(first.point, name))]


def _simple(point: Point) -> dict[str, np.ndarray[Any, Any]]:
    return {joined(note, variant): wrong for note, variant, wrong in hypotheses(point.expected, point.inputs)}


def wrong_answer(point: Point, name: str) -> np.ndarray[Any, Any] | None:
    """What a misconception gives at a point, None where it gives nothing there."""
    return point.wrong[name] if name in point.wrong else _simple(point).get(name)


def _is_float32(item: Compared) -> bool:
    """Every entry is a float32 number, and near the right one: the digits were lost, not the formula."""
    if item.answer.shape != item.point.expected.shape:
        return False
    near = np.allclose(
        item.answer,
        item.point.expected,
        rtol=_FLOAT32_NEAR,
        atol=_FLOAT32_NEAR * float(np.max(np.abs(item.point.expected))),
    )
    return bool(in_single(item.answer) and near)


def _is_not_summed(item: Compared) -> bool:
    """A row for each of several, whose sum is right: one entry served all of them. A diagonal has another story."""
    answer, expected = item.answer, item.point.expected
    if answer.ndim != 2 or answer.shape[1:] != expected.shape or len(answer) < 2:
        return False
    if len(answer) == answer.shape[1] and not np.any(answer - np.diag(np.diag(answer))):
        return False
    return resembles(np.sum(answer, axis=0), expected, expected, item.point.unit)


def _fits(item: Compared, wrong: np.ndarray[Any, Any] | None) -> bool:
    """The answer is this wrong value within its rounding, and this wrong value is not the right one."""
    if wrong is None:
        return False
    expected, unit = item.point.expected, item.point.unit
    return distance(wrong, expected, unit) >= SEPARATION and resembles(item.answer, wrong, expected, unit)
