"""The HTTP API: answers, refusals, and its description."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from grader.archives import pack
from grader.intake.archive import write_zip
from grader.service.models import Assignment, AuditEntry, Course, Revision, Role, State, Submission, User
from tests.service.conftest import api_of, hand_in, member, put_in_use
from tests.service.demo import OPEN, SOLUTION
from tests.service.test_pages import grade
from tests.specs.writing import write


def submit(client: Client, body: bytes = SOLUTION, name: str = "solution.py", key: str = "", id: str = "demo") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(
        f"/api/courses/calculus/assignments/{id}/submissions", {"file": SimpleUploadedFile(name, body)}, headers=headers
    )


def publish(client: Client, archive: bytes) -> Any:
    return client.post("/api/courses/calculus/assignments", {"archive": SimpleUploadedFile("demo.zip", archive)})


def test_a_receipt(student: User, demo: Assignment) -> None:
    answer = submit(api_of(student))
    row = Submission.objects.get()
    assert answer.status_code == 201
    receipt = answer.json()
    assert receipt["id"] == str(row.pk)
    assert receipt["sha256"] == row.content_id
    assert receipt["url"] == f"/submissions/{row.pk}"
    assert (receipt["state"], receipt["place"], receipt["report"]) == ("queued", 1, None)
    assert (receipt["owner"], receipt["assignment"], receipt["name"]) == ("emmy", "demo", "solution.py")


def test_an_answer_that_got_lost_can_be_asked_for_again(student: User, demo: Assignment) -> None:
    client = api_of(student)
    first, second = submit(client, key="k"), submit(client, key="k")
    assert first.json() == second.json()
    assert Submission.objects.count() == 1
    assert submit(client, b"x = 1", key="k").status_code == 409
    assert submit(client).json()["id"] != first.json()["id"]


def test_refusals_say_why(student: User, demo: Assignment) -> None:
    client = api_of(student)
    refused = submit(client, b"x", "x.txt")
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith("x.txt is none of the files that can be graded")
    unknown = submit(client, id="nothing")
    assert unknown.status_code == 404
    assert (
        unknown.json()["detail"] == "There is no assignment nothing in the course calculus, or it has not opened yet."
    )
    assert client.get(f"/api/submissions/{uuid.uuid4()}").json()["detail"].startswith("There is no such thing")
    assert client.post("/api/courses/calculus/assignments/demo/submissions").status_code == 422


def test_a_report_is_the_one_for_its_reader(student: User, staff: User, demo: Assignment) -> None:
    grading = hand_in(student, demo)
    grade(grading)
    path = f"/api/submissions/{grading.submission_id}"
    seen = api_of(student).get(path).json()
    assert (seen["score"], seen["max_score"], seen["counted"]) == (0, 3, 0)
    assert "hidden words" not in json.dumps(seen)
    assert "seed" not in seen["report"]["environment"]
    whole = api_of(staff).get(path).json()
    assert (whole["score"], whole["max_score"]) == (4, 7)
    assert whole["report"]["environment"]["seed"] == "secret seed"


def test_lists_are_cut(student: User, demo: Assignment) -> None:
    for _ in range(3):
        hand_in(student, demo)
    client = api_of(student)
    everything = [item["id"] for item in client.get("/api/courses/calculus/submissions").json()]
    assert len(everything) == 3
    assert [
        item["id"] for item in client.get("/api/courses/calculus/submissions?limit=1&offset=1").json()
    ] == everything[1:2]
    assert client.get("/api/courses/calculus/submissions?assignment=another").json() == []
    assert len(client.get("/api/courses/calculus/submissions?limit=-5").json()) == 1
    for wrong in ("limit=x", "offset=-1", "offset=99999999999999999999", "assignment=%00"):
        assert client.get(f"/api/courses/calculus/submissions?{wrong}").status_code == 422


def test_assignments(student: User, demo: Assignment) -> None:
    (listed,) = api_of(student).get("/api/courses/calculus/assignments").json()
    assert (listed["id"], listed["title"], listed["points"], listed["file"]) == ("demo", "Demo", 7, "solution.py")


def test_publishing(staff: User, tmp_path: Path) -> None:
    client = api_of(staff)
    archive = pack(write(tmp_path, OPEN))
    answer = publish(client, archive)
    assert answer.status_code == 202
    assert (answer.json()["state"], answer.json()["assignment"]) == ("queued", "demo")
    assert publish(client, archive).json()["id"] == answer.json()["id"]  # nothing changed
    assert client.get("/api/courses/calculus/assignments").json() == []  # not in use before a worker has made it ready
    put_in_use(Revision.objects.get())
    assert client.get(f"/api/revisions/{answer.json()['id']}").json()["state"] == "ready"
    changed = pack(write(tmp_path, OPEN.replace("title: Demo", "title: Other")))
    assert publish(client, changed).json()["id"] != answer.json()["id"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("title: Demo", "title: Demo\ndue: 2026-01-02T03:04+00:00"), "due: never → 2026-01-02 03:04 UTC"),
        (
            (
                "title: Demo",
                "title: Demo\ndue: 2998-01-01T00:00+00:00\nlate: {until: 2999-01-01T00:00+00:00, penalty: 10% per day}",
            ),
            "late: not taken → until 2999-01-01 00:00 UTC, 10% per day",
        ),
        (("title: Demo", "title: Demo\ncounts: last"), "counts: best → last"),
        (("visibility: hidden", "visibility: visible"), "task residual, check generic: hidden → visible"),
    ],
)
def test_a_ta_changes_no_rule_that_scores_depend_on(
    course: Course, staff: User, demo: Assignment, tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    assert change[0] in OPEN
    client = api_of(member("alan", course, Role.TA))
    refused = publish(client, pack(write(tmp_path, OPEN.replace(*change))))
    assert refused.status_code == 422
    assert "Only instructors of the course may change when demo is due" in refused.json()["detail"]
    assert words in refused.json()["detail"]
    assert Revision.objects.count() == 1
    # What an instructor sent binds before it is in use.
    assert publish(api_of(staff), pack(write(tmp_path / "b", OPEN.replace(*change)))).status_code == 202
    entry = AuditEntry.objects.latest("pk")
    assert words in entry.detail
    assert publish(client, pack(write(tmp_path / "c", OPEN.replace("Demo", "Mended")))).status_code == 422
    put_in_use(Revision.objects.latest("pk"))
    mended = OPEN.replace(*change).replace("title: Demo", "title: Mended")
    assert publish(client, pack(write(tmp_path / "d", mended))).status_code == 202


def test_rules_that_cannot_be_read_any_more_are_an_instructors(
    course: Course, demo: Assignment, tmp_path: Path
) -> None:
    Revision.objects.update(archive=b"of another time")
    changed = pack(write(tmp_path, OPEN.replace("title: Demo", "title: Other")))
    refused = publish(api_of(member("alan", course, Role.TA)), changed)
    assert f"whatever revision {demo.current_id} says, which cannot be read any more" in refused.json()["detail"]


def test_a_refused_revision_can_be_published_again(staff: User, tmp_path: Path) -> None:
    client, archive = api_of(staff), pack(write(tmp_path, OPEN))
    first = publish(client, archive).json()["id"]
    Revision.objects.update(state=State.REFUSED)
    assert publish(client, archive).json()["id"] != first


def test_a_faulty_assignment_is_refused_with_every_place(staff: User, tmp_path: Path) -> None:
    text = OPEN.replace("points: 2\n", "points: two\n").replace("title: Demo", "titel: Demo")
    answer = publish(api_of(staff), pack(write(tmp_path, text)))
    assert answer.status_code == 422
    assert answer.json()["detail"] == "The assignment has problems; nothing was published."
    assert any(problem.startswith("demo/assignment.yaml:3:1: ") for problem in answer.json()["problems"])
    assert len(answer.json()["problems"]) >= 2
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    ("archive", "words"),
    [
        (b"no zip", "This is not the folder of an assignment: the archive is not a readable zip archive"),
        (b"", "This is not the folder of an assignment"),
        (write_zip({"demo/x.txt": b"x"}), "there is no assignment here"),
        (write_zip({"a/x.txt": b"x", "b/x.txt": b"x"}), "there is no assignment here"),
    ],
)
def test_what_is_no_assignment(staff: User, archive: bytes, words: str) -> None:
    answer = publish(api_of(staff), archive)
    assert answer.status_code == 422
    assert words in json.dumps(answer.json())


def test_the_folder_gives_the_id(staff: User) -> None:
    answer = publish(
        api_of(staff), write_zip({"other/assignment.yaml": OPEN.encode(), "other/starter/solution.py": b"x"})
    )
    text = json.dumps(answer.json())
    assert "differs from the name of the folder, `other`" in text
    assert "there is no solution/solution.py beside" in text


def test_a_description_for_machines(db: None) -> None:
    description = Client().get("/api/openapi.json").json()
    assert description["info"]["title"] == "Nabla"
    assert set(description["paths"]) == {
        "/api/courses", "/api/courses/{course}/assignments", "/api/courses/{course}/assignments/{id}/submissions",
        "/api/courses/{course}/submissions", "/api/courses/{course}/grades", "/api/revisions/{id}", "/api/submissions/{id}",
    }  # fmt: skip
    assert all(call.get("security") for path in description["paths"].values() for call in path.values())
