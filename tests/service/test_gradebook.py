"""What counts of whom: stored scores follow every rule, and the pages of staff show them."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grader.archives import pack
from grader.service.gradebook import recount
from grader.service.models import Assignment, CountedScore, Course, Grading, Membership, Role, Submission, User
from grader.service.overview import bins
from grader.service.publishing import publish
from grader.service.spreadsheet import to_csv
from tests.service.conftest import Publish, api_of, browser_of, hand_in, member, put_in_use
from tests.service.demo import OPEN
from tests.service.test_pages import grade, text_of
from tests.specs.writing import write

GRADES = "/courses/calculus/grades"


def scored(owner: User, assignment: Assignment, score: float, received: str = "") -> Grading:
    """A graded submission with this score of 7, received then."""
    grading = hand_in(owner, assignment)
    grade(grading)
    Grading.objects.filter(pk=grading.pk).update(scores=[[0, 3]] * 3 + [[score, 7]])
    if received:
        Submission.objects.filter(pk=grading.submission_id).update(received=datetime.fromisoformat(received))
    recount(assignment.pk, owner.pk)
    return grading


def counted(owner: User) -> list[tuple[int, float, int]]:
    return list(CountedScore.objects.filter(owner=owner).values_list("grading", "counted", "late_days"))


DUE = (
    "title: Demo",
    "title: Demo\ndue: 2026-10-10T10:00+00:00\nlate: {until: 2999-01-01T00:00+00:00, penalty: 20% per day}",
)


def test_the_best_one_counts_after_the_late_penalty(student: User, published: Publish) -> None:
    demo = published(DUE)
    in_time = scored(student, demo, 5, "2026-10-10T09:59+00:00")
    scored(student, demo, 6, "2026-10-10T10:01+00:00")  # 4.8
    assert counted(student) == [(in_time.pk, 5.0, 0)]
    late = scored(student, demo, 7, "2026-10-10T10:02+00:00")
    assert counted(student) == [(late.pk, 5.6, 1)]
    again = scored(student, demo, 7, "2026-10-10T10:03+00:00")  # as good: the later one
    assert counted(student) == [(again.pk, 5.6, 1)]


def test_a_new_revision_may_move_the_due_date_and_the_rule(student: User, published: Publish) -> None:
    demo = published(DUE)
    scored(student, demo, 7, "2026-10-11T10:01+00:00")
    last = scored(student, demo, 1, "2026-10-11T10:02+00:00")
    assert [points for _, points, _ in counted(student)] == [4.2]
    published(("title: Demo", "title: Demo\ncounts: last"))
    assert counted(student) == [(last.pk, 1.0, 0)]


def test_what_does_not_count_any_more_is_gone(student: User, demo: Assignment) -> None:
    scored(student, demo, 7)
    Grading.objects.update(scores=None)
    recount(demo.pk, student.pk)
    assert counted(student) == []


def test_nothing_counts_before_a_revision_is_ready(course: Course) -> None:
    recount(Assignment.objects.create(course=course, slug="empty").pk)
    assert not CountedScore.objects.exists()


@pytest.fixture
def furnished(course: Course, staff: User, student: User, other: User, demo: Assignment, tmp_path: Path) -> Assignment:
    """Two assignments; emmy has 7 in the first and something queued in the second, carl 3 in the second."""
    text = OPEN.replace("title: Demo", "title: Second").replace("id: demo", "id: second")
    folder = write(tmp_path / "b", text)
    second = put_in_use(publish(staff, course, pack(folder.rename(folder.with_name("second")))))
    Membership.objects.filter(user=student).update(name='Noether, "Emmy"', email="emmy@x.org")
    Membership.objects.filter(user=other).update(name="=cmd|' /C calc'!A0")
    scored(student, demo, 7)
    hand_in(student, second)
    scored(other, second, 3)
    scored(staff, demo, 7)  # staff try things; they are in no gradebook
    return second


def rows_of(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><bdi>(\w+)</bdi>', text)


def test_students_by_assignments(staff: User, furnished: Assignment) -> None:
    client = browser_of(staff)
    seen = text_of(client, GRADES)
    assert rows_of(seen) == ["carl", "emmy"]
    assert "not graded yet" in seen
    assert "<strong>7</strong>" in seen
    for query, names in {
        "sort=-username": ["emmy", "carl"], "sort=-total": ["emmy", "carl"], "sort=second": ["emmy", "carl"],
        "sort=-second": ["carl", "emmy"], "sort=nonsense": ["carl", "emmy"], "sort=name": ["carl", "emmy"],
        "q=NOETHER": ["emmy"], "q=x.org+emmy": ["emmy"], "q=nobody": [], "without=demo": ["carl"],
        "without=second": ["emmy"], "page=99": ["carl", "emmy"],
    }.items():  # fmt: skip
        assert rows_of(text_of(client, f"{GRADES}?{query}")) == names, query
    assert "There are no such students." in text_of(client, f"{GRADES}?q=nobody")
    assert 'aria-sort="descending"' in text_of(client, f"{GRADES}?sort=-total")


def test_students_see_no_gradebook_and_no_hidden_points(student: User, furnished: Assignment) -> None:
    assert "Grades" not in text_of(browser_of(student), "/courses/calculus")
    assert "/ 7" not in text_of(browser_of(student), "/")


def test_a_spreadsheet(staff: User, furnished: Assignment) -> None:
    answer = browser_of(staff).get(f"{GRADES}.csv?sort=username")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="calculus-grades.csv"'
    text = answer.content.decode("utf-8-sig")
    assert text.splitlines() == [
        '"username","name","e-mail","demo","second","total","of","other points"',
        '"carl","\'=cmd|\' /C calc\'!A0","","",3.0,3.0,14.0,""',
        '"emmy","Noether, ""Emmy""","emmy@x.org",7.0,"",7.0,14.0,""',
    ]
    assert text.count("\r\n") == 3


def test_scores_out_of_other_points_are_told(staff: User, student: User, other: User, published: Publish) -> None:
    scored(student, published(), 7)
    demo = published(("    points: 5\n", "    points: 1\n"))
    grade(hand_in(other, demo))
    client = browser_of(staff)
    assert '<small title="Graded against a revision with other points">of 7</small>' in text_of(client, GRADES)
    assert '"emmy","","",7.0,7.0,3.0,"demo of 7"\r\n' in client.get(f"{GRADES}.csv").content.decode()
    students = client.get(f"{GRADES}.json").json()["students"]
    assert [line["scores"]["demo"]["points"] for line in students] == [7, 7]
    overview = text_of(client, "/courses/calculus/assignments/demo/overview")
    assert "2 of these scores are not out of 3" in overview


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1+1", "\uff1d1+1"])
def test_text_is_no_formula(cell: str) -> None:
    ((read_back, number),) = csv.reader(io.StringIO(to_csv([[cell, -1.5]]).decode("utf-8-sig"), newline=""))
    assert (read_back, number) == (f"'{cell}", "-1.5")


def test_a_spreadsheet_that_splits_at_semicolons_finds_no_formula() -> None:
    text = to_csv([["Emmy;=HYPERLINK(1)"]]).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text), delimiter=";")) == ["Emmy;=HYPERLINK(1)"]


@pytest.mark.parametrize("path", ["people", "grades", "grades.csv", "grades.json", "log", "submissions", "attention"])
def test_what_one_reader_sees_is_kept_nowhere(staff: User, path: str) -> None:
    assert browser_of(staff).get(f"/courses/calculus/{path}").headers["Cache-Control"] == "private, no-store"


def test_the_same_for_machines(staff: User, furnished: Assignment) -> None:
    document = json.loads(browser_of(staff).get(f"{GRADES}.json").content)
    assert document == api_of(staff).get("/api/courses/calculus/grades").json()
    assert [item["id"] for item in document["assignments"]] == ["demo", "second"]
    emmy = next(item for item in document["students"] if item["username"] == "emmy")
    assert emmy["scores"]["demo"]["counted"] == 7
    assert "second" not in emmy["scores"]


@pytest.mark.parametrize("path", [GRADES, f"{GRADES}.csv", "/courses/calculus/assignments/demo/overview"])
def test_as_many_questions_for_many_students_as_for_few(
    course: Course, staff: User, demo: Assignment, path: str
) -> None:
    client, counts = browser_of(staff), []
    for part in ("a", "b"):
        for number in range(4):
            scored(member(f"{part}{number}", course), demo, number)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_how_everybody_does(course: Course, staff: User, student: User, other: User, demo: Assignment) -> None:
    alan = member("alan", course, Role.TA)
    leon = member("leon", course)
    newest = None
    for owner in (student, student, other):
        newest = hand_in(owner, demo)
        grade(newest)  # with the note scale.half, and 4 of 7
    grade(hand_in(alan, demo))
    seen = text_of(browser_of(alan), "/courses/calculus/assignments/demo/overview")
    assert "2 students, median 4 of 7." in seen
    mistake = re.search(
        r'<bdi>Square</bdi></td><td><code>scale.half</code> A factor.*<td class="number">(\d+)</td>', seen
    )
    assert mistake
    assert mistake[1] == "2"  # students, not submissions, and not the TA
    assert newest is not None
    assert f"/submissions/{newest.submission_id}" in seen
    assert re.search(r"<bdi>Residual</bdi></td><td>generic</td><td class=\"number\">2 of 2</td>", seen)
    assert re.search(r"<bdi>Square</bdi></td><td>generic</td><td class=\"number\">0 of 2</td>", seen)
    assert "1 student handed in nothing so far." in seen
    assert f"<bdi>{leon.username}</bdi>" in seen
    assert text_of(browser_of(alan), "/courses/calculus/assignments/nothing/overview", 404)


def test_an_overview_of_nothing(staff: User, demo: Assignment) -> None:
    seen = text_of(browser_of(staff), "/courses/calculus/assignments/demo/overview")
    assert "Nothing is graded yet." in seen
    assert "Everybody handed something in." in seen


def test_tenths_of_the_points() -> None:
    found = bins([0.0, 0.69, 0.7, 6.9, 7.0], 7.0)
    assert [item.students for item in found] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert [item.percent for item in found[:2]] == [100.0, 50.0]
    assert bins([0.0], 0.0)[0].students == 0
