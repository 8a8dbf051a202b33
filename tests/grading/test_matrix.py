"""A wrong answer never passes, a right one never fails: every variant of every task, over 20 seeds."""

from __future__ import annotations

import pytest

from grader.domain.report import Verdict
from grader.grading import Grader
from tests.conftest import submission_of
from tests.grading.variants import VARIANTS, common_wrong

pytestmark = pytest.mark.sandbox

SEEDS = [f"seed {number}" for number in range(20)]


def verdicts(grader: Grader, task: str, body: str) -> list[tuple[Verdict, str]]:
    source = f"import numpy as np\ndef {VARIANTS[task].signature}:\n    {body}\n"
    submission = submission_of(source)
    reports = [grader.grade(submission, seed, only=task).tasks[0] for seed in SEEDS]
    return [(check.verdict, check.message) for report in reports for check in report.checks]


def test_every_task_has_variants(grader: Grader) -> None:
    assert {task.id for task in grader._assignment.tasks} == set(VARIANTS)


@pytest.mark.parametrize("task", VARIANTS)
def test_right_answers_pass(grader: Grader, task: str) -> None:
    for body in VARIANTS[task].right:
        failed = [message for verdict, message in verdicts(grader, task, body) if verdict is not Verdict.PASSED]
        assert not failed, (body, failed[0])


@pytest.mark.parametrize("task", VARIANTS)
def test_wrong_answers_fail(grader: Grader, task: str) -> None:
    for body in VARIANTS[task].wrong + common_wrong(VARIANTS[task]):
        passed = [message for verdict, message in verdicts(grader, task, body) if verdict is Verdict.PASSED]
        assert not passed, (body, passed[0])
