"""From a queued row to a stored report, with the real sandbox; and every way in which that can fail."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.functions import Now

from grader.errors import AuthorFault, SystemFault
from grader.grading import Grader
from grader.service.leases import Lease, claim, release_expired
from grader.service.models import Assignment, CountedScore, Grading, State, StoredBundle, User
from grader.service.regrading import propose
from grader.worker import leased
from grader.worker.grade import Grade
from grader.worker.prepare import Prepare
from tests.service.conftest import hand_in
from tests.service.demo import OPEN, SOLUTION
from tests.worker.test_prepare import publish_with_solution

pytestmark = [pytest.mark.sandbox, pytest.mark.django_db]


@pytest.fixture
def ready(staff: User, prepare: Prepare, tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """The assignment `demo`, really made ready."""
    revision = publish_with_solution(staff, tmp_path_factory.mktemp("demo"))
    prepare.run(revision.pk)
    revision.refresh_from_db()
    assert revision.state == State.READY, (revision.problems, revision.fault)
    return Assignment.objects.get()


def graded(grade: Grade, grading: Grading) -> Grading:
    grade.run(grading.pk)
    grading.refresh_from_db()
    return grading


def test_a_right_submission(student: User, ready: Assignment, grade: Grade) -> None:
    grading = graded(grade, hand_in(student, ready))
    assert (grading.state, grading.attempts) == (State.GRADED, 1)
    assert grading.scores == [[3.0, 3.0], [3.0, 3.0], [3.0, 3.0], [7.0, 7.0]]
    report = grading.report
    assert report is not None
    assert report["submission"]["sha256"] == grading.submission.content_id
    assert report["submission"]["received"] == grading.submission.received.isoformat()
    assert report["timing"]["queued_ms"] >= 0
    assert report["environment"]["sandbox"]["layers"]["seccomp"]


def test_a_wrong_one_learns_why(student: User, ready: Assignment, grade: Grade) -> None:
    wrong = SOLUTION.replace(b"return 2 * t", b"return t").replace(b"2 * A.T @ A @ x", b"A.T @ A @ x")
    grading = graded(grade, hand_in(student, ready, wrong))
    assert grading.scores is not None
    assert grading.scores[-1] == [0.0, 7.0]
    assert grading.report is not None
    assert grading.report["tasks"][0]["checks"][0]["note"] == "scale.half"


def zipped(files: dict[str, bytes], mode: int = 0o100644) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, body, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("solution.py", b"def f(:\n", "solution.py line 1: this is not Python"),
        ("a.ipynb", b"{", "a.ipynb is not a readable notebook"),
        ("a.ipynb", json.dumps({"nbformat": 4, "cells": []}).encode(), "a.ipynb"),
        ("a.zip", b"PK\x03\x04 and nothing more", "a.zip is not a readable zip archive"),
        ("a.zip", zipped({"../solution.py": b"x"}), "leads out of the archive"),
        ("a.zip", zipped({"/etc/solution.py": b"x"}), "leads out of the archive"),
        ("a.zip", zipped({"solution.py": b"/etc/passwd"}, 0o120777), "is a link or a device"),
        ("a.zip", zipped({f"{number}.txt": b"" for number in range(100_000)}), "100000 entries"),
        ("a.zip", zipped({"other.py": b"x = 1"}), "a.zip holds no solution.py or solution.ipynb"),
        ("a.zip", zipped({"solution.py": b"\0" * (30 << 20)}), "more than 20 MiB"),
    ],
)
def test_what_cannot_be_graded_costs_no_attempt(
    student: User, ready: Assignment, grade: Grade, name: str, body: bytes, words: str
) -> None:
    grading = graded(grade, hand_in(student, ready, body, name))
    assert grading.state == State.NOT_GRADABLE
    assert grading.scores is None
    assert grading.report is not None
    assert words in grading.report["message"]
    assert grading.report["score"] is None


def test_a_notebook_and_an_archive(student: User, ready: Assignment, grade: Grade) -> None:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "source": SOLUTION.decode(),
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    notebook = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{**cell, "id": "a"}]})
    for name, body in (("x.ipynb", notebook.encode()), ("x.zip", zipped({"hw/solution.py": SOLUTION}))):
        scores = graded(grade, hand_in(student, ready, body, name)).scores
        assert scores is not None
        assert scores[-1] == [7.0, 7.0]


def test_a_proposal_is_graded_against_its_revision_and_counts_nothing(
    staff: User, student: User, ready: Assignment, grade: Grade, prepare: Prepare, tmp_path: Path
) -> None:
    half = SOLUTION.replace(b"2 * A.T @ A @ x", b"A.T @ A @ x")
    old = graded(grade, hand_in(student, ready, half))
    worth_more = publish_with_solution(staff, tmp_path, text=OPEN.replace("points: 2\n", "points: 20\n"))
    prepare.run(worth_more.pk)
    regrade = propose(staff, ready, "all")
    new = graded(grade, regrade.gradings.get())
    assert (new.state, new.revision_id, new.scores and new.scores[-1]) == (State.GRADED, worth_more.pk, [20.0, 25.0])
    counted = CountedScore.objects.get()
    assert (counted.grading_id, counted.score) == (old.pk, 2.0)


def test_a_doorbell_rung_ten_times_grades_once(student: User, ready: Assignment, grade: Grade) -> None:
    grading = hand_in(student, ready)
    for _ in range(10):
        grade.run(grading.pk)
    grading.refresh_from_db()
    assert (grading.state, grading.attempts) == (State.GRADED, 1)


def test_a_doorbell_for_nothing(grade: Grade, db: None) -> None:
    grade.run(123456)


def failing(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def fail(*_: Any) -> None:
        raise fault

    monkeypatch.setattr(Grader, "grade", fail)


@pytest.mark.parametrize("fault", [SystemFault("no sandbox"), MemoryError("no memory"), ZeroDivisionError("a bug")])
def test_a_fault_of_ours_is_tried_three_times_and_never_a_zero(
    student: User, ready: Assignment, grade: Grade, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    failing(monkeypatch, fault)
    grading = hand_in(student, ready)
    for state in (State.QUEUED, State.QUEUED, State.NEEDS_ATTENTION, State.NEEDS_ATTENTION):
        assert graded(grade, grading).state == state
    assert str(fault) in grading.fault
    assert (grading.attempts, grading.scores) == (3, None)


def test_a_fault_of_the_author_is_not_tried_again(
    student: User, ready: Assignment, grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, AuthorFault("the weight is singular"))
    grading = graded(grade, hand_in(student, ready))
    assert grading.state == State.NEEDS_ATTENTION
    assert grading.fault == "The revision cannot be graded: the weight is singular"


def test_expected_values_that_are_gone(student: User, ready: Assignment, grade: Grade, prepare: Prepare) -> None:
    StoredBundle.objects.all().delete()
    # Another worker, on another machine: nothing of it is in a cache there.
    from grader.sandbox.launcher import Namespaces
    from grader.worker.watchdog import Watchdog
    from grader.worker.workbench import Workbench

    bench = Workbench(Namespaces(), prepare._cache / "elsewhere", "of the tests")
    grading = graded(Grade(bench, Watchdog(), "worker-2"), hand_in(student, ready))
    bench.close()
    assert "is not in the database: publish the assignment again" in grading.fault
    assert grading.state == State.QUEUED


def test_a_result_that_comes_too_late_is_turned_away(
    student: User, ready: Assignment, grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    grading = hand_in(student, ready)
    original = Grader.grade

    def slow(self: Grader, *arguments: Any) -> Any:
        """As if this process had been stopped for longer than its lease."""
        Grading.objects.update(lease_expires=Now() - timedelta(seconds=1))
        assert release_expired(Grading) == 1
        assert claim(Grading, grading.pk, "worker-2") is not None
        return original(self, *arguments)

    monkeypatch.setattr(Grader, "grade", slow)
    grading = graded(grade, grading)
    assert (grading.state, grading.lease_owner, grading.scores) == (State.RUNNING, "worker-2", None)


def test_a_database_that_is_away_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[State] = []

    def away(self: Lease, state: State, **values: Any) -> bool:
        calls.append(state)
        if len(calls) < 3:
            raise OperationalError("server closed the connection")
        return True

    monkeypatch.setattr(Lease, "finish", away)
    monkeypatch.setattr(leased, "_RETRY_SECONDS", 0.0)
    import uuid

    assert leased.finish(Lease(Grading, 1, uuid.uuid4()), State.GRADED)
    assert len(calls) == 3
