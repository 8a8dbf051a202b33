"""Laws that hold whatever f is: how often it is called, linearity in the direction, and products that agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.checks.blame import blaming_the_author
from grader.checks.judgement import Judgement
from grader.checks.operators.questions import (
    Answers,
    Question,
    asked,
    opaque,
    operator_of,
    problem_of,
    question,
    size_of,
)
from grader.checks.operators.rows import Check
from grader.domain.assignment import Task
from grader.domain.operators import Cost
from grader.domain.report import Verdict
from reference import language, numeric
from reference.bundle import Point
from reference.schemes import whole
from reference.tolerance import ALLOWED_UNITS, ROUNDING, units

Drawn = Sequence[tuple[str, Point]]
"""points with the program of each"""

_CUT: tuple[tuple[str, str, Callable[[int, int], int]], ...] = (
    ("calls.rebuilt", "calls.swapped", lambda n, m: m),
    ("calls.rebuilt", "calls.swapped", lambda n, m: m + 1),
    ("calls.columns", "calls.swapped", lambda n, m: n),
    ("calls.differences", "calls.swapped", lambda n, m: n + 1),
    ("calls.both-sides", "calls.both-sides", lambda n, m: 2 * n),
    ("calls.entries", "calls.entries", lambda n, m: n * m),
    ("calls.fewer", "calls.one", lambda n, m: 1),
)
"""numbers of calls that tell how the work was cut up: the note where one number is asked for, and where it depends on
the sizes"""


def cost(task: Task, share: float, drawn: Drawn) -> Check:
    """Count the calls of f at points of different sizes."""
    return Check("cost", share, tuple(question(task, program, point) for program, point in drawn), _judge_cost)


def _judge_cost(check: Check, task: Task, given: Answers) -> Judgement:
    law = operator_of(task).cost
    assert law is not None
    if not _is_right(check, task, given):
        return check.found((Verdict.FAILED, "operator.value_first", {"what": "the number of calls"}))
    sizes = [(asked_.x.size, asked_.size) for asked_ in given.questions]
    allowed = [calls_allowed(law, n, m) for n, m in sizes]
    off = [k for k, count in enumerate(given.counts) if count > allowed[k] or (law.exactly and count < allowed[k])]
    facts: dict[str, object] = {"law": law.law, "exactly": law.exactly, "of": len(sizes)}
    if not off:
        return check.passed("operator.cost", facts)
    n, m = sizes[off[0]]
    facts |= {"n": n, "m": m, "calls": given.counts[off[0]], "allowed": allowed[off[0]]}
    note = _pattern(given.counts, sizes, allowed, is_fixed=law.law.isdecimal())
    return check.found((Verdict.FAILED, "operator.calls", {**facts, "note": note}))


def calls_allowed(law: Cost, n: int, m: int) -> int:
    """What a law says for n entries of x and m of f."""
    with np.errstate(all="ignore"), blaming_the_author():
        return whole(law.law, numeric.evaluate(language.parse(law.law), {"n": n, "m": m}, np))


def _pattern(counts: Sequence[int], sizes: Sequence[tuple[int, int]], allowed: Sequence[int], *, is_fixed: bool) -> str:
    """Which mistake gives these numbers of calls at all points."""
    if all(count == most + 1 for count, most in zip(counts, allowed, strict=True)):
        return "calls.extra"
    if all(count == 2 * most for count, most in zip(counts, allowed, strict=True)):
        return "calls.twice"
    for fixed, varying, rule in _CUT:
        if all(count == rule(n, m) for count, (n, m) in zip(counts, sizes, strict=True)):
            return fixed if is_fixed else varying
    return "calls.fewer" if all(c <= most for c, most in zip(counts, allowed, strict=True)) else "calls.more"


def _is_right(check: Check, task: Task, given: Answers) -> bool:
    return check.valued(task, given).verdict in (Verdict.PASSED, Verdict.PARTIAL)


_FACTORS = (0.0, -4.0, 0.125)
"""Products with these are exact, so what is expected is known to the last digit."""


def linearity(task: Task, share: float, drawn: Drawn) -> Check:
    """Ask along the drawn vector, along multiples of it, and along its two halves."""
    questions: list[Question] = []
    for program, point in drawn:
        questions += [question(task, program, point), *_along(task, program, point)]
    return Check("linearity", share, tuple(questions), _judge_linearity)


def _along(task: Task, program: str, point: Point) -> list[Question]:
    problem = problem_of(task, program)
    f, x, v = opaque(task, program, point), point.inputs[problem.wrt], point.inputs[problem.along]
    points = [_scaled(point, factor) for factor in _FACTORS]
    along: list[np.ndarray[Any, Any]] = [np.asarray(factor * v) for factor in _FACTORS]
    halves = [np.where(np.arange(v.size).reshape(v.shape) % 2 == k, v, 0.0) for k in (0, 1)]
    pairs = [*zip(along, points, strict=True), *((half, point) for half in halves)]
    return [asked(task, f, [x, vector], held, size_of(problem, point)) for vector, held in pairs]


def _scaled(point: Point, factor: float) -> Point:
    size = abs(factor)
    return replace(point, expected=factor * point.expected, base=size * point.base, error=size * point.error)


def _judge_linearity(check: Check, task: Task, given: Answers) -> Judgement:
    each = 3 + len(_FACTORS)
    for start in range(0, len(given.arrays), each):
        plain, zero, minus, eighth, even, odd = given.arrays[start : start + each]
        points = [asked_.point for asked_ in given.questions[start : start + each]]
        if not _near(plain, points[0]):
            return check.found((Verdict.FAILED, "operator.value_first", {"what": "linearity"}))
        if not _near(zero, points[1]):
            return check.found((Verdict.FAILED, "operator.zero", {"note": "direction.zero"}))
        if not (_near(minus, points[2]) and _near(eighth, points[3]) and _near(even + odd, points[0])):
            return check.found((Verdict.FAILED, "operator.nonlinear", {"note": "direction.nonlinear"}))
    return check.passed("operator.linear", {"of": len(given.arrays) // each})


def _near(answer: np.ndarray[Any, Any], point: Point) -> bool:
    return units(answer.astype(np.float64), point.expected, point.unit) <= ALLOWED_UNITS


def adjoint(task: Task, share: float, drawn: Drawn, rng: np.random.Generator) -> Check:
    """Ask the vjp and its partner, the jvp, about the same f at the same x."""
    questions: list[Question] = []
    for program, point in drawn:
        problem = problem_of(task, program)
        x, u = point.inputs[problem.wrt], point.inputs[problem.along]
        v = rng.standard_normal(x.shape)
        # Its shape is all that is known of what the partner is to answer.
        other = replace(point, inputs={**point.inputs, "direction": np.asarray(v)}, expected=np.zeros(u.shape))
        partner = operator_of(task).partner
        questions += [
            question(task, program, point),
            asked(task, opaque(task, program, point), [x, np.asarray(v)], other, u.size, partner),
        ]
    return Check("adjoint", share, tuple(questions), _judge_adjoint)


def _judge_adjoint(check: Check, task: Task, given: Answers) -> Judgement:
    for k in range(0, len(given.arrays), 2):
        pulled, pushed = given.arrays[k : k + 2]
        point, other = given.questions[k].point, given.questions[k + 1].point
        u = _cotangent(task, point)
        v = other.inputs["direction"]
        expected, unit = _paired(point, v)
        by_vjp, by_jvp = float(np.sum(pulled * v)), float(np.sum(u * pushed))
        facts: dict[str, object] = {"vjp": by_vjp, "jvp": by_jvp, "partner": operator_of(task).partner}
        if abs(by_vjp - expected) > ALLOWED_UNITS * unit:
            return check.found(
                (Verdict.FAILED, "operator.adjoint", {**facts, "culprit": task.implement.name, "note": "adjoint"})
            )
        if abs(by_jvp - expected) > ALLOWED_UNITS * unit:
            return check.found(
                (Verdict.FAILED, "operator.adjoint", {**facts, "culprit": operator_of(task).partner, "note": "adjoint"})
            )
    return check.passed("operator.adjoints", {"of": len(given.arrays) // 2, "partner": operator_of(task).partner})


def _cotangent(task: Task, point: Point) -> np.ndarray[Any, Any]:
    (name,) = {problem_of(task, program).along for program in operator_of(task).tried}
    return point.inputs[name]


def _paired(point: Point, v: np.ndarray[Any, Any]) -> tuple[float, float]:
    """(J^T u) . v and its unit: that of every entry, and one rounding of every product."""
    size = float(np.sum(np.abs(point.expected * v)))
    return float(np.sum(point.expected * v)), float(np.sum(point.unit * np.abs(v))) + ROUNDING * size
