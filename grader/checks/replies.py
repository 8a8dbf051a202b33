"""Conditions that every answer has to meet before its numbers are looked at, whatever the kind of task."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from grader.checks import endings
from grader.checks.endings import Finding
from grader.domain.assignment import Signature, Task
from grader.domain.report import Verdict
from grader.sandbox.run import Claim, Missing, Raised, Replies, Response, Run

Shape = tuple[int, ...]


def failure(response: Response | None, replies: int, task: Task, signature: Signature, run: Run) -> Finding | None:
    """Why there is no answer: none came, an exception did, or there is no such function. None where there is one."""
    match response:
        case None:
            return endings.no_response(run, task.limits)
        case Missing():
            return endings.missing(response, run)
        case Raised():
            return endings.raised(response, signature.arguments, run, task.limits)
        case Replies(claims) if len(claims) != replies:
            return Verdict.INVALID_OUTPUT, "violated", {}
    return None


def is_real(claim: Claim) -> bool:
    """Whether it is numbers, and none of them complex or a truth value."""
    return claim.array is not None and claim.array.dtype.kind in "fiu"


def not_float64(answer: Claim, shape: Shape) -> Finding | None:
    """What came in place of float64 numbers (whole numbers are taken as such); `shape` is for the message."""
    if answer.array is None or not is_real(answer):
        return Verdict.INVALID_OUTPUT, "not_numbers", {"came": answer.description, "shape": shape}
    if answer.array.dtype.kind == "f" and answer.array.dtype.itemsize < 8:
        return Verdict.FAILED, "float32", {"came": str(answer.array.dtype), "note": "float32"}
    return None


def misshapen(answer: Claim, shape: Shape, sizes: Mapping[str, Shape]) -> Finding | None:
    """Numbers of another shape, or not finite; `sizes` are the shapes of the arguments, for the message."""
    array = answer.array
    assert array is not None
    if array.shape != shape:
        return Verdict.INVALID_OUTPUT, "shape", {"came": array.shape, "shape": shape, "sizes": {**sizes}}
    bad = int(np.count_nonzero(~np.isfinite(array)))
    return (Verdict.INVALID_OUTPUT, "not_finite", {"bad": bad, "of": array.size}) if bad else None


def changed(names: tuple[str, ...], unchanged: tuple[Claim, ...]) -> Finding | None:
    """Arguments that the student's function changed; the claims are replies to `unchanged`, one for each name."""
    found = [name for name, claim in zip(names, unchanged, strict=True) if not says_yes(claim)]
    return (Verdict.FAILED, "mutates_input", {"names": found, "note": "mutates-input"}) if found else None


def says_yes(claim: Claim) -> bool:
    """Whether it is true, as far as it can be asked."""
    return claim.array is not None and bool(np.all(claim.array == 1))
