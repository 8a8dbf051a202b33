"""People, a published assignment and what was handed in, as rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from grader.archives import pack
from grader.service import access, tokens
from grader.service.acceptance import Upload, accept
from grader.service.enrolment import add_course, enrol
from grader.service.gradebook import recount
from grader.service.leases import claim
from grader.service.models import Assignment, Course, Grading, Revision, Role, State, User
from grader.service.publishing import publish
from tests.service.demo import OPEN, SOLUTION
from tests.specs.writing import write


@pytest.fixture
def course(db: None) -> Course:
    return add_course("calculus", "Calculus", "UTC")


def member(name: str, course: Course, role: Role = Role.STUDENT) -> User:
    user = User.objects.create_user(name, password=f"for-{name}-only")
    enrol(user, course, role)
    return user


@pytest.fixture
def staff(course: Course) -> User:
    return member("ada", course, Role.INSTRUCTOR)


@pytest.fixture
def student(course: Course) -> User:
    return member("emmy", course)


@pytest.fixture
def other(course: Course) -> User:
    return member("carl", course)


def browser_of(user: User | None) -> Client:
    """A browser in which this user is signed in; its posts need the form's token, as any browser's do."""
    client = Client(enforce_csrf_checks=False)
    if user is not None:
        client.force_login(user)
    return client


def api_of(user: User) -> Client:
    return Client(headers={"authorization": f"Bearer {tokens.issue(user)}"})


def put_in_use(revision: Revision) -> Assignment:
    """As a worker does once the bundles are computed."""
    lease = claim(Revision, revision.pk, "test")
    assert lease is not None
    assert lease.finish(State.READY)
    Assignment.objects.filter(pk=revision.assignment_id).update(current=revision)
    recount(revision.assignment_id)
    return Assignment.objects.get(pk=revision.assignment_id)


Publish = Callable[..., Assignment]


@pytest.fixture
def published(staff: User, course: Course, tmp_path: Path) -> Publish:
    """Publishes the assignment `demo` with these changes and puts it in use."""

    def _published(*changes: tuple[str, str], text: str = OPEN) -> Assignment:
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        folder = tmp_path / uuid.uuid4().hex
        folder.mkdir()
        return put_in_use(publish(staff, course, pack(write(folder, text))))

    return _published


@pytest.fixture
def demo(published: Publish) -> Assignment:
    return published()


def hand_in(
    owner: User, assignment: Assignment, body: bytes = SOLUTION, name: str = "solution.py", **more: str
) -> Grading:
    """Through the same door as pages and API."""
    found = access.assignment(access.reader(owner), assignment.course.slug, assignment.slug)
    assert found is not None
    return accept(owner, *found, Upload(name, body, more.get("ticket", uuid.uuid4().hex)))
