"""A database of the release before courses keeps everything, in a course `default`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

from grader.service.models import Assignment, CountedScore, Course, Grading, Membership, Revision, Submission

OUTLINE = (
    '{"id": "demo", "title": "D", "prompt": "", "file": "solution.py", "runtime": "numpy", "points": 4, "tasks": [], '
    '"due": "2026-10-10T10:00:00Z", "late": {"until": "2999-01-01T00:00:00Z", "penalty_per_day": 0.25}}'
)


def migrate(name: str = "") -> StateApps:
    """To this step, forwards or back, or the last one; the rows' classes of that time."""
    executor = MigrationExecutor(connection)
    ((_, last),) = executor.loader.graph.leaf_nodes("service")
    executor.migrate([("service", name or last)])
    return MigrationExecutor(connection).loader.project_state([("service", name or last)]).apps


@pytest.fixture
def before(transactional_db: None) -> Iterator[StateApps]:
    """An empty database of 0.2.0."""
    yield migrate("0001_initial")
    migrate()


def test_what_was_there_before_courses(before: StateApps) -> None:
    user, content = before.get_model("service", "User"), before.get_model("service", "Content")
    ada = user.objects.create(username="ada", is_staff=True)
    emmy = user.objects.create(username="emmy", first_name="Emmy", last_name="Noether")
    body = content.objects.create(sha256="x", body=b"x", size=1)
    number = uuid.uuid4()
    for name in ("demo", "other"):
        row = before.get_model("service", "Assignment").objects.create(id=name)
        revision = before.get_model("service", "Revision").objects.create(
            assignment=row, digest="d", archive=b"", archive_sha256="", outline=OUTLINE, publisher=ada
        )
        row.current = revision
        row.save()
    submission = before.get_model("service", "Submission").objects.create(
        id=number,
        owner=emmy,
        assignment_id="demo",
        content=body,
        name="solution.py",
        ticket="t",
        received=datetime(2026, 10, 10, 10, 1, tzinfo=UTC),
    )
    check = {"note": "scale.half", "hint": "A factor?"}
    before.get_model("service", "Grading").objects.create(
        submission=submission, revision_id=revision.pk, state="graded", scores=[[1, 2], [3, 4]],
        report={"tasks": [{"title": "Square", "checks": [check, check]}]},
    )  # fmt: skip
    migrate()
    course = Course.objects.get()
    assert course.slug == "default"
    roles = Membership.objects.filter(course=course).values_list("user__username", "role")
    assert dict(roles) == {"ada": "instructor", "emmy": "student"}
    assert list(course.memberships.filter(role="student").values_list("name", "user__name")) == [("Emmy Noether",) * 2]
    assert set(course.assignments.values_list("slug", flat=True)) == {"demo", "other"}
    for revision in Revision.objects.all():
        assert revision.assignment.current == revision
    assert Submission.objects.get().assignment == Assignment.objects.get(slug="demo")
    grading = Grading.objects.get()
    assert (grading.submission_id, grading.notes) == (number, [["Square", "scale.half", "A factor?"]])
    counted = CountedScore.objects.get()
    assert (counted.owner.username, counted.assignment.slug, counted.counted) == ("emmy", "demo", 2.25)
    assert (counted.score, counted.points, counted.late_days) == (3, 4, 1)


def test_a_new_service_has_no_course(before: StateApps) -> None:
    migrate()
    assert not Course.objects.exists()
