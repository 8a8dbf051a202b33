"""`kind: derivative`: call the student's function at drawn points and compare with the expected values, in units."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks import counterexample, endings
from grader.checks.counterexample import SmallCases
from grader.checks.judgement import Judgement, of_finding
from grader.checks.pointwise import GroupPlan, Values, judge_group, probes_of
from grader.checks.values import each_settled
from grader.domain.assignment import Signature, Task
from grader.sandbox.run import Probe, Run
from reference.bundle import Bundle, Point
from reference.points import argument
from reference.problem import Group, Misconception, Problem

_NOT_FINITE = "not_finite"
_FURTHER = 8
"""Points that are asked in addition where the first ones leave it open."""


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


def further(asked: Plan | SmallCases, judgements: Sequence[Judgement]) -> Plan | SmallCases | None:
    """Spare points for the groups that are not decided; then a small case, where one is to be shown."""
    task, problem = asked.task, _problem(asked.task)
    open_groups = {item.check for item in judgements if item.inconclusive}
    if isinstance(asked, Plan) and open_groups:
        groups = [(group.id, group.share, group.spare, ()) for group in asked.groups if group.id in open_groups]
        return _written(task, groups)
    if counterexample.wanted(task, problem, judgements):
        return counterexample.small_cases(task, problem, _values(problem, task.implement))
    return None


def settle(judgements: Sequence[Judgement], more: Sequence[Judgement], task: Task) -> list[Judgement]:
    """The judgements, with those that were open decided by what came at the spare points, or with a small case."""
    if counterexample.is_about_small_cases(more, judgements):
        return counterexample.settled(task, judgements, more)
    return each_settled(judgements, more, task)


def _written(task: Task, asked: Sequence[tuple[str, float, tuple[Point, ...], tuple[Point, ...]]]) -> Plan:
    """The probes for groups of (id, share, points, spare points)."""
    values = _values(_problem(task), task.implement)
    probes: list[Probe] = []
    groups = []
    for name, share, points, spare in asked:
        start = len(probes)
        probes += probes_of(task, task.implement, points, values)
        groups.append(GroupPlan(name, share, task.implement, points, start, len(probes) - 1, spare))
    return Plan(task, tuple(probes), tuple(groups))


def _problem(task: Task) -> Problem:
    assert isinstance(task.content, Problem)
    return task.content


def _values(problem: Problem, function: Signature) -> Values:
    domains = dict(problem.given)
    return lambda point: [argument(point.inputs[name], domains[name]) for name in function.arguments]


def judge(asked: Plan | SmallCases, run: Run) -> list[Judgement]:
    """One judgement for every group; the small case that was found."""
    if isinstance(asked, SmallCases):
        return counterexample.found(asked, _problem(asked.task), run)
    broken = endings.not_importable(run)
    if broken:
        return [of_finding(group.id, group.share, broken) for group in asked.groups]
    found = [judge_group(asked.task, group, run) for group in asked.groups]
    ordinary = {group.id for group in _problem(asked.task).groups if not _is_large(group)}
    if any(item.cause == _NOT_FINITE and item.check in ordinary for item in found):
        return found
    return [replace(item, note="overflow") if item.cause == _NOT_FINITE else item for item in found]


def _is_large(group: Group) -> bool:
    """Whether its points are such that numbers on the way may leave the range of float64, where others do not."""
    return any(word in ("huge", "tiny") for word, _ in group.special)
