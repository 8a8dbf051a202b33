"""Checks that call a student's function at points and compare what it returns with what is right there, in units.

Conditions of every group of points: a numeric float64 answer of the right shape, finite, the same when asked twice,
and the arguments left as they were. Then the value at every point, all or nothing per group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.checks import endings
from grader.checks.endings import Finding
from grader.checks.judgement import Comparison, Judgement
from grader.checks.values import compared
from grader.domain.assignment import Signature, Task
from grader.domain.report import Verdict
from grader.sandbox.run import Claim, Missing, Probe, Raised, Replies, Response, Run
from reference.bundle import Point
from reference.points import Array

Values = Callable[[Point], Sequence[float | Array]]
"""what the function is called with at a point"""


@dataclass(frozen=True)
class GroupPlan:
    """Points of a group and which probes ask about them; `again` repeats the first one."""

    id: str
    share: float
    function: Signature
    points: tuple[Point, ...]
    first_probe: int
    again: int
    spare: tuple[Point, ...] = ()
    """further points, for answers that are neither right nor wrong beyond doubt"""
    may_be_of_size_one: bool = False
    """whether a number may come as an array of one"""


def probes_of(task: Task, function: Signature, points: Sequence[Point], values: Values) -> list[Probe]:
    """One probe a point, and the first point once more: a result that depends on earlier calls shows there."""
    return [_probe(task, function, values(point)) for point in (*points, points[0])]


def _probe(task: Task, function: Signature, values: Sequence[float | Array]) -> Probe:
    """Call the function, reply its value, and whether its arguments are as they were."""
    probe: Probe = [[kind_of(task, value), value] for value in values]
    slots = list(range(len(values)))
    probe += [["name", function.name], ["call", len(slots), *slots], ["reply", len(slots) + 1]]
    return [*probe, *(["unchanged", slot] for slot in slots)]


def kind_of(task: Task, value: float | Array) -> str:
    """The instruction that makes an argument."""
    return "tensor" if task.arguments == "torch" and isinstance(value, np.ndarray) else "constant"


def judge_group(task: Task, group: GroupPlan, run: Run) -> Judgement:
    """The judgement on one group: the first condition that fails decides; values are compared at all points."""
    return _Group(task, group, run).judge()


class _Group:
    def __init__(self, task: Task, group: GroupPlan, run: Run) -> None:
        self._task = task
        self._plan = group
        self._run = run
        self._listed = False

    def judge(self) -> Judgement:
        count = len(self._plan.points)
        responses = self._run.responses[self._plan.first_probe : self._plan.again + 1]
        for response in responses:
            finding = self._failure(response)
            if finding:
                return self._as_judgement(finding)
        claims = [response.claims for response in responses if isinstance(response, Replies)]
        for number, point in enumerate(self._plan.points):
            finding = self._defect(claims[number], point)
            if finding:
                return self._as_judgement(finding, self._comparisons([claim[0] for claim in claims[:count]]))
        return self._values([claim[0] for claim in claims])

    def _as_judgement(self, finding: Finding, comparisons: tuple[Comparison, ...] = ()) -> Judgement:
        verdict, cause, facts = finding
        note = str(facts["note"]) if "note" in facts else None
        return Judgement(self._plan.id, self._plan.share, verdict, cause, facts, note, comparisons=comparisons)

    def _failure(self, response: Response | None) -> Finding | None:
        arguments = self._plan.function.arguments
        return failure(response, 1 + len(arguments), arguments, self._run, self._task)

    def _defect(self, claims: tuple[Claim, ...], point: Point) -> Finding | None:
        """What is wrong with one reply apart from its numbers."""
        answer = claims[0]
        shape = point.expected.shape
        finding = not_float64(answer, shape) or changed(self._plan.function.arguments, claims[1:])
        if finding or answer.array is None:
            return finding
        if self._shaped(answer.array, shape).shape != shape:
            facts = {"came": answer.array.shape, "shape": shape, "sizes": self._sizes(point)}
            return Verdict.INVALID_OUTPUT, "shape", facts
        if not np.all(np.isfinite(answer.array)):
            bad = int(np.count_nonzero(~np.isfinite(answer.array)))
            return Verdict.INVALID_OUTPUT, "not_finite", {"bad": bad, "of": answer.array.size}
        self._listed = self._listed or answer.form == "list"
        return None

    def _shaped(self, array: np.ndarray[Any, Any], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
        """A number in whatever array of one it may come in."""
        is_number = array.size == 1 and int(np.prod(shape)) == 1 and array.ndim <= 1
        return array.reshape(shape) if self._plan.may_be_of_size_one and is_number else array

    def _comparisons(self, answers: list[Claim]) -> tuple[Comparison, ...]:
        pairs = zip(self._plan.points, answers, strict=True)
        kept = ((point, claim.array) for point, claim in pairs if is_real(claim))
        return tuple(
            Comparison(point, self._shaped(array, point.expected.shape)) for point, array in kept if array is not None
        )

    def _values(self, answers: list[Claim]) -> Judgement:
        *answers, again = answers
        comparisons = self._comparisons(answers)
        first = comparisons[0]
        if again.array is None or not np.array_equal(
            self._shaped(again.array, first.point.expected.shape), first.answer
        ):
            return self._as_judgement((Verdict.FAILED, "nondeterministic", {"note": "nondeterministic"}))
        return compared(self._task, self._plan.id, self._plan.share, comparisons, self._listed)

    def _sizes(self, point: Point) -> dict[str, Any]:
        """Shapes of the array arguments at a point, for a message about shapes."""
        arguments = self._plan.function.arguments
        return {name: point.inputs[name].shape for name in arguments if point.inputs[name].shape}


def failure(
    response: Response | None, replies: int, arguments: tuple[str, ...], run: Run, task: Task
) -> Finding | None:
    """Why nothing came that could be looked at, if so."""
    match response:
        case None:
            return endings.no_response(run, task.limits)
        case Missing():
            return endings.missing(response, run)
        case Raised():
            return endings.raised(response, arguments, run, task.limits)
        case Replies(claims) if len(claims) != replies:
            return Verdict.INVALID_OUTPUT, "violated", {}
    return None


def not_float64(answer: Claim, shape: tuple[int, ...]) -> Finding | None:
    """That an answer is no numbers, or has too few digits."""
    if answer.array is None or not is_real(answer):
        return Verdict.INVALID_OUTPUT, "not_numbers", {"came": answer.description, "shape": shape}
    if answer.array.dtype.kind == "f" and answer.array.dtype.itemsize < 8:
        return Verdict.FAILED, "float32", {"came": str(answer.array.dtype), "note": "float32"}
    return None


def changed(arguments: Sequence[str], claims: Sequence[Claim]) -> Finding | None:
    """That a function changed what it was called with."""
    names = [name for name, claim in zip(arguments, claims, strict=True) if not says_yes(claim)]
    return (Verdict.FAILED, "mutates_input", {"names": names, "note": "mutates-input"}) if names else None


def is_real(claim: Claim) -> bool:
    """Whether it is real numbers."""
    return claim.array is not None and claim.array.dtype.kind in "fiu"


def says_yes(claim: Claim) -> bool:
    """Whether it is true, as far as it can be asked."""
    return claim.array is not None and bool(np.all(claim.array == 1))
