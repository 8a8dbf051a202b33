"""Judging values: how many units they are off, in which band that is, and what it earns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from grader.checks.judgement import Comparison, Judgement
from grader.domain.assignment import Task
from grader.domain.pictures import WrongEntries
from grader.domain.report import Evidence, Verdict
from reference.tolerance import ALLOWED_UNITS, Band, band, in_single, is_lossy, units

Settle = Callable[[Judgement, Judgement, Task], Judgement]
"""What the judgements at the first and at further points say together."""

_LARGEST_PICTURE = 10
"""rows or columns"""


def compared(task: Task, check: str, share: float, comparisons: tuple[Comparison, ...], listed: bool) -> Judgement:
    """The judgement on values alone."""
    errors = [units(c.answer.astype(np.float64), c.point.expected, c.point.unit) for c in comparisons]
    bands = [band(error, c.point.separation) for error, c in zip(errors, comparisons, strict=True)]
    worst = int(np.argmax(errors))
    evidence = Evidence(_relative_error(comparisons[worst]), errors[worst], ALLOWED_UNITS)
    made = Judgement(check, share, Verdict.FAILED, "wrong_value", evidence=evidence, comparisons=comparisons)
    facts: dict[str, object] = {"of": len(errors), "relative": evidence.worst_error, "units": errors[worst]}
    if Band.WRONG in bands:
        wrong = [item for item, found in zip(comparisons, bands, strict=True) if found is Band.WRONG]
        return replace(made, facts={**facts, "wrong": len(wrong)}, picture=_wrong_entries(wrong))
    if Band.GREY in bands:
        return replace(made, cause="approximate", facts={**facts, **_digits(comparisons[worst])}, inconclusive=True)
    cancelling = Band.CANCELLING in bands
    remark = "cancelling" if cancelling else "listed" if listed else None
    return credited(replace(made, cause="passed", facts=facts, remark=remark), task.cancelling if cancelling else 1.0)


def _wrong_entries(wrong: Sequence[Comparison]) -> WrongEntries | None:
    """Of the largest answer that is neither wrong everywhere nor too large to be looked at."""
    pictures = (_entries(item) for item in sorted(wrong, key=lambda item: -item.answer.size))
    return next((picture for picture in pictures if picture is not None), None)


def _entries(item: Comparison) -> WrongEntries | None:
    point = item.point
    if not 1 <= point.expected.ndim <= 2 or max(point.expected.shape) > _LARGEST_PICTURE:
        return None
    error = np.abs(item.answer - point.expected)
    is_right = error <= ALLOWED_UNITS * point.unit
    if np.all(is_right) or not np.any(is_right):
        return None
    size = float(np.max(np.abs(point.expected))) or 1.0
    shown = np.where(is_right, 0.0, np.maximum(error / size, 1e-9))
    rows = shown if shown.ndim == 2 else shown[:, None]
    return WrongEntries(tuple(tuple(map(float, row)) for row in rows))


def credited(judgement: Judgement, credit: float) -> Judgement:
    """The judgement with this part of its share earned, and the verdict that goes with it."""
    verdict = Verdict.PASSED if credit == 1 else Verdict.PARTIAL if credit else Verdict.FAILED
    return replace(judgement, verdict=verdict, credit=credit, inconclusive=False)


def settled(first: Judgement, more: Judgement, task: Task) -> Judgement:
    """What the values at the first and at further points say together.

    Too large an error only where rounding the inputs costs digits anyway is the right formula in a bad form; one
    everywhere is an approximation.
    """
    if more.cause not in ("approximate", "passed"):
        return replace(more, share=first.share)
    both = compared(task, first.check, first.share, first.comparisons + more.comparisons, listed=False)
    grey = [c.point for c in both.comparisons if _band(c) is Band.GREY]
    if len(grey) < len(both.comparisons) and all(is_lossy(point.expected, point.unit) for point in grey):
        facts = {**both.facts, "lossy": len(grey)}
        return credited(replace(both, cause="passed", facts=facts, remark="loses_digits"), task.cancelling)
    single = all(in_single(item.answer) for item in both.comparisons)
    return replace(credited(both, task.approximate), note="float32" if single else "finite-difference")


def each_settled(
    judgements: Sequence[Judgement], more: Sequence[Judgement], task: Task, rule: Settle = settled
) -> list[Judgement]:
    """The judgements, with those decided by the rule of which there are two."""
    later = {item.check: item for item in more}
    return [rule(item, later[item.check], task) if item.check in later else item for item in judgements]


def _band(comparison: Comparison) -> Band:
    point = comparison.point
    return band(units(comparison.answer.astype(np.float64), point.expected, point.unit), point.separation)


def _digits(comparison: Comparison) -> dict[str, object]:
    """How many decimal digits are right, and how many rounding would leave."""
    size = float(np.max(np.abs(comparison.point.expected), initial=1e-300))
    possible = float(np.max(comparison.point.unit)) / size
    return {"digits": int(-np.log10(_relative_error(comparison))), "possible": int(-np.log10(possible))}


def _relative_error(comparison: Comparison) -> float:
    size = float(np.max(np.abs(comparison.point.expected), initial=0.0))
    difference = float(np.max(np.abs(comparison.answer - comparison.point.expected), initial=0.0))
    return difference / size if size else difference
