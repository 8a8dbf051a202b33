"""What pages say, and what they keep to themselves."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grader.domain.assignment import Visibility
from grader.domain.report import CheckReport, Environment, Outcome, Report, TaskReport, Timing, Verdict
from grader.feedback.document import document, notes, scores
from grader.intake.budget import MAX_ARCHIVE
from grader.service.gradebook import recount
from grader.service.leases import claim
from grader.service.models import Assignment, Grading, State, Submission, User
from tests.service.conftest import Publish, api_of, browser_of, hand_in
from tests.service.demo import SOLUTION

NASTY = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def report_of(grading: Grading, *, message: str = "", outcome: Outcome = Outcome.GRADED, output: str = "") -> Report:
    """As a worker would write it: `square` wrong with a hint, `residual` right where it is hidden."""
    checks = (
        CheckReport("generic", "generic", Verdict.FAILED, 0.0, 2.0, f"off by 50 % {NASTY}", "scale.half", "A factor?"),
    )
    hidden = (
        CheckReport("generic", "generic", Verdict.PASSED, 4.0, 4.0, "hidden words", visibility=Visibility.HIDDEN),
        CheckReport("scaled", "scaled", Verdict.TIME_LIMIT, 0.0, 1.0, "too slow"),
    )
    tasks = (TaskReport("square", "Square", checks, output), TaskReport("residual", "Residual", hidden, ""))
    return Report(
        "demo", "sha256:r", grading.submission.content_id, ("solution.py",), grading.submission.received, outcome, 7.0,
        Environment("0", "numpy", "secret seed", "namespaces", {"seccomp": True}), Timing(),
        tasks if outcome is Outcome.GRADED else (), message, (f"a remark {NASTY}",),
    )  # fmt: skip


def grade(grading: Grading, state: State = State.GRADED, **more: Any) -> None:
    """Write such a report."""
    lease = claim(Grading, grading.pk, "worker")
    assert lease is not None
    content = document(report_of(grading, **more))
    sums = scores(content) if state == State.GRADED else None
    assert lease.finish(state, report=content, scores=sums, notes=notes(content))
    recount(grading.submission.assignment_id, grading.submission.owner_id)


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def page(reader: User, grading: Grading) -> str:
    return text_of(browser_of(reader), f"/submissions/{grading.submission_id}")


def upload(client: Client, name: str, body: bytes, **fields: str) -> Any:
    form = {"file": SimpleUploadedFile(name, body), "ticket": uuid.uuid4().hex, **fields}
    return client.post("/courses/calculus/assignments/demo", form)


def test_signing_in_and_out(student: User, demo: Assignment) -> None:
    client = Client()
    answer = client.post("/sign-in", {"username": "emmy", "password": "wrong"})
    assert "User name and password do not match" in answer.content.decode()
    answer = client.post(
        "/sign-in", {"username": "emmy", "password": "for-emmy-only", "next": "/courses/calculus/submissions"}
    )
    assert answer.headers["Location"] == "/courses/calculus/submissions"
    assert "emmy" in text_of(client, "/")
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/").status_code == 302


def test_signing_in_leads_nowhere_else(student: User) -> None:
    credentials = {"username": "emmy", "password": "for-emmy-only", "next": "https://elsewhere.example/"}
    assert Client().post("/sign-in", credentials).headers["Location"] == "/"


def test_uploading_leads_to_the_receipt(student: User, demo: Assignment) -> None:
    client = browser_of(student)
    answer = upload(client, "solution.py", SOLUTION)
    row = Submission.objects.get()
    assert answer.headers["Location"] == f"/submissions/{row.pk}"
    seen = text_of(client, answer.headers["Location"])
    assert row.content_id in seen
    assert str(row.pk) in seen
    assert "Next in line." in seen
    assert 'hx-trigger="every 500ms"' in seen
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in seen


def test_a_form_sent_twice_is_one_submission(student: User, demo: Assignment) -> None:
    client = browser_of(student)
    first, second = (upload(client, "solution.py", SOLUTION, ticket="t") for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("solution.py", b"", "No file came with the form"),  # browsers send nothing of an empty file that Django keeps
        ("solution.exe", b"x", "solution.exe is none of the files that can be graded"),
        (f"{NASTY}.txt", b"x", "is none of the files that can be graded"),
        ("solution.zip", b"x" * (MAX_ARCHIVE + 1), "solution.zip is larger than 20 MiB"),
        ("solution.zip", b"x" * (50 << 20), "solution.zip is larger than 20 MiB"),
    ],
)
def test_what_is_turned_away_says_why_at_the_form(
    student: User, demo: Assignment, name: str, body: bytes, words: str
) -> None:
    answer = upload(browser_of(student), name, body)
    assert answer.status_code == 422
    assert words in answer.content.decode() or (not body and "is empty" in answer.content.decode())
    assert "<script>alert" not in answer.content.decode()
    assert 'name="ticket"' in answer.content.decode()  # the form is there to try again
    assert not Submission.objects.exists()


def test_no_file_at_all(student: User, demo: Assignment) -> None:
    answer = browser_of(student).post("/courses/calculus/assignments/demo", {"ticket": "t"})
    assert "No file came with the form: choose your file, then hand it in." in answer.content.decode()


def test_places_in_the_queue(student: User, other: User, demo: Assignment) -> None:
    first, second = hand_in(other, demo), hand_in(student, demo)
    assert "In place 2 of the queue." in page(student, second)
    assert claim(Grading, first.pk, "worker")
    assert "Next in line." in page(student, second)
    assert claim(Grading, second.pk, "worker")
    seen = page(student, second)
    assert "Being graded now." in seen
    assert "you may close this page" in seen


def test_the_live_part_stops_asking_once_it_is_graded(student: User, demo: Assignment) -> None:
    grading = hand_in(student, demo)
    live = f"/submissions/{grading.submission_id}/live"
    assert "hx-get" in text_of(browser_of(student), live)
    grade(grading)
    seen = text_of(browser_of(student), live)
    assert "hx-get" not in seen
    assert "graded" in seen
    assert "<html" not in seen


def test_a_student_sees_what_is_visible_and_that_there_is_more(student: User, staff: User, demo: Assignment) -> None:
    grading = hand_in(student, demo)
    grade(grading)
    seen = page(student, grading)
    assert "off by 50 %" in seen
    assert "A factor?" in seen
    assert "time limit" in seen
    assert "4 more points are decided by checks that are not shown yet." in seen
    for secret in ("hidden words", "secret seed", "scale.half", "hidden<"):
        assert secret not in seen
        assert secret in page(staff, grading) or secret == "hidden<"
    assert "0<small> / 3</small>" in seen
    assert "4<small> / 7</small>" in page(staff, grading)


@pytest.mark.parametrize("path", ["/", "/courses/calculus/assignments/demo", "/courses/calculus/submissions"])
def test_no_list_gives_hidden_points_away(student: User, demo: Assignment, path: str) -> None:
    grade(hand_in(student, demo))
    seen = text_of(browser_of(student), path)
    assert "/ 3" in seen
    assert "/ 7" not in seen


def test_checks_that_wait_for_the_due_date(student: User, published: Publish) -> None:
    due, over = ((datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M+00:00") for hours in (25, 1))
    late = f"title: Demo\ndue: {due}\nlate: {{until: 2999-01-01T00:00+00:00, penalty: 10% per day}}"
    grading = hand_in(student, published(("title: Demo", late)))
    grade(grading)
    row = Grading.objects.get()
    assert row.report is not None
    row.report["tasks"][1]["checks"][0]["visibility"] = "after_due_date"
    row.scores = scores(row.report)
    row.save()
    assert "hidden words" not in page(student, grading)  # others may still hand in
    published(("title: Demo", late.replace("2999-01-01T00:00+00:00", over)))  # what is moved is moved for everybody
    seen = page(student, grading)
    assert "hidden words" in seen
    assert "4<small> / 7</small>" in seen
    assert "Late by 2 days: 4 × 0.8 = <strong>3.2</strong>." in seen
    assert "3.2 / 7" in text_of(browser_of(student), "/courses/calculus/submissions")


def test_nothing_of_a_student_is_markup(student: User, demo: Assignment) -> None:
    grading = hand_in(student, demo, name=f"{NASTY[:60]}.py")
    grade(grading, output=NASTY)
    for path in (
        f"/submissions/{grading.submission_id}",
        "/courses/calculus/submissions",
        "/courses/calculus/assignments/demo",
    ):
        answer = browser_of(student).get(path)
        assert b"<script>alert" not in answer.content
        assert b"<img src=x" not in answer.content
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "&lt;script&gt;alert(1)" in page(student, grading)


def test_files_are_saved_never_shown(student: User, demo: Assignment) -> None:
    grading = hand_in(student, demo, b"<script>alert(1)</script>", 'we"ird\r\nname: x.py')
    answer = browser_of(student).get(f"/submissions/{grading.submission_id}/file")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_not_gradable_says_why_and_costs_nothing(student: User, published: Publish) -> None:
    demo = published(("title: Demo", "title: Demo\nattempts: {per_day: 3, total: 9}"))
    grade(hand_in(student, demo), State.NOT_GRADABLE, outcome=Outcome.NOT_GRADABLE, message="Line 3: no Python")
    seen = page(student, Grading.objects.get())
    assert "Line 3: no Python" in seen
    assert "so it costs no attempt" in seen
    form = text_of(browser_of(student), "/courses/calculus/assignments/demo")
    assert "3 of 3 attempts left in these 24 hours" in form
    assert "9 of 9 attempts left in all" in form


def test_a_fault_of_ours_is_told_as_one(student: User, staff: User, demo: Assignment) -> None:
    grading = hand_in(student, demo)
    lease = claim(Grading, grading.pk, "worker")
    assert lease is not None
    lease.finish(State.NEEDS_ATTENTION, fault="the machine room is on fire")
    seen = page(student, grading)
    assert "Grading failed through no fault of yours." in seen
    assert "fire" not in seen
    assert "Grade again" not in seen
    listed = text_of(browser_of(staff), "/courses/calculus/attention")
    assert "the machine room is on fire" in listed
    assert browser_of(staff).post(f"/gradings/{grading.pk}/again").headers["Location"] == "/courses/calculus/attention"
    grading.refresh_from_db()
    assert grading.state == State.QUEUED
    client = browser_of(staff)
    client.post(f"/gradings/{grading.pk}/again")
    assert "It does not need attention any more." in text_of(client, "/courses/calculus/attention")
    assert client.post("/gradings/999999/again").status_code == 404


def test_closed_assignments_have_no_form(student: User, published: Publish) -> None:
    published(("title: Demo", "title: Demo\ndue: 2020-11-15T23:59+02:00"))
    seen = text_of(browser_of(student), "/courses/calculus/assignments/demo")
    assert 'type="file"' not in seen
    assert "Closed since" in seen


def test_a_page_that_is_not_there(student: User) -> None:
    for path in ("/nothing", "/courses/calculus/assignments/nothing", f"/submissions/{uuid.uuid4()}", "/submissions/x"):
        assert "There is no such page, or it is not yours to see." in text_of(browser_of(student), path, 404)


def test_an_empty_service(student: User, staff: User) -> None:
    assert "Nothing is set yet." in text_of(browser_of(student), "/")
    assert "nabla publish FOLDER" in text_of(browser_of(staff), "/")
    assert "Nothing was handed in yet." in text_of(browser_of(student), "/courses/calculus/submissions")
    assert "None: every submission was graded" in text_of(browser_of(staff), "/courses/calculus/attention")


def test_the_starter(student: User, demo: Assignment) -> None:
    answer = browser_of(student).get("/courses/calculus/assignments/demo/starter")
    assert answer.content == b"pass\n"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="solution.py"'


@pytest.mark.parametrize("path", ["/", "/courses/calculus/assignments/demo", "/courses/calculus/submissions"])
def test_pages_ask_the_database_as_often_for_many_as_for_few(student: User, demo: Assignment, path: str) -> None:
    client = browser_of(student)
    counts = []
    for _ in range(2):
        for _ in range(5):
            grade(hand_in(student, demo))
        with CaptureQueriesContext(connection) as asked:
            text_of(client, path)
        counts.append(len(asked))
        assert not [query for query in asked if '"report"' in query["sql"]], "lists load no reports"
    assert counts[0] == counts[1]


def test_long_histories_have_pages(student: User, demo: Assignment) -> None:
    for _ in range(51):
        hand_in(student, demo)
    client = browser_of(student)
    assert "Page 1 of 2" in text_of(client, "/courses/calculus/submissions")
    assert "Page 2 of 2" in text_of(client, "/courses/calculus/submissions?page=2")
    assert text_of(client, "/courses/calculus/submissions?page=2").count("solution.py") == 1
    assert "31 earlier" in text_of(client, "/courses/calculus/assignments/demo")
    assert "Nothing was handed in yet." in text_of(client, "/courses/calculus/submissions?assignment=another")


def test_which_submission_counts(student: User, published: Publish) -> None:
    demo = published(("title: Demo", "title: Demo\ncounts: last"))
    for wrong in (False, True):
        grading = hand_in(student, demo)
        grade(grading)
        if not wrong:
            Grading.objects.filter(pk=grading.pk).update(scores=[[3, 3]] * 4)
    seen = text_of(browser_of(student), "/courses/calculus/assignments/demo")
    assert "The last one counts: <strong>0 / 3</strong>" in seen
    published(("title: Demo", "title: Demo\ncounts: best"))
    assert "The best one counts: <strong>3 / 3</strong>" in text_of(
        browser_of(student), "/courses/calculus/assignments/demo"
    )


def test_a_database_that_is_away_is_told_as_a_fault_of_ours(student: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client, api = browser_of(student), api_of(student)
    client.raise_request_exception = api.raise_request_exception = False

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("grader.service.access.assignments", away)
    assert "That is our fault, not yours." in text_of(client, "/", 500)
    answer = api.get("/api/courses/calculus/assignments")
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("The database does not answer, through no fault of yours.")


def test_signing_in_twice_leads_home(student: User) -> None:
    assert browser_of(student).get("/sign-in?next=/sign-in").headers["Location"] == "/"
