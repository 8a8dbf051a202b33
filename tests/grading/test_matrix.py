"""A wrong answer never passes, a right one never fails: every variant of every task, over 20 seeds."""

from __future__ import annotations

import pytest

from grader.domain.report import CheckReport, Verdict
from grader.grading import Grader
from tests.conftest import ROOT, submission_of
from tests.grading.variants import VARIANTS, common_wrong
from tests.matrix.cases import sources

pytestmark = pytest.mark.sandbox

SEEDS = [f"seed {number}" for number in range(20)]


def checks(grader: Grader, task: str, body: str) -> list[CheckReport]:
    source = f"import numpy as np\ndef {VARIANTS[task].signature}:\n    {body}\n"
    submission = submission_of(source)
    reports = [grader.grade(submission, seed, only=task).tasks[0] for seed in SEEDS]
    return [check for report in reports for check in report.checks]


def test_every_task_has_variants(grader: Grader) -> None:
    assert {task.id for task in grader._assignment.tasks} == set(VARIANTS)


@pytest.mark.parametrize("task", VARIANTS)
def test_right_answers_pass(grader: Grader, task: str) -> None:
    for body in VARIANTS[task].right:
        failed = [check.message for check in checks(grader, task, body) if check.verdict is not Verdict.PASSED]
        assert not failed, (body, failed[0])


@pytest.mark.parametrize("task", VARIANTS)
def test_wrong_answers_fail_with_their_note(grader: Grader, task: str) -> None:
    for body, note in {**VARIANTS[task].wrong, **common_wrong(VARIANTS[task])}.items():
        found = checks(grader, task, body)
        passed = [check.message for check in found if check.verdict is Verdict.PASSED]
        assert not passed, (body, passed[0])
        assert {check.note for check in found if check.id == "generic"} == {note}, body


def test_the_table_of_all_wrong_answers_has_every_assignment() -> None:
    """`make matrix` prints it; the answers are asserted by the tests of their kinds."""
    found = {source.title: source.cases for source in sources()}
    assert {path.parent.name for path in (ROOT / "assignments").glob("*/assignment.yaml")} <= set(found)
    assert all(case.expected or case.tasks for cases in found.values() for case in cases)
    assert all(found.values())
