"""What is taken at the door, what is not and why; and that a receipt stands for stored bytes."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from grader.errors import UploadRefused
from grader.intake.budget import MAX_NOTEBOOK, MAX_SOURCE
from grader.service.models import Assignment, Content, Grading, State, Submission, User
from tests.service.conftest import Publish, hand_in
from tests.service.demo import SOLUTION


def test_a_receipt_stands_for_stored_bytes(student: User, demo: Assignment) -> None:
    grading = hand_in(student, demo, SOLUTION)
    row = Submission.objects.get(pk=grading.submission_id)
    assert bytes(row.content.body) == SOLUTION
    assert row.content_id == hashlib.sha256(SOLUTION).hexdigest()
    assert row.content.size == len(SOLUTION)
    assert row.received == grading.submission.received
    assert (row.owner, row.assignment, row.name) == (student, demo, "solution.py")
    stored = Grading.objects.get(submission=row)
    assert (stored.pk, stored.state, stored.revision_id) == (grading.pk, State.QUEUED, demo.current_id)


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("solution.py", b"", "solution.py is empty; hand in the file with your solution."),
        ("solution.py", b" \n\t", "solution.py is empty"),
        ("solution.txt", b"x", "solution.txt is none of the files that can be graded; hand in a .py file, an .ipynb"),
        ("solution", b"x", "solution is none of the files that can be graded"),
        ("", b"x", " is none of the files that can be graded"),
        ("solution.py", b"x" * (MAX_SOURCE + 1), "solution.py is larger than 1 MiB; hand in the code alone"),
        ("a.ipynb", b"x" * (MAX_NOTEBOOK + 1), "a.ipynb is larger than 20 MiB"),
        ("a.zip", b"x" * (MAX_NOTEBOOK + 1), "a.zip is larger than 20 MiB"),
    ],
)
def test_what_is_turned_away_and_leaves_nothing(
    student: User, demo: Assignment, name: str, body: bytes, words: str
) -> None:
    with pytest.raises(UploadRefused) as refused:
        hand_in(student, demo, body, name)
    assert words in str(refused.value)
    assert refused.value.status == 422
    assert not Submission.objects.exists()
    assert not Content.objects.exists()


@pytest.mark.parametrize("body", [b"def f(:", b"\x00\xff", b"import os; os._exit(1)"])
def test_the_door_does_not_read_what_is_in_a_file(student: User, demo: Assignment, body: bytes) -> None:
    assert hand_in(student, demo, body).state == State.QUEUED


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("C:\\Users\\emmy\\solution.py", "solution.py"),
        ("../../etc/solution.py", "solution.py"),
        ("so\x1b[31mlution.py", "so?[31mlution.py"),
        ("<b>x</b>.py", "b>.py"),
        ("lös ung 🙂.py", "lös ung 🙂.py"),
    ],
)
def test_a_name_is_a_name_and_nothing_else(student: User, demo: Assignment, name: str, kept: str) -> None:
    assert hand_in(student, demo, name=name).submission.name == kept


def test_a_very_long_name_keeps_its_ends(student: User, demo: Assignment) -> None:
    kept = hand_in(student, demo, name="a" * 500 + ".py").submission.name
    assert len(kept) <= 200
    assert kept.endswith("a.py")


def test_the_same_ticket_is_the_same_submission(student: User, demo: Assignment) -> None:
    first, second = hand_in(student, demo, ticket="t"), hand_in(student, demo, ticket="t")
    assert (first.pk, first.submission_id) == (second.pk, second.submission_id)
    assert Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_ticket_at_the_same_moment(student: User, demo: Assignment) -> None:
    together = threading.Barrier(4)

    def send(_: int) -> int:
        try:
            together.wait(30)
            return hand_in(student, demo, ticket="t").pk
        finally:
            connection.close()  # each thread has one of its own

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(send, range(4)))) == 1
    assert Submission.objects.count() == 1


def test_a_ticket_belongs_to_one_file_and_one_person(student: User, other: User, demo: Assignment) -> None:
    hand_in(student, demo, ticket="t")
    hand_in(other, demo, ticket="t")
    with pytest.raises(UploadRefused, match="This form was already used for another file; load the page again"):
        hand_in(student, demo, b"x = 1", ticket="t")
    assert Submission.objects.count() == 2


@pytest.mark.parametrize("ticket", ["", "t" * 65, "a\0b"])
def test_a_ticket_has_a_length(student: User, demo: Assignment, ticket: str) -> None:
    with pytest.raises(UploadRefused, match="The ticket of an upload has 1 to 64 characters that can be printed"):
        hand_in(student, demo, ticket=ticket)


def test_the_same_bytes_are_kept_once(student: User, other: User, demo: Assignment) -> None:
    hand_in(student, demo)
    hand_in(other, demo)
    assert (Content.objects.count(), Submission.objects.count()) == (1, 2)


def test_it_closes(student: User, published: Publish) -> None:
    demo = published(("title: Demo", "title: Demo\ndue: 2020-11-15T23:59+02:00"))
    with pytest.raises(
        UploadRefused, match="Demo closed on Sunday, 15 November 2020, 21:59 UTC; nothing was handed in"
    ):
        hand_in(student, demo)
    assert not Submission.objects.exists()


def test_an_answer_that_got_lost_before_it_closed_can_be_asked_for_afterwards(
    student: User, published: Publish
) -> None:
    grading = hand_in(student, published(), ticket="t")
    closed = published(("title: Demo", "title: Demo\ndue: 2020-11-15T23:59+02:00"))
    assert hand_in(student, closed, ticket="t").pk == grading.pk
    with pytest.raises(UploadRefused, match="Demo closed on"):
        hand_in(student, closed, ticket="another")


def test_late_work_is_taken_until_the_last_moment(student: User, published: Publish) -> None:
    late = "due: 2020-11-15T23:59+02:00\nlate: {until: 2999-01-01T00:00+00:00, penalty: 10% per day}"
    assert hand_in(student, published(("title: Demo", f"title: Demo\n{late}"))).state == State.QUEUED


def test_staff_may_try_before_it_opens_at_their_own_risk(staff: User, published: Publish) -> None:
    demo = published(("title: Demo", "title: Demo\nopens: 2999-01-01T00:00+00:00"))
    with pytest.raises(UploadRefused, match="Demo opens on Tuesday, 01 January 2999, 00:00 UTC"):
        hand_in(staff, demo)


def test_attempts_run_out(student: User, other: User, published: Publish) -> None:
    demo = published(("title: Demo", "title: Demo\nattempts: {total: 2}"))
    hand_in(student, demo)
    hand_in(student, demo)
    with pytest.raises(UploadRefused, match="All 2 attempts are used; the earlier ones keep counting") as refused:
        hand_in(student, demo)
    assert refused.value.status == 429
    assert Submission.objects.count() == 2
    assert hand_in(other, demo).state == State.QUEUED


def test_attempts_of_a_day_come_back(student: User, published: Publish) -> None:
    demo = published(("title: Demo", "title: Demo\nattempts: {per_day: 1}"))
    hand_in(student, demo)
    with pytest.raises(UploadRefused, match="All 1 attempts of 24 hours are used; the next one is free on"):
        hand_in(student, demo)
    Submission.objects.update(received=Now() - timedelta(hours=25))
    assert hand_in(student, demo).state == State.QUEUED


@pytest.mark.parametrize(
    ("state", "costs"),
    [
        (State.QUEUED, True), (State.RUNNING, True), (State.GRADED, True),
        (State.NOT_GRADABLE, False), (State.NEEDS_ATTENTION, False), (State.CANCELLED, False),
    ],
)  # fmt: skip
def test_what_costs_an_attempt(student: User, published: Publish, state: State, costs: bool) -> None:
    demo = published(("title: Demo", "title: Demo\nattempts: {total: 1}"))
    hand_in(student, demo)
    Grading.objects.update(state=state)
    if costs:
        with pytest.raises(UploadRefused, match="All 1 attempts are used"):
            hand_in(student, demo)
    else:
        assert hand_in(student, demo).state == State.QUEUED
