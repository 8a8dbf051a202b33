"""Checks that call a student's function at points and compare what it returns with what is right there, in units.

Conditions of every group of points: a numeric float64 answer of the right shape, finite, the same when asked twice,
and the arguments left as they were. Then the value at every point, all or nothing per group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks import replies
from grader.checks.endings import Finding
from grader.checks.judgement import Comparison, Judgement, of_finding
from grader.checks.values import compared
from grader.domain.assignment import Signature, Task
from grader.domain.report import Verdict
from grader.sandbox.run import Claim, Probe, Replies, Response, Run
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
                return of_finding(self._plan.id, self._plan.share, finding)
        claims = [response.claims for response in responses if isinstance(response, Replies)]
        for number, point in enumerate(self._plan.points):
            finding = self._defect(claims[number], point)
            if finding:
                return of_finding(
                    self._plan.id, self._plan.share, finding, self._comparisons([claim[0] for claim in claims[:count]])
                )
        return self._values([claim[0] for claim in claims])

    def _failure(self, response: Response | None) -> Finding | None:
        function = self._plan.function
        return replies.failure(response, 1 + len(function.arguments), self._task, function, self._run)

    def _defect(self, claims: tuple[Claim, ...], point: Point) -> Finding | None:
        """What is wrong with one reply apart from its numbers."""
        answer, shape = claims[0], point.expected.shape
        self._listed = self._listed or answer.form == "list"
        return replies.not_float64(answer, shape) or (
            replies.changed(self._plan.function.arguments, claims[1:])
            or replies.misshapen(self._shaped(answer, shape), shape, self._sizes(point))
        )

    def _shaped(self, answer: Claim, shape: tuple[int, ...]) -> Claim:
        """A number in whatever array of one it may come in."""
        array = answer.array
        if not self._plan.may_be_of_size_one or array is None or array.ndim > 1 or array.size != 1:
            return answer
        return replace(answer, array=array.reshape(shape)) if shape in ((), (1,)) else answer

    def _comparisons(self, answers: list[Claim]) -> tuple[Comparison, ...]:
        pairs = zip(self._plan.points, answers, strict=True)
        kept = ((point, self._shaped(claim, point.expected.shape)) for point, claim in pairs if replies.is_real(claim))
        return tuple(Comparison(point, claim.array) for point, claim in kept if claim.array is not None)

    def _values(self, answers: list[Claim]) -> Judgement:
        *answers, again = answers
        comparisons = self._comparisons(answers)
        repeated = self._shaped(again, comparisons[0].point.expected.shape).array
        if repeated is None or not np.array_equal(repeated, comparisons[0].answer):
            return of_finding(
                self._plan.id, self._plan.share, (Verdict.FAILED, "nondeterministic", {"note": "nondeterministic"})
            )
        return compared(self._task, self._plan.id, self._plan.share, comparisons, self._listed)

    def _sizes(self, point: Point) -> dict[str, tuple[int, ...]]:
        """Shapes of the array arguments at a point, for a message about shapes."""
        arguments = self._plan.function.arguments
        return {name: point.inputs[name].shape for name in arguments if point.inputs[name].shape}
