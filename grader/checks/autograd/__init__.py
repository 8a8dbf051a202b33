"""`kind: autograd`: the student's code uses PyTorch in its own process; what came of it is compared here, in units.

`rows` lists the checks, `cases` says what one of them is made of, `judging` decides. Nothing here imports torch: all
that is seen are claims about numbers. That a tensor requires a gradient or is a leaf can be claimed as well, so it is
judged by gradients of sums with random factors.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

import numpy as np

from grader.checks.autograd.cases import Asked, Draw, Plan, content_of, planned
from grader.checks.autograd.judging import judge as judge
from grader.checks.autograd.rows import cases
from grader.checks.judgement import Judgement
from grader.checks.values import each_settled, settled
from grader.domain.assignment import Task
from reference.bundle import Bundle
from reference.problem import Misconception, Problem


def shares(task: Task) -> list[tuple[str, float]]:
    """The ids of the task's checks, and which part of its points each is worth."""
    return [(check.id, check.weight / 100) for check in content_of(task).checks]


def alone(task: Task) -> tuple[str, ...]:
    """Checks whose code runs in a child of its own: none."""
    return ()


def misconceptions(task: Task) -> tuple[Misconception, ...]:
    """The wrong answers that the author expects."""
    problem = task.parts.get("")
    return problem.misconceptions if isinstance(problem, Problem) else ()


def plan(task: Task, bundles: Mapping[str, Bundle], rng: np.random.Generator, checks: Container[str]) -> Plan:
    """Draw the points of those that are among `checks` and write the probes."""
    asked = []
    for check in content_of(task).checks:
        if check.id in checks:
            made, spare = cases(task, check.id, Draw(bundles, rng, check.points))
            asked.append(Asked(check.id, check.weight / 100, tuple(made), tuple(spare)))
    return planned(task, asked)


def further(asked: Plan, judgements: Sequence[Judgement]) -> Plan | None:
    """Spare points for the checks that are not decided, None where all are."""
    undecided = {item.check for item in judgements if item.inconclusive}
    left = [replace(check, cases=check.spare, spare=()) for check in asked.checks if check.id in undecided]
    with_spares = [check for check in left if check.cases]
    return planned(asked.task, with_spares) if with_spares else None


def settle(judgements: Sequence[Judgement], more: Sequence[Judgement], task: Task) -> list[Judgement]:
    """The judgements, with those that were open decided by what came at the spare points."""
    return each_settled(judgements, more, task, _settled)


def _settled(item: Judgement, more: Judgement, task: Task) -> Judgement:
    """Too few digits of a derivative come from differences; those of a value have other causes."""
    found = settled(item, more, task)
    if found.note != "finite-difference":
        return found
    is_value = content_of(task).ask in ("detach", "update") or item.check == "forward"
    facts = {**found.facts, "what": item.facts["what"]}
    return replace(found, cause="tensor_approximate", facts=facts, note=None if is_value else found.note)
