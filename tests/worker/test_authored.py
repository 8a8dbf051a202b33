"""An assignment with tests of its author's, in the service: made ready, graded, shown; a faulty one scores nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from grader.archives import pack
from grader.service.models import Assignment, Course, Grading, Revision, State, User
from grader.service.publishing import publish
from grader.worker.grade import Grade
from grader.worker.prepare import Prepare
from grader.worker.workbench import Workbench
from tests.checks.authored import written
from tests.service.conftest import browser_of, hand_in, put_in_use

pytestmark = [pytest.mark.sandbox, pytest.mark.django_db]

TESTS = """\
import pytest

@pytest.mark.points(9)
def test_square(student):
    SECRET = 4.0
    assert student.f(2.0) == SECRET, "the square of two"

@pytest.mark.points(3)
@pytest.mark.visibility("hidden")
def test_further(student):
    assert student.f(31.0) == 961.0
"""
SOLUTION = "def f(x): return x * x\n"


@pytest.fixture(autouse=True)
def nothing_is_remembered(workbench: Workbench) -> None:
    """Each test has a database of its own, in which the first revision is another one."""
    workbench._assignments.clear()


def published(staff: User, folder: Path, tests: str, solution: str = SOLUTION) -> Revision:
    return publish(staff, Course.objects.get(), pack(written(folder, tests, solution)))


def texts_of(client: Client, grading: Grading) -> str:
    """All that a student gets to see of it and of its assignment."""
    address = "/courses/calculus/assignments"
    paths = (f"/submissions/{grading.submission_id}", f"{address}/demo", f"{address}/demo/starter")
    return "".join(client.get(path, follow=True).content.decode() for path in paths)


def test_from_folder_to_page(staff: User, student: User, tmp_path: Path, prepare: Prepare, grade: Grade) -> None:
    revision = published(staff, tmp_path, TESTS)
    prepare.run(revision.pk)
    revision.refresh_from_db()
    assert (revision.state, revision.problems, revision.fault) == (State.READY, [], "")
    grading = hand_in(student, Assignment.objects.get(), b"def f(x): return 3 * x\n")
    grade.run(grading.pk)
    grading.refresh_from_db()
    assert grading.scores == [[0.0, 9.0], [0.0, 9.0], [0.0, 9.0], [0.0, 12.0]]
    seen = texts_of(browser_of(student), grading)
    assert "the square of two. Not true: 6.0 == 4.0" in seen
    assert not [word for word in ("SECRET", "test_own", "checks/", "961", "further", "student.f") if word in seen]


def test_a_solution_that_fails_a_test_is_refused(staff: User, tmp_path: Path, prepare: Prepare) -> None:
    revision = published(staff, tmp_path, TESTS, "def f(x): return 4.0\n")
    prepare.run(revision.pk)
    revision.refresh_from_db()
    assert revision.state == State.REFUSED
    assert revision.problems == [
        "solution/: task `own`, check `test_further` ended with failed: Not true: 4.0 == 961.0"
    ]


def test_a_broken_test_needs_attention_and_is_no_zero(staff: User, student: User, tmp_path: Path, grade: Grade) -> None:
    put_in_use(published(staff, tmp_path, "def test_a(student):\n    assert student.f(1.0) == wrong\n"))
    grading = hand_in(student, Assignment.objects.get(), SOLUTION.encode())
    grade.run(grading.pk)
    grading.refresh_from_db()
    assert (grading.state, grading.scores) == (State.NEEDS_ATTENTION, None)
    assert "demo/checks/test_own.py:1:1: the test `test_a` cannot be used" in grading.fault
    assert "NameError: name 'wrong' is not defined (test_own.py line 2)" in grading.fault
    seen = texts_of(browser_of(student), grading)
    assert not [word for word in ("NameError", "wrong", "test_own") if word in seen]


def test_other_tests_are_another_revision(staff: User, tmp_path: Path) -> None:
    first = published(staff, tmp_path / "a", TESTS)
    second = published(staff, tmp_path / "b", TESTS.replace("31.0", "30.0"))
    assert first.digest != second.digest
    assert "test_" not in first.outline
