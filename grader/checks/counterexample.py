"""A small case, worked out by hand in minutes, in which a student's answer is wrong: on request of the author.

The points are fresh ones of the smallest sizes with short numbers, none of those that earn; what is right there is
computed when they are asked, and is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks import replies
from grader.checks.judgement import Judgement
from grader.checks.pointwise import Values, probes_of
from grader.domain.assignment import Task, Visibility
from grader.domain.report import Verdict
from grader.sandbox.run import Probe, Replies, Run
from reference.bundle import Point
from reference.domains import Domain
from reference.points import Array
from reference.problem import Problem

_CANDIDATES = 12
_WRONG = 1e-6
"""relative to the largest entry: at points of ordinary size no rounding comes near it"""
_LONGEST = 160
"""characters of a sentence that are still read"""


@dataclass(frozen=True)
class SmallCases:
    """What is asked to find one, the smallest first."""

    task: Task
    probes: tuple[Probe, ...]
    points: tuple[Point, ...]


def wanted(task: Task, problem: Problem, judgements: Sequence[Judgement]) -> bool:
    """Whether one is to be looked for: a check that everybody may see has wrong values, and nothing was asked yet."""
    asked = any("small" in item.facts for item in judgements)
    return problem.counterexample and not asked and any(_is_wrong(task, item) for item in judgements)


def _is_wrong(task: Task, item: Judgement) -> bool:
    return item.cause == "wrong_value" and task.visibility[item.check] is Visibility.VISIBLE


def small_cases(task: Task, problem: Problem, values: Values) -> SmallCases:
    """Candidates, always the same for one task."""
    rng = np.random.default_rng(0)
    sizes = _least(problem)
    points = [_point(problem, sizes, rng, digits) for digits in (0, 1) for _ in range(_CANDIDATES // 2)]
    points.sort(key=lambda point: sum(len(f"{value:g}") for array in point.inputs.values() for value in array.flat))
    return SmallCases(task, tuple(probes_of(task, task.implement, points, values)), tuple(points))


def _least(problem: Problem) -> dict[str, int]:
    """The smallest sizes, each different from the others where its range allows it, and none of them one if it may be
    more: a row is then no column."""
    taken: dict[str, int] = {}
    for name, (low, high) in problem.dims:
        free = [size for size in range(max(low, min(2, high)), high + 1) if size not in taken.values()]
        taken[name] = free[0] if free else low
    return taken


def _point(problem: Problem, sizes: dict[str, int], rng: np.random.Generator, digits: int) -> Point:
    inputs = {name: _short(domain, domain.draw(np, rng, sizes), digits) for name, domain in problem.given}
    nothing = np.zeros(())
    return Point(inputs, nothing, nothing, nothing, 0.0, {})


def _short(domain: Domain, values: Array, digits: int) -> Array:
    """With few digits, where what was promised of the values does not break by it."""
    if domain.structure is not None and not domain.structure[0].keeps_entries:
        return values
    whole = domain.entries[0].name in ("normal", "integer")
    return np.asarray(np.round(values, digits if whole else 1) + 0.0)


def found(asked: SmallCases, problem: Problem, run: Run) -> list[Judgement]:
    """A judgement that carries the first case in which the answer is wrong; nothing where there is none."""
    # Arithmetic of many digits takes a tenth of a second to load, and few need it.
    from reference.truth import Truth

    truth = Truth(problem)
    # The last probe repeats the first point.
    for point, response in zip(asked.points, run.responses, strict=False):
        answer = response.claims[0] if isinstance(response, Replies) else None
        if answer is None or answer.array is None or not replies.is_real(answer):
            return []
        right = truth.derivative(point.inputs)
        if right.shape == answer.array.shape and _differs(answer.array, right):
            return [_told(asked.task, point, answer.array)]
    return []


def _differs(answer: Array, right: Array) -> bool:
    size = float(np.max(np.abs(right), initial=0.0))
    return bool(np.all(np.isfinite(right))) and not bool(np.all(np.abs(answer - right) <= _WRONG * (size or 1.0)))


def _told(task: Task, point: Point, answer: Array) -> Judgement:
    inputs = ", ".join(f"{name} = {written(point.inputs[name])}" for name in task.implement.arguments)
    return Judgement("", 0.0, Verdict.FAILED, "small", {"inputs": inputs, "answer": written(answer)})


def written(values: Array) -> str:
    """As one writes it by hand."""
    if values.ndim == 0:
        return f"{float(values):.4g}"
    return f"[{', '.join(map(written, values))}]"


def is_about_small_cases(more: Sequence[Judgement], judgements: Sequence[Judgement]) -> bool:
    """Whether this came of small cases, and not of further points of a check."""
    return not {item.check for item in more} & {item.check for item in judgements}


def settled(task: Task, judgements: Sequence[Judgement], told: Sequence[Judgement]) -> list[Judgement]:
    """The first check with wrong values tells the case; all of them know that it was looked for."""
    facts = told[0].facts if told and len(str(told[0].facts)) <= _LONGEST else None
    first = next((item.check for item in judgements if _is_wrong(task, item)), "")
    return [
        replace(item, facts={**item.facts, "small": facts}, remark="small" if facts and item.check == first else None)
        if _is_wrong(task, item)
        else item
        for item in judgements
    ]
