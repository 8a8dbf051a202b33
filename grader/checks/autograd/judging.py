"""From the replies to one judgement for every check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from grader.checks import endings
from grader.checks.autograd.cases import MUTATES, Asked, Case, Plan, Wanted
from grader.checks.autograd.raising import note_of
from grader.checks.endings import Finding
from grader.checks.judgement import Comparison, Judgement, of_finding
from grader.checks.values import compared
from grader.domain.assignment import Task
from grader.domain.report import Verdict
from grader.sandbox.run import Claim, Missing, Raised, Replies, Response, Run

Answered = tuple[Case, tuple[Claim, ...]]


def judge(asked: Plan, run: Run) -> list[Judgement]:
    """One judgement for every check of a plan."""
    broken = endings.not_importable(run)
    if broken:
        return [of_finding(check.id, check.share, broken) for check in asked.checks]
    return [_Check(asked.task, check, run).judge() for check in asked.checks]


class _Check:
    """Judges one check: the first thing that is wrong decides; numbers are compared at all points."""

    def __init__(self, task: Task, check: Asked, run: Run) -> None:
        self._task = task
        self._check = check
        self._run = run

    def judge(self) -> Judgement:
        first, count = self._check.first_probe, len(self._check.cases)
        responses = self._run.responses[first : first + count + 1]
        for response, case in zip(responses, (*self._check.cases, self._check.cases[0]), strict=True):
            finding = self._failure(response, case)
            if finding:
                return of_finding(self._check.id, self._check.share, finding)
        claims = [response.claims for response in responses if isinstance(response, Replies)]
        answered = [*zip(self._check.cases, claims[:-1], strict=True)]
        finding = self._first(self._mutation, answered) or self._first(self._defect, answered)
        if finding:
            return of_finding(self._check.id, self._check.share, finding)
        judged = self._numbers(answered)
        if judged is not None and judged.verdict is not Verdict.PASSED:
            return judged
        finding = self._first(self._unmet, answered)
        if finding is None and not _is_same(claims[0], claims[-1]):
            finding = Verdict.FAILED, "nondeterministic", {"note": "nondeterministic"}
        if finding:
            return of_finding(self._check.id, self._check.share, finding)
        return judged or of_finding(self._check.id, self._check.share, (Verdict.PASSED, "prediction_right", {}))

    def _first(
        self, rule: Callable[[Case, tuple[Claim, ...]], Finding | None], answered: Sequence[Answered]
    ) -> Finding | None:
        return next(filter(None, (rule(case, claims) for case, claims in answered)), None)

    def _failure(self, response: Response | None, case: Case) -> Finding | None:
        match response:
            case None:
                return endings.no_response(self._run, self._task.limits)
            case Missing():
                verdict, cause, facts = endings.missing(response, self._run)
                return verdict, cause, facts | {"noun": "class" if self._task.implement.is_class else "function"}
            case Raised():
                return self._raised(response, case)
            case Replies(claims) if len(claims) != case.replies:
                return Verdict.INVALID_OUTPUT, "violated", {}
        return None

    def _raised(self, response: Raised, case: Case) -> Finding:
        verdict, cause, facts = endings.raised(response, case.arguments, self._run, self._task.limits)
        if verdict is Verdict.MEMORY_LIMIT:
            return verdict, cause, facts
        doing, expected = case.doing.get(response.instruction, ("", ""))
        facts["note"] = note_of(response, expected)
        if doing:
            facts |= {"doing": doing, "kind": response.kind, "text": response.message, "lines": response.lines}
            return verdict, "raised_doing", facts
        return verdict, cause, facts

    def _defect(self, case: Case, claims: tuple[Claim, ...]) -> Finding | None:
        """What is wrong with the tensors of a case apart from their numbers."""
        return next(filter(None, (_defect_of(item, claims[item.reply]) for item in case.wanted)), None)

    def _mutation(self, case: Case, claims: tuple[Claim, ...]) -> Finding | None:
        """Something that was handed in is not as it was."""
        return self._unmet(replace(case, conditions=[c for c in case.conditions if c.cause == MUTATES]), claims)

    def _unmet(self, case: Case, claims: tuple[Claim, ...]) -> Finding | None:
        for condition in case.conditions:
            if not condition.holds(claims[condition.reply]):
                return (
                    Verdict.FAILED,
                    condition.cause,
                    {**condition.facts(claims[condition.reply]), "note": condition.note},
                )
        return None

    def _numbers(self, answered: Sequence[Answered]) -> Judgement | None:
        """On values alone: of each tensor by itself where one is wrong, else of all of them."""
        found = [*_comparisons(answered)]
        if not found:
            return None
        for what, pairs in groupby(sorted(found, key=lambda pair: _order(found, pair[0])), key=lambda pair: pair[0]):
            judged = self._compared([comparison for _, comparison in pairs])
            if judged.verdict is Verdict.FAILED:
                cause = "wrong_tensor" if judged.cause == "wrong_value" else judged.cause
                return replace(judged, cause=cause, facts={**judged.facts, "what": what})
        judged = self._compared([comparison for _, comparison in found])
        return replace(judged, facts={**judged.facts, "of": len(answered)})

    def _compared(self, comparisons: Sequence[Comparison]) -> Judgement:
        return compared(self._task, self._check.id, self._check.share, tuple(comparisons), listed=False)


def _order(found: Sequence[tuple[str, Comparison]], what: str) -> int:
    return [name for name, _ in found].index(what)


def _comparisons(answered: Sequence[Answered]) -> Iterator[tuple[str, Comparison]]:
    for case, claims in answered:
        for item in case.wanted:
            array = claims[item.reply].array
            assert array is not None
            yield item.what, Comparison(item.point, array)


def _defect_of(item: Wanted, claim: Claim) -> Finding | None:
    shape = item.point.expected.shape
    facts: dict[str, object] = {"what": item.what, "came": claim.description, "shape": shape}
    if claim.form == "none" and item.absent:
        return Verdict.FAILED, "tensor_none", {**facts, "note": item.absent}
    if claim.array is None or claim.array.dtype.kind not in "fiu":
        return Verdict.INVALID_OUTPUT, "tensor_not_numbers", facts
    if claim.array.dtype.kind == "f" and claim.array.dtype.itemsize < 8:
        return Verdict.FAILED, "tensor_float32", {**facts, "came": str(claim.array.dtype), "note": "float32"}
    if claim.array.shape != shape:
        return Verdict.INVALID_OUTPUT, "tensor_shape", {**facts, "came": claim.array.shape}
    if not np.all(np.isfinite(claim.array)):
        bad = int(np.count_nonzero(~np.isfinite(claim.array)))
        return Verdict.INVALID_OUTPUT, "tensor_not_finite", {**facts, "bad": bad, "of": claim.array.size}
    return None


def _is_same(one: tuple[Claim, ...], other: tuple[Claim, ...]) -> bool:
    """Whether the same was replied twice."""
    return len(one) == len(other) and all(
        a.form == b.form
        and (a.array is None) == (b.array is None)
        and (
            a.array is None or b.array is None or np.array_equal(a.array, b.array, equal_nan=a.array.dtype.kind == "f")
        )
        and _is_same(a.elements, b.elements)
        for a, b in zip(one, other, strict=True)
    )
