"""Programs: the operator's value at drawn points, with one point asked twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks.judgement import Judgement
from grader.checks.operators.questions import Answers, question
from grader.checks.operators.rows import Check
from grader.domain.assignment import Task
from grader.domain.report import Verdict
from reference.bundle import Point

_SPIED = 2
"""points at which it is looked where f is evaluated: a method does not depend on the point"""


def program(task: Task, name: str, share: float, points: Sequence[Point], spare: Sequence[Point]) -> Check:
    """Ask at every point, and at the first one once more after all others: state that is kept shows there."""
    asked = [question(task, name, point, spied=k < _SPIED) for k, point in enumerate(points)]
    return Check(name, share, (*asked, asked[0]), _judge, name, tuple(spare))


def _judge(check: Check, task: Task, given: Answers) -> Judgement:
    *_, again = given.arrays
    once = given.first(len(given.arrays) - 1)
    # First, since numbers that depend on earlier calls are explained by nothing else.
    if not np.array_equal(again, once.arrays[0]):
        return check.found((Verdict.FAILED, "nondeterministic", {"note": "nondeterministic"}))
    return check.valued(task, once)
