"""Where a student's code evaluated f, and what that says about its method.

Calls are facts and not claims. Automatic differentiation evaluates f at x alone, on numbers of the student's own;
plain numbers, and places beside x, are how differences are taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.checks.endings import Finding
from grader.checks.operators.opaque import Given, is_plain
from grader.domain.report import Verdict
from grader.sandbox.run import Call, Claim

_DIFFERENCES = "finite-difference"


@dataclass(frozen=True)
class Evaluations:
    """The calls of f during one probe."""

    count: int
    own: int
    """of them with at least one number of the student's own"""
    plain: tuple[np.ndarray[Any, Any], ...]
    """places of calls with plain numbers alone"""
    spied: tuple[np.ndarray[Any, Any], ...]
    """places of the student's own numbers, where they are known"""
    is_imaginary: bool = False
    """whether f was given a complex number, or a number of the student's that is a kind of one"""


def evaluations(calls: Iterable[Call], f: Given) -> Evaluations:
    """Those among `calls` that are of `f`."""
    calls = tuple(calls)
    mine = [call.arguments[0] for call in calls if call.oracle is f and len(call.arguments) == 1]
    imaginary = [array for claim in mine for array in _arrays(claim) if np.iscomplexobj(array) and np.any(array.imag)]
    plain = [claim.array for claim in mine if claim.form != "elements" and is_plain(claim) and claim.array is not None]
    spied = [_place(call.arguments) for call in calls if call.oracle is f.spy]
    known = tuple(place for place in spied if place is not None)
    return Evaluations(
        sum(call.oracle is f for call in calls), len(mine) - len(plain), tuple(plain), known, bool(imaginary)
    )


def _arrays(claim: Claim) -> Iterator[np.ndarray[Any, Any]]:
    """Of a claim and its elements."""
    if claim.array is not None:
        yield claim.array
    for element in claim.elements:
        yield from _arrays(element)


def _place(claims: Sequence[Claim]) -> np.ndarray[Any, Any] | None:
    numbers = [claim.array.item() for claim in claims if claim.array is not None and not claim.array.ndim]
    return np.array(numbers) if len(numbers) == len(claims) else None


def finding(found: Evaluations, x: np.ndarray[Any, Any]) -> Finding | None:
    """What is wrong with the way in which f was evaluated; None for the way of automatic differentiation."""
    if not found.count:
        return Verdict.FAILED, "operator.not_called", {"note": "f-not-called"}
    facts: dict[str, object] = {"calls": found.count}
    seen = (*found.plain, *found.spied)
    if found.is_imaginary or any(np.iscomplexobj(place) and np.any(place.imag) for place in seen):
        return Verdict.FAILED, "operator.complex", {**facts, "note": "complex-step"}
    shifts = [*_shifts(found.plain, x), *_shifts(found.spied, x)]
    if shifts:
        facts |= {"scheme": _scheme(shifts), "step": max(abs(shift) for shift in shifts), "note": _DIFFERENCES}
        return Verdict.FAILED, "operator.differences", facts
    if not found.own:
        return Verdict.FAILED, "operator.plain", {**facts, "note": "plain-numbers"}
    return None


def _shifts(places: Iterable[np.ndarray[Any, Any]], x: np.ndarray[Any, Any]) -> list[float]:
    """For every place beside x, how far it is from there, in the entry that differs most and with its sign."""
    found = []
    for place in places:
        here = np.ravel(x)[: place.size]
        if place.size == here.size and np.any(place.real.ravel() != here):
            apart = place.real.ravel() - here
            found.append(float(apart[np.argmax(np.abs(apart))]))
    return found


def _scheme(shifts: Sequence[float]) -> str:
    """By the places: on one side of x for forward differences, on both for central ones, at several distances else."""
    distances = sorted(abs(shift) for shift in shifts)
    if distances[-1] > 1.2 * distances[0]:
        return "several"
    return "central" if min(shifts) < 0 < max(shifts) else "one-sided"
