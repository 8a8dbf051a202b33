"""Whether a submission is Python at all ends a grading without a score: it is decided once, by a child that knows nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.bundles import Bundles
from grader.domain.assignment import Assignment, Task, Visibility
from grader.domain.report import Outcome, Report
from grader.grading import Grader
from grader.sandbox.run import Program, Run, Unit
from grader.sandbox.slot import Slot
from tests.conftest import MATRIX_CALCULUS, submission_of
from tests.grading.test_together import Counting

pytestmark = pytest.mark.sandbox

RIGHT = (MATRIX_CALCULUS / "solution" / "solution.py").read_text()
NOT_PYTHON = "f(((\n"


class Lying(Counting):
    """A slot whose child says once that what it got was no Python: the one of this number."""

    def __init__(self, slot: Slot, number: int) -> None:
        super().__init__(slot)
        self._number = number

    def run(self, program: Program) -> Run:
        done = super().run(program)
        said = tuple(Unit(unit.label, "syntax", "SyntaxError", "", (), ()) for unit in done.units)
        return replace(done, units=said) if len(self.programs) == self._number else done


def only(assignment: Assignment, name: str, visibility: dict[str, Visibility]) -> Assignment:
    def seen(task: Task) -> Task:
        return replace(task, visibility={**task.visibility, **visibility})

    return replace(assignment, tasks=tuple(seen(task) for task in assignment.tasks if task.id == name))


HIDDEN = dict.fromkeys(("generic", "scaled"), Visibility.HIDDEN)
MIXED = {"generic": Visibility.VISIBLE, "scaled": Visibility.HIDDEN}


def test_who_holds_hidden_inputs_does_not_decide(assignment: Assignment, slot: Slot, bundles: Bundles) -> None:
    counting = Counting(slot)
    report = Grader(only(assignment, "quadratic", HIDDEN), counting, bundles).grade(submission_of(NOT_PYTHON))
    assert report.outcome is Outcome.NOT_GRADABLE
    assert [(program.only_compile, len(program.probes)) for program in counting.programs] == [(True, 0)]


def test_a_right_one_is_graded_where_all_is_hidden(assignment: Assignment, slot: Slot, bundles: Bundles) -> None:
    report = Grader(only(assignment, "quadratic", HIDDEN), slot, bundles).grade(submission_of(RIGHT))
    assert (report.outcome, report.score) == (Outcome.GRADED, report.max_score)


@pytest.mark.parametrize("visibility", [HIDDEN, MIXED])
def test_a_later_word_is_a_lie(
    assignment: Assignment, slot: Slot, bundles: Bundles, visibility: dict[str, Visibility]
) -> None:
    lying = Lying(slot, 2)
    report = Grader(only(assignment, "quadratic", visibility), lying, bundles).grade(submission_of(RIGHT))
    assert report.outcome is Outcome.GRADED
    assert len(lying.programs) == 2
    assert verdicts(report)["scaled"] == "invalid_output"


def test_an_early_word_is_looked_into(assignment: Assignment, slot: Slot, bundles: Bundles) -> None:
    lying = Lying(slot, 1)
    report = Grader(only(assignment, "quadratic", MIXED), lying, bundles).grade(submission_of(RIGHT))
    assert [program.only_compile for program in lying.programs] == [False, True, False]
    assert (verdicts(report)["generic"], verdicts(report)["scaled"]) == ("invalid_output", "passed")


def verdicts(report: Report) -> dict[str, str]:
    return {check.id: check.verdict.value for task in report.tasks for check in task.checks}
