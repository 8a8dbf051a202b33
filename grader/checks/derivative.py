"""`kind: derivative`: call the student's function at drawn points and compare with the expected values, in units.

Conditions of every group: a numeric float64 answer of the right shape, finite, the same when asked twice, and the
arguments left as they were. Then the value at every point, all or nothing per group.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks import endings, replies
from grader.checks.endings import Finding
from grader.checks.judgement import Comparison, Judgement
from grader.checks.values import compared, settled
from grader.domain.assignment import Task
from grader.domain.report import Verdict
from grader.sandbox.run import Claim, Probe, Replies, Response, Run
from reference.bundle import Bundle, Point
from reference.points import Array, argument
from reference.problem import Misconception, Problem

_FURTHER = 8
"""Points that are asked in addition where the first ones leave it open."""


@dataclass(frozen=True)
class GroupPlan:
    """Points of a group and which probes ask about them; `again` repeats the first one."""

    id: str
    share: float
    points: tuple[Point, ...]
    first_probe: int
    again: int
    spare: tuple[Point, ...] = ()
    """further points, for answers that are neither right nor wrong beyond doubt"""


@dataclass(frozen=True)
class Plan:
    """All that is asked of one task's function, and what is needed to judge the replies."""

    task: Task
    probes: tuple[Probe, ...]
    groups: tuple[GroupPlan, ...]


def shares(task: Task) -> list[tuple[str, float]]:
    """The ids of the task's checks, and which part of its points each is worth."""
    return [(group.id, group.weight / 100) for group in _problem(task).groups]


def misconceptions(task: Task) -> tuple[Misconception, ...]:
    """The wrong answers that the author expects."""
    return _problem(task).misconceptions


def alone(task: Task) -> tuple[str, ...]:
    """Checks whose code runs in a child of its own: none."""
    return ()


def plan(task: Task, bundles: Mapping[str, Bundle], rng: np.random.Generator, checks: Container[str]) -> Plan:
    """Draw the points of the groups that are among `checks` and write the probes."""
    asked = []
    for group in (group for group in _problem(task).groups if group.id in checks):
        points = tuple(bundles[""].draw(group.id, group.points + _FURTHER, rng))
        asked.append((group.id, group.weight / 100, points[: group.points], points[group.points :]))
    return _written(task, asked)


def further(asked: Plan, judgements: Sequence[Judgement]) -> Plan | None:
    """Spare points for the groups that are not decided, None where all are."""
    open_groups = {item.check for item in judgements if item.inconclusive}
    groups = [(group.id, group.share, group.spare, ()) for group in asked.groups if group.id in open_groups]
    return _written(asked.task, groups) if groups else None


def settle(judgements: Sequence[Judgement], more: Sequence[Judgement], task: Task) -> list[Judgement]:
    """The judgements, with those that were open decided by what came at the spare points."""
    later = {item.check: item for item in more}
    return [settled(item, later[item.check], task) if item.check in later else item for item in judgements]


def _written(task: Task, asked: Sequence[tuple[str, float, tuple[Point, ...], tuple[Point, ...]]]) -> Plan:
    """The probes for groups of (id, share, points, spare points)."""
    problem = _problem(task)
    probes: list[Probe] = []
    groups = []
    for name, share, points, spare in asked:
        start = len(probes)
        probes += [_probe(task, problem, point) for point in points]
        # The first point once more, after all others: a result that depends on earlier calls shows here.
        probes.append(_probe(task, problem, points[0]))
        groups.append(GroupPlan(name, share, points, start, len(probes) - 1, spare))
    return Plan(task, tuple(probes), tuple(groups))


def _problem(task: Task) -> Problem:
    assert isinstance(task.content, Problem)
    return task.content


def _probe(task: Task, problem: Problem, point: Point) -> Probe:
    """Call the function, reply its value, and whether its arguments are as they were."""
    domains = dict(problem.given)
    values = [argument(point.inputs[name], domains[name]) for name in task.implement.arguments]
    probe: Probe = [[_kind(task, value), value] for value in values]
    slots = list(range(len(values)))
    probe += [["name", task.implement.name], ["call", len(slots), *slots], ["reply", len(slots) + 1]]
    return [*probe, *(["unchanged", slot] for slot in slots)]


def _kind(task: Task, value: float | Array) -> str:
    return "tensor" if task.arguments == "torch" and isinstance(value, np.ndarray) else "constant"


def judge(asked: Plan, run: Run) -> list[Judgement]:
    """One judgement for every group."""
    broken = endings.not_importable(run)
    if broken:
        verdict, cause, facts = broken
        return [Judgement(group.id, group.share, verdict, cause, facts) for group in asked.groups]
    return [_Group(asked.task, group, run).judge() for group in asked.groups]


class _Group:
    """Judges one group: the first condition that fails decides; values are compared at all points."""

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
        signature = self._task.implement
        return replies.failure(response, 1 + len(signature.arguments), self._task, signature, self._run)

    def _defect(self, claims: tuple[Claim, ...], point: Point) -> Finding | None:
        """What is wrong with one reply apart from its numbers."""
        answer = claims[0]
        self._listed = self._listed or answer.form == "list"
        return replies.not_float64(answer, point.expected.shape) or (
            replies.changed(self._task.implement.arguments, claims[1:])
            or replies.misshapen(answer, point.expected.shape, _sizes(self._task, point))
        )

    def _comparisons(self, answers: list[Claim]) -> tuple[Comparison, ...]:
        pairs = zip(self._plan.points, answers, strict=True)
        kept = ((point, claim.array) for point, claim in pairs if replies.is_real(claim))
        return tuple(Comparison(point, array) for point, array in kept if array is not None)

    def _values(self, answers: list[Claim]) -> Judgement:
        *answers, again = answers
        comparisons = self._comparisons(answers)
        if again.array is None or not np.array_equal(again.array, comparisons[0].answer):
            return self._as_judgement((Verdict.FAILED, "nondeterministic", {"note": "nondeterministic"}))
        return compared(self._task, self._plan.id, self._plan.share, comparisons, self._listed)


def _sizes(task: Task, point: Point) -> dict[str, tuple[int, ...]]:
    """Shapes of the array arguments at a point, for a message about shapes."""
    return {name: point.inputs[name].shape for name in task.implement.arguments if point.inputs[name].shape}
