"""`kind: autodiff`: the student's class of numbers is put through operations, programs and graphs.

Conditions of every check: numbers come back, finite ones, operands are left as they were, and values are right. Then
the derivatives, all or nothing for each check. An approximation earns nothing: where one is suspected, further samples
are asked for, and derivatives that are not linear in the one that arrives are none.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks import endings
from grader.checks.autodiff import closer, descents, tape
from grader.checks.autodiff.answers import forbidden, read, without_numbers
from grader.checks.autodiff.drawing import content, draw
from grader.checks.autodiff.judging import judged, settled_derivatives, telling
from grader.checks.autodiff.samples import Answer, Sample
from grader.checks.endings import Finding
from grader.checks.judgement import Comparison, Judgement, of_finding
from grader.checks.values import each_settled
from grader.domain.assignment import Task
from grader.domain.autodiff import ALONE, RANDOM_WORD, SIZED_WORDS, TAPE
from grader.sandbox.run import Ending, Probe, Run
from reference.bundle import Bundle
from reference.problem import Misconception


@dataclass(frozen=True)
class CheckPlan:
    """One check: its samples, and where their probes begin."""

    id: str
    share: float
    samples: tuple[Sample, ...]
    first_probe: int
    spare: tuple[Sample, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What is asked about some checks of a task."""

    task: Task
    probes: tuple[Probe, ...]
    checks: tuple[CheckPlan, ...]
    looks: tuple[closer.Look, ...] = ()
    """at samples of checks that are decided"""


def shares(task: Task) -> list[tuple[str, float]]:
    """The ids of the task's checks, and which part of its points each is worth."""
    asked = content(task)
    graphs = [check.word for check in asked.graphs] + [TAPE] * bool(asked.tape)
    families = {"ops": asked.ops, "programs": tuple(asked.programs), "graphs": tuple(graphs)}
    return [(check, asked.weights[name] / len(checks)) for name, checks in families.items() for check in checks]


def misconceptions(task: Task) -> tuple[Misconception, ...]:
    """The wrong answers that the author expects: none are written in tasks of this kind."""
    return ()


def alone(task: Task) -> tuple[str, ...]:
    """Checks whose code runs in a child of its own: those that are large."""
    return tuple(check for check, _ in shares(task) if check in ALONE)


def plan(
    task: Task, bundles: Mapping[str, Bundle], rng: np.random.Generator, checks: Container[str]
) -> Plan | tape.TapePlan:
    """Draw the samples of these checks."""
    asked = [(check, share) for check, share in shares(task) if check in checks]
    if [check for check, _ in asked] == [TAPE]:
        return tape.TapePlan(task, asked[0][1])
    return _written(task, [(check, share, *draw(task, check, bundles, rng)) for check, share in asked])


def _written(task: Task, asked: Sequence[tuple[str, float, tuple[Sample, ...], tuple[Sample, ...]]]) -> Plan:
    probes: list[Probe] = []
    plans = []
    for check, share, samples, spare in asked:
        plans.append(CheckPlan(check, share, samples, len(probes), spare))
        probes += [sample.probe for sample in samples]
    return Plan(task, tuple(probes), tuple(plans))


def _with_looks(asked: Plan, looks: Sequence[closer.Look]) -> Plan:
    probes = [*asked.probes]
    placed = []
    for look in looks:
        placed.append(replace(look, first_probe=len(probes)))
        probes += closer.probes(asked.task, look)
    return replace(asked, probes=tuple(probes), looks=tuple(placed))


def judge(asked: Plan | tape.TapePlan, run: Run) -> list[Judgement]:
    """One judgement for every check."""
    broken = _not_importable(asked.task, run)
    if isinstance(asked, tape.TapePlan):
        return [of_finding(TAPE, asked.share, broken) if broken else tape.measured(asked, run)]
    if broken:
        return [of_finding(check.id, check.share, broken) for check in asked.checks]
    found = []
    # Operations come first: what is right there is not to blame for what is wrong in a program.
    known: dict[str, bool] = {}
    for check in asked.checks:
        is_operation = check.id in content(asked.task).ops
        judgement = _judged(asked.task, check, run, {} if is_operation else known)
        if is_operation:
            known[check.id] = judgement.credit > 0 or judgement.inconclusive
        found.append(judgement)
    return found + [closer.judged(asked.task, look, run) for look in asked.looks]


def _not_importable(task: Task, run: Run) -> Finding | None:
    broken = endings.not_importable(run)
    return broken and (forbidden(task, str(broken[2]["kind"]), str(broken[2]["text"])) or broken)


def _judged(task: Task, check: CheckPlan, run: Run, known: Mapping[str, bool]) -> Judgement:
    answers: list[Answer] = []
    broken: Finding | None = None
    for number, sample in enumerate(check.samples, check.first_probe):
        came = read(task, sample, run.responses[number], run)
        if not isinstance(came, Answer) and sample.stress:
            came = without_numbers(sample)
        if isinstance(came, Answer):
            answers.append(came)
        else:
            broken = broken or came
    if broken:
        # Shapes that do not fit raise; where they do fit, the numbers tell what is wrong.
        seen = telling(answers, known) if content(task).tensors else ()
        return of_finding(check.id, check.share, _endless(check.id, _doubted(broken, seen), run), seen)
    judgement = judged(task, check.id, check.share, answers, known)
    if check.id in content(task).descents:
        judgement = descents.told(judgement)
    if judgement.inconclusive and not check.spare:
        return replace(judgement, inconclusive=False, note="finite-difference")
    return judgement


def _doubted(finding: Finding, seen: Sequence[Comparison]) -> Finding:
    """It is not for large numbers alone that something is infinite, where small ones are wrong already."""
    verdict, cause, facts = finding
    is_told = facts.get("note") == "overflow" and seen
    return (verdict, cause, {**facts, "note": None}) if is_told else finding


def _endless(check: str, finding: Finding, run: Run) -> Finding:
    """A graph that is not finished in time is walked along every path."""
    verdict, cause, facts = finding
    if check in (*SIZED_WORDS, RANDOM_WORD) and run.ending in (Ending.TIME, Ending.CPU, Ending.MEMORY):
        return verdict, cause, {**facts, "note": "exponential-traversal"}
    return finding


def further(asked: Plan | tape.TapePlan, judgements: Sequence[Judgement]) -> Plan | tape.TapePlan | None:
    """Spare samples for the checks that are not decided, and once a closer look at what was wrong."""
    if isinstance(asked, tape.TapePlan):
        return tape.following(asked, judgements)
    undecided = {item.check for item in judgements if item.inconclusive}
    again = [
        (check.id, check.share, check.spare, ()) for check in asked.checks if check.id in undecided and check.spare
    ]
    looks = [] if asked.looks else closer.looks(asked.task, judgements)
    return _with_looks(_written(asked.task, again), looks) if again or looks else None


def settle(judgements: Sequence[Judgement], more: Sequence[Judgement], task: Task) -> list[Judgement]:
    """The judgements, with those that were open decided by what came at the spare samples."""
    return each_settled(judgements, more, task, _settled)


def _settled(first: Judgement, more: Judgement, task: Task) -> Judgement:
    if first.check == TAPE:
        return tape.combined(first, more, task)
    if more.cause == closer.CAUSE:
        return replace(first, picture=more.picture)
    return replace(settled_derivatives(first, more, task), share=first.share)
