"""`kind: pytest`: an author's own tests, each a check. They are run beside the student's code, not in this process.

A test that neither passed nor failed by an assertion, nor ended with the student's code, may be at fault itself, or
cannot deal with what that code returned. It is asked of the author's own solution: where that passes, the answer was
the reason, else the author is told, and nobody gets a score. Tests that such a one kept from being run are run again.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks import endings
from grader.checks.endings import Finding
from grader.checks.judgement import Judgement
from grader.domain.assignment import Task
from grader.domain.authored import AuthoredFile
from grader.domain.report import Verdict
from grader.errors import Problem, SpecError
from grader.sandbox.run import AuthoredTests, Ending, Missing, Outcome, Probe, Program, Raised, Run
from reference.bundle import Bundle
from reference.problem import Misconception

_MOST_AGAIN = 3
_FOR_PYTEST = 1.0
"""seconds that the tests have beyond the task's limits, for pytest itself"""
_SEEDS = 1 << 32
_NEARLY = 0.9
"""of its limit: who is stopped before had less left, of what all tests may take together"""


@dataclass(frozen=True)
class AuthoredPlan:
    """Tests to be run on what was handed in, or on the author's own solution."""

    task: Task
    checks: tuple[str, ...]
    on_solution: bool = False
    again: int = 0
    """how often some were run again"""
    seed: int = 0
    probes: tuple[Probe, ...] = ()

    def fitted(self, program: Program) -> Program:
        """The program that runs them."""
        content = _content(self.task)
        tensors = self.task.arguments == "torch"
        own = self.task.limits
        limits = replace(own, wall=own.wall + _FOR_PYTEST, cpu=own.cpu + _FOR_PYTEST)
        tests = AuthoredTests(content.name, self.checks, content.files, limits, tensors, self.seed)
        if not self.on_solution:
            return replace(program, tests=tests)
        units, others = content.solution[:1], content.solution[1:]
        return replace(program, tests=tests, entry=content.entry, units=units, files=others, notebook=False)


def shares(task: Task) -> list[tuple[str, float]]:
    """The test functions, and which part of the task's points each is worth."""
    return [(test.name, test.share) for test in _content(task).tests]


def misconceptions(task: Task) -> tuple[Misconception, ...]:
    """None: what a mistake shows is said by the test."""
    return ()


def alone(task: Task) -> tuple[str, ...]:
    """None: every test has a child of its own anyway."""
    return ()


def plan(task: Task, bundles: Mapping[str, Bundle], rng: np.random.Generator, checks: Container[str]) -> AuthoredPlan:
    """The tests among `checks`."""
    names = tuple(test.name for test in _content(task).tests if test.name in checks)
    return AuthoredPlan(task, names, seed=int(rng.integers(_SEEDS)))


def judge(asked: AuthoredPlan, run: Run) -> list[Judgement]:
    """One judgement for every test; inconclusive where the test itself may be at fault."""
    share = dict(shares(asked.task))
    by_test: dict[str, list[Outcome]] = {name: [] for name in asked.checks}
    for outcome in run.outcomes:
        by_test.get(outcome.test, []).append(outcome)
    judged = [_judged(asked.task, name, share[name], found, run) for name, found in by_test.items()]
    return [replace(item, facts={**item.facts, "on_solution": asked.on_solution}) for item in judged]


def further(asked: AuthoredPlan, judgements: Sequence[Judgement]) -> AuthoredPlan | None:
    """Tests that were not run once more; then those that may be at fault on the author's solution."""
    open_tests = tuple(item.check for item in judgements if item.inconclusive)
    if asked.on_solution or not open_tests:
        return None
    not_run = tuple(item.check for item in judgements if item.inconclusive and not item.facts["of"])
    if not_run and len(not_run) < len(asked.checks) and asked.again < _MOST_AGAIN:
        return replace(asked, checks=not_run, again=asked.again + 1)
    return replace(asked, checks=open_tests, on_solution=True)


def settle(judgements: Sequence[Judgement], more: Sequence[Judgement], task: Task) -> list[Judgement]:
    """What was run again has its judgement. What was open is decided by how the solution fared: raises SpecError where
    it did not pass."""
    latest = {item.check: item for item in more}
    if not any(item.facts["on_solution"] for item in more):
        return [latest.get(item.check, item) for item in judgements]
    faulty = [item for item in more if item.verdict is not Verdict.PASSED]
    if faulty:
        raise SpecError([_fault(item, task) for item in faulty])
    return [
        replace(item, verdict=Verdict.INVALID_OUTPUT, inconclusive=False) if item.check in latest else item
        for item in judgements
    ]


def _fault(item: Judgement, task: Task) -> Problem:
    content = _content(task)
    line = next(test.line for test in content.tests if test.name == item.check)
    what = item.facts.get("text") or item.verdict.value
    text = f"the test `{item.check}` cannot be used, since it does not pass with the author's own solution: {what}"
    return Problem(content.shown, line, 1, text)


def _judged(task: Task, name: str, share: float, outcomes: Sequence[Outcome], run: Run) -> Judgement:
    if run.ending is not Ending.FINISHED:
        return _of(name, share, endings.no_response(run, task.limits), outcomes, run)
    broken = next(
        (found for outcome in outcomes if outcome.run and (found := endings.not_importable(outcome.run))), None
    )
    if broken:
        return _of(name, share, broken, (), run)
    unusable = next((outcome.text for outcome in outcomes if outcome.word == "error"), None)
    if len(outcomes) < max(1, dict(run.cases).get(name, 0)) or unusable is not None:
        text = unusable or run.fault or "it was not collected"
        finding: Finding = (Verdict.SYSTEM_ERROR, "tests.unusable", {"text": text})
        return replace(_of(name, share, finding, outcomes, run), inconclusive=True)
    worst = next((outcome for outcome in outcomes if outcome.word != "passed"), None)
    finding = (Verdict.PASSED, "tests.passed", {}) if worst is None else _finding(worst, task)
    return _of(name, share, finding, outcomes, run)


def _of(name: str, share: float, finding: Finding, outcomes: Sequence[Outcome], run: Run) -> Judgement:
    """With the part of the points that all cases of the test have earned, and how many passed. One that was not run
    has earned nothing."""
    verdict, cause, facts = finding
    cases = max(len(outcomes), dict(run.cases).get(name, 0)) if outcomes else 0
    credit = sum(outcome.credit for outcome in outcomes) / cases if outcomes else 0.0
    if verdict is Verdict.FAILED and credit > 0:
        verdict = Verdict.PARTIAL
    passed = sum(outcome.word == "passed" for outcome in outcomes)
    facts = {**facts, "passed": passed, "of": cases, "earned": credit}
    remark = "tests.cases" if passed < cases > 1 else "tests.earned" if 0 < credit < 1 else None
    return Judgement(name, share, verdict, cause, facts, remark=remark, credit=credit)


def _finding(outcome: Outcome, task: Task) -> Finding:
    if outcome.run is not None and outcome.run.ending is not Ending.FINISHED:
        return _ended(outcome.run, task)
    match outcome.response:
        case Raised() if outcome.word == "raised":
            return _raised(outcome.response, outcome.run, task)
        case Missing() if outcome.word == "raised" and outcome.run:
            return endings.missing(outcome.response, outcome.run)
    if outcome.word == "skipped":
        return Verdict.SKIPPED, "tests.skipped", {"text": outcome.text}
    return Verdict.FAILED, "tests.failed", {"text": outcome.text}


def _ended(run: Run, task: Task) -> Finding:
    if run.ending is Ending.TIME and run.usage.wall < _NEARLY * task.limits.wall:
        return Verdict.TIME_LIMIT, "tests.all_time", {"allowed": task.limits.wall}
    return endings.no_response(run, task.limits)


def _raised(response: Raised, run: Run | None, task: Task) -> Finding:
    if response.kind == "MemoryError" and run is not None:
        return endings.raised(response, (), run, task.limits)
    return Verdict.CRASHED, "exception", {"kind": response.kind, "text": response.message, "lines": response.lines}


def _content(task: Task) -> AuthoredFile:
    assert isinstance(task.content, AuthoredFile)
    return task.content
