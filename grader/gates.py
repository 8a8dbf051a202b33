"""What an assignment shows before students get it: its solution earns everything, its starter nothing, and no typical
wrong answer passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.judgement import Comparison
from grader.checks.values import compared
from grader.diagnosis.match import recognise, wrong_answer
from grader.domain.assignment import Assignment, Task
from grader.domain.report import Report, Verdict
from reference.bundle import Block
from reference.problem import Misconception

DRAWS = tuple(f"gate {k}" for k in range(20))
"""Seeds of the draws of points that the author's solution must pass: together nearly all that a bundle holds."""
_DRAWS_OF_TESTS = 3


def draws(assignment: Assignment) -> tuple[str, ...]:
    """Those that `assignment` needs: where no points are drawn, an author's tests may draw numbers of their own."""
    return DRAWS if any(task.parts for task in assignment.tasks) else DRAWS[:_DRAWS_OF_TESTS]


def missed(reports: Sequence[Report]) -> list[str]:
    """What the author's own solution did not earn in some draw of points, in words: once for each check."""
    unreadable = [f"solution/: {report.message}" for report in reports if report.message]
    if unreadable:
        return unreadable[:1]
    lost = [_lost(report) for report in reports]
    first = {name: text for found in reversed(lost) for name, text in found.items()}
    return [text + _how_often(sum(name in found for found in lost), len(lost)) for name, text in first.items()]


def _lost(report: Report) -> dict[str, str]:
    """Name and sentence of every check that did not pass."""
    return {
        f"{task.id}.{check.id}": f"solution/: task `{task.id}`, check `{check.id}` ended with "
        f"{check.verdict.value}: {check.message}"
        for task in report.tasks
        for check in task.checks
        if check.verdict is not Verdict.PASSED
    }


def _how_often(times: int, of: int) -> str:
    return f" (in {times} of {of} draws of points)" if times < of else ""


def given_away(reports: Sequence[Report]) -> list[str]:
    """What the starter earns before a student has written anything, in words."""
    (report,) = reports
    if report.message:
        return [f"starter/: {report.message}"]
    return [
        f"starter/: task `{task.id}`, check `{check.id}` earns {check.score:g} of {check.max_score:g} points before "
        "anything is written; take the answer out"
        for task in report.tasks
        for check in task.checks
        if check.score > 0
    ]


@dataclass(frozen=True)
class Mistakes:
    """How typical wrong answers fare at all points of one group."""

    told: Mapping[str, str | None]
    """of every refused one, the note that a student would be told"""
    accepted: tuple[str, ...]
    """wrong answers that would earn points"""

    @property
    def refused(self) -> tuple[str, ...]:
        """Those that earn nothing."""
        return tuple(self.told)

    @property
    def unnamed(self) -> tuple[str, ...]:
        """Refused ones that would get no hint."""
        return tuple(name for name, note in self.told.items() if note is None)


def mistakes(task: Task, expected: Sequence[Misconception], blocks: Iterable[Block], names: Iterable[str]) -> Mistakes:
    """Each wrong answer, handed in as a student would: at every point, to the code that judges and diagnoses."""
    points = [point for block in blocks for point in block.points()]
    told: dict[str, str | None] = {}
    accepted: list[str] = []
    for name in names:
        answers = [(point, wrong_answer(point, name)) for point in points]
        comparisons = [Comparison(point, answer) for point, answer in answers if answer is not None]
        if not comparisons:
            continue  # another one gives the same numbers
        if _passes(task, comparisons):
            accepted.append(name)
            continue
        found = recognise(comparisons, expected)
        told[name] = found.note if found else None
    return Mistakes(told, tuple(accepted))


def _passes(task: Task, comparisons: Sequence[Comparison]) -> bool:
    """Whether it would earn anything at the points where it has the right shape and is finite."""
    fitting = tuple(_fitting(comparisons))
    judged = compared(task, "", 1.0, fitting, listed=False) if len(fitting) == len(comparisons) else None
    return judged is not None and (judged.credit > 0 or judged.inconclusive)


def _fitting(comparisons: Sequence[Comparison]) -> Iterator[Comparison]:
    for item in comparisons:
        if item.answer.shape == item.point.expected.shape and np.all(np.isfinite(item.answer)):
            yield item
