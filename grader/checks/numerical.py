"""`kind: numerical`: the student's function differentiates f, which it may only call; every call is answered outside.

The values of each program are compared with the quotient that the scheme gives at the same place with the same step;
the method is judged by where f was looked at, how often, and how fast the error falls when the step is halved.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks import endings, methods, positions, replies
from grader.checks.endings import Finding
from grader.checks.judgement import Comparison, Judgement, of_finding
from grader.checks.quotients import Answered, Asked, Draw, halvings, probe_of
from grader.checks.stepsize import error_against_step
from grader.checks.values import compared
from grader.domain.assignment import Task
from grader.domain.pictures import Picture
from grader.domain.report import Verdict
from grader.errors import AuthorFault
from grader.sandbox.run import Probe, Replies, Run
from reference.bundle import Bundle, Point
from reference.differencing import quotient, rounding
from reference.problem import Misconception
from reference.schemes import Differencing
from reference.tolerance import ALLOWED_UNITS

_WEIGHTS = {"scheme": 30.0, "order": 20.0, "evaluations": 10.0}
_PROGRAMS_WEIGHT = 40.0
_ORDER_UNSEEN = (
    "task `{task}`: at no point of its programs does a right answer show the order {order:g}; is it the order of the "
    "scheme, and has f higher derivatives that are not zero?"
)
_NO_GREY = 16 * ALLOWED_UNITS
"""A separation with which nothing lies between right and wrong: a quotient is right but for rounding, or it is not."""


@dataclass(frozen=True)
class CheckPlan:
    """One check and the calls that it is judged by."""

    id: str
    share: float
    asked: tuple[Asked, ...]
    first_probe: int


@dataclass(frozen=True)
class Plan:
    """All that is asked of one task's function in one child."""

    task: Task
    probes: tuple[Probe, ...]
    checks: tuple[CheckPlan, ...]


def _content(task: Task) -> Differencing:
    assert isinstance(task.content, Differencing)
    return task.content


def shares(task: Task) -> list[tuple[str, float]]:
    """The ids of the task's checks, and which part of its points each is worth."""
    content = _content(task)
    weights = {check: _WEIGHTS.get(check, _PROGRAMS_WEIGHT / len(content.programs)) for check in content.checks}
    return [(check, weight / sum(weights.values())) for check, weight in weights.items()]


def misconceptions(task: Task) -> tuple[Misconception, ...]:
    """None beside those that everybody may have."""
    return ()


def alone(task: Task) -> tuple[str, ...]:
    """Checks whose code runs in a child of its own: none."""
    return ()


def further(asked: Plan, judgements: Sequence[Judgement]) -> Plan | None:
    """Nothing is left open."""
    return None


def settle(judgements: Sequence[Judgement], more: Sequence[Judgement], task: Task) -> list[Judgement]:
    """Nothing was left open."""
    return [*judgements]


def plan(task: Task, bundles: Mapping[str, Bundle], rng: np.random.Generator, checks: Container[str]) -> Plan:
    """Draw points and steps for those of the checks that are asked about."""
    content, signature = _content(task), task.implement
    draw = Draw(content, bundles, rng)
    probes: list[Probe] = []
    plans = []
    for check, share in shares(task):
        if check in checks:
            asked = tuple(draw.for_check(check))
            if not asked:
                raise AuthorFault(_ORDER_UNSEEN.format(task=task.id, order=content.order))
            plans.append(CheckPlan(check, share, asked, len(probes)))
            probes += [probe_of(content, one, signature.name, signature.arguments) for one in asked]
    return Plan(task, tuple(probes), tuple(plans))


def judge(asked: Plan, run: Run) -> list[Judgement]:
    """One judgement for every check."""
    broken = endings.not_importable(run)
    if broken:
        return [of_finding(check.id, check.share, broken) for check in asked.checks]
    came = {check.id: _came(asked.task, check, run) for check in asked.checks}
    every = [one for found in came.values() for one in found if isinstance(one, Answered)]
    with np.errstate(all="ignore"):  # the numbers are the student's
        return [_judged(asked.task, check, came[check.id], every) for check in asked.checks]


def _came(task: Task, check: CheckPlan, run: Run) -> list[Answered | Finding]:
    """What came of the calls of a check, one by one."""
    return [_answered(task, asked, run, probe) for probe, asked in enumerate(check.asked, check.first_probe)]


def _judged(task: Task, check: CheckPlan, came: list[Answered | Finding], every: list[Answered]) -> Judgement:
    """`every` is what came of all calls in this child: a method is one only if it is used each time."""
    answered = [one for one in came if isinstance(one, Answered)]
    for finding in came:
        if not isinstance(finding, Answered):
            return of_finding(check.id, check.share, finding)
    content = _content(task)
    if not all(one.calls for one in answered):
        return of_finding(check.id, check.share, (Verdict.FAILED, "never_evaluated", {}))
    if check.id not in _METHODS:
        return _values(task, check, answered)
    verdict, cause, facts = _METHODS[check.id](content, answered if check.id == "order" else every)
    if verdict is Verdict.PASSED and not methods.is_about_f(content, answered):
        return of_finding(check.id, check.share, (Verdict.FAILED, "not_about_f", facts))
    made = of_finding(check.id, check.share, (verdict, cause, facts))
    if check.id == "order" and verdict is not Verdict.PASSED:
        return replace(made, picture=_of_halvings(content, answered))
    return made


def _of_halvings(content: Differencing, answered: list[Answered]) -> Picture | None:
    levels = halvings(answered)[0]
    return error_against_step(content.scheme, [(one, one.asked.step or 0.0) for one in levels])


_METHODS: dict[str, Callable[[Differencing, list[Answered]], Finding]] = {
    "scheme": methods.scheme_used,
    "order": methods.order_reached,
    "evaluations": methods.too_often,
}


def _answered(task: Task, asked: Asked, run: Run, probe: int) -> Answered | Finding:
    """What came of a call, or the first condition that it does not meet."""
    response, variable, shape = run.responses[probe], _content(task).variable, asked.x.shape
    finding = replies.failure(response, 2, task, task.implement, run)
    if finding or not isinstance(response, Replies):
        return finding or endings.no_response(run, task.limits)
    answer, unchanged = response.claims
    finding = (
        replies.not_float64(answer, shape)
        or replies.changed((variable,), (unchanged,))
        or replies.misshapen(answer, shape, {variable: shape} if shape else {})
    )
    if finding or answer.array is None:
        return finding or endings.no_response(run, task.limits)
    return Answered(asked, answer.array.astype(np.float64), run.calls[probe], answer.form == "list")


def _values(task: Task, check: CheckPlan, answered: list[Answered]) -> Judgement:
    content = _content(task)
    if not content.has_quotient and content.step == "given":
        return of_finding(check.id, check.share, methods.converges(answered))
    *asked, again = answered
    if not np.array_equal(again.value, asked[0].value):
        return of_finding(check.id, check.share, (Verdict.FAILED, "nondeterministic", {"note": "nondeterministic"}))
    if content.step == "chosen":
        return _close_enough(content, check, asked)
    comparisons = tuple(Comparison(_by_scheme(content.scheme, one.asked), one.value) for one in asked)
    return compared(task, check.id, check.share, comparisons, listed=any(one.listed for one in asked))


def _close_enough(content: Differencing, check: CheckPlan, asked: list[Answered]) -> Judgement:
    made = of_finding(check.id, check.share, methods.close_enough(content, asked))
    if made.verdict is Verdict.PASSED:
        return made
    one = max(asked, key=methods.relative_error)
    taken = positions.steps(positions.moves(one.calls, one.asked.x))
    return replace(made, picture=error_against_step(content.scheme, [(one, step) for step in sorted(taken)[:1]]))


def _by_scheme(scheme: str, asked: Asked) -> Point:
    """The point with what the scheme gives there, and what rounding does to that."""
    assert asked.step is not None
    expected = quotient(scheme, asked.f, asked.x, asked.step)
    unit = rounding(asked.f, asked.x, asked.step, expected)
    wrong = {"step.undivided": expected * asked.step * (2 if scheme == "central" else 1)}
    if scheme == "central":
        wrong["step.distance"] = 2 * expected
    nothing = np.zeros_like(unit)
    return replace(asked.point, expected=expected, base=unit, error=nothing, separation=_NO_GREY, wrong=wrong)
