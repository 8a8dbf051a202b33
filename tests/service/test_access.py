"""Who may reach what: a row for every path of the service, and a test that fails where one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from grader.archives import pack
from grader.service.leases import claim
from grader.service.models import Assignment, Grading, Revision, State, User
from tests.service.conftest import Publish, api_of, browser_of, hand_in
from tests.service.demo import SOLUTION
from tests.specs.writing import write

SIGN_IN = 302
"""to the form for signing in"""


@dataclass(frozen=True)
class Row:
    """A path, and the status for: nobody signed in, the owner, another student, staff."""

    method: str
    path: str
    nobody: int
    owner: int
    other: int
    staff: int


PAGES = [
    Row("GET", "", SIGN_IN, 200, 200, 200),
    Row("GET", "assignments/<slug:id>", SIGN_IN, 200, 200, 200),
    Row("POST", "assignments/<slug:id>", SIGN_IN, 422, 422, 422),
    Row("GET", "assignments/<slug:id>/starter", SIGN_IN, 200, 200, 200),
    Row("GET", "submissions", SIGN_IN, 200, 200, 200),
    Row("GET", "submissions/<uuid:id>", SIGN_IN, 200, 404, 200),
    Row("GET", "submissions/<uuid:id>/live", SIGN_IN, 200, 404, 200),
    Row("GET", "submissions/<uuid:id>/file", SIGN_IN, 200, 404, 200),
    Row("GET", "attention", SIGN_IN, 403, 403, 200),
    Row("POST", "gradings/<int:id>/again", SIGN_IN, 403, 403, 302),
    Row("GET", "gradings/<int:id>/again", SIGN_IN, 405, 405, 405),
    Row("GET", "sign-in", 200, 302, 302, 302),
    Row("POST", "sign-out", 302, 302, 302, 302),
    Row("GET", "healthz", 200, 200, 200, 200),
]
CALLS = [
    Row("GET", "api/assignments", 401, 200, 200, 200),
    Row("POST", "api/assignments", 401, 403, 403, 202),
    Row("GET", "api/revisions/<int:id>", 401, 404, 404, 200),
    Row("POST", "api/assignments/<slug:id>/submissions", 401, 201, 201, 201),
    Row("GET", "api/submissions", 401, 200, 200, 200),
    Row("GET", "api/submissions/<uuid:id>", 401, 200, 404, 200),
    Row("GET", "api/openapi.json", 200, 200, 200, 200),
    Row("GET", "api/", 404, 404, 404, 404),
]


@dataclass(frozen=True)
class World:
    """One assignment, one submission of it, and everybody who may ask."""

    demo: Assignment
    grading: Grading
    archive: bytes
    people: dict[str, User | None]

    def send(self, row: Row, client: Client) -> int:
        revision = Revision.objects.get(assignment=self.demo)
        ids = {"submissions": self.grading.submission_id, "gradings": self.grading.pk, "revisions": revision.pk}
        kind = row.path.removeprefix("api/").partition("/")[0]
        path = "/" + row.path.replace("<uuid:id>", str(ids.get(kind))).replace("<int:id>", str(ids.get(kind)))
        path = path.replace("<slug:id>", self.demo.pk)
        return client.generic(row.method, path).status_code if row.method == "GET" else self._post(client, path)

    def _post(self, client: Client, path: str) -> int:
        from django.core.files.uploadedfile import SimpleUploadedFile

        files = {
            "/api/assignments": {"archive": SimpleUploadedFile("demo.zip", self.archive)},
            f"/api/assignments/{self.demo.pk}/submissions": {"file": SimpleUploadedFile("solution.py", SOLUTION)},
        }
        return client.post(path, files.get(path, {})).status_code


@pytest.fixture
def world(student: User, other: User, staff: User, published: Publish, tmp_path: Path) -> World:
    demo = published()
    people = {"nobody": None, "owner": student, "other": other, "staff": staff}
    archive = pack(write(tmp_path, _text(demo)))
    return World(demo, hand_in(student, demo), archive, people)


def _text(demo: Assignment) -> bytes:
    from grader.intake.archive import read_zip
    from grader.specs.load import FILE

    assert demo.current is not None
    return read_zip(bytes(demo.current.archive), "it")[f"demo/{FILE}"]


@pytest.mark.parametrize("who", ["nobody", "owner", "other", "staff"])
@pytest.mark.parametrize("row", PAGES, ids=lambda row: f"{row.method} {row.path}")
def test_pages(world: World, row: Row, who: str) -> None:
    assert world.send(row, browser_of(world.people[who])) == getattr(row, who)


@pytest.mark.parametrize("who", ["nobody", "owner", "other", "staff"])
@pytest.mark.parametrize("row", CALLS, ids=lambda row: f"{row.method} {row.path}")
def test_the_api(world: World, row: Row, who: str) -> None:
    person = world.people[who]
    assert world.send(row, Client() if person is None else api_of(person)) == getattr(row, who)


@pytest.mark.parametrize("row", [row for row in CALLS if row.nobody == 401], ids=lambda row: f"{row.method} {row.path}")
def test_a_browser_session_is_no_key_to_the_api(world: World, row: Row) -> None:
    assert world.send(row, browser_of(world.people["staff"])) == 401


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def test_no_path_is_missing_here() -> None:
    assert {row.path for row in PAGES + CALLS} == {
        route.replace("uuidstr", "uuid") for route in routes(get_resolver().url_patterns)
    }


def test_an_assignment_is_nothing_before_it_opens(student: User, staff: User, published: Publish) -> None:
    demo = published(("title: Demo", "title: Demo\nopens: 2999-01-01T00:00+00:00"))
    assert browser_of(student).get(f"/assignments/{demo.pk}").status_code == 404
    assert browser_of(student).get(f"/assignments/{demo.pk}/starter").status_code == 404
    assert b"Demo" not in browser_of(student).get("/").content
    assert api_of(student).get("/api/assignments").json() == []
    assert browser_of(staff).get(f"/assignments/{demo.pk}").status_code == 200


def test_lists_hold_ones_own_only(world: World, other: User) -> None:
    hand_in(other, world.demo, b"x = 1", "other.py")
    owner = world.people["owner"]
    assert owner is not None
    assert b"other.py" not in browser_of(owner).get("/submissions").content
    assert [item["owner"] for item in api_of(owner).get("/api/submissions").json()] == ["emmy"]
    staff = world.people["staff"]
    assert staff is not None
    assert b"other.py" in browser_of(staff).get("/submissions").content
    assert b"other.py" not in browser_of(staff).get("/assignments/demo").content  # that list is the reader's own


def test_a_closed_account_opens_nothing(world: World) -> None:
    owner = world.people["owner"]
    assert owner is not None
    browser, api = browser_of(owner), api_of(owner)
    User.objects.update(is_active=False)
    assert browser.get("/").status_code == SIGN_IN
    assert api.get("/api/submissions").status_code == 401


def test_a_made_up_token_opens_nothing(world: World) -> None:
    for header in ("Bearer nabla_x", "Bearer ", "Basic abc", "nabla_x"):
        assert Client(headers={"authorization": header}).get("/api/submissions").status_code == 401


def test_solutions_leave_no_trace_anywhere(world: World) -> None:
    """The archive holds the author's solution; what anybody can download of it is the starter."""
    for row in PAGES:
        if row.method == "GET" and row.staff == 200:
            staff = browser_of(world.people["staff"])
            path = "/" + row.path.replace("<slug:id>", "demo").replace("<uuid:id>", str(world.grading.submission_id))
            assert b"PK\x03\x04" not in staff.get(path).content


def test_posts_without_the_token_of_the_form_are_turned_away(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    owner = world.people["owner"]
    assert owner is not None
    client.force_login(owner)
    answer = client.post("/assignments/demo", {})
    assert answer.status_code == 403
    assert "This form is no longer valid" in answer.content.decode()


def test_working_on_it_changes_nothing_about_who_sees_it(world: World) -> None:
    lease = claim(Grading, world.grading.pk, "worker")
    assert lease is not None
    assert lease.finish(State.NEEDS_ATTENTION, fault="a secret of the machine room")
    path = f"/submissions/{world.grading.submission_id}"
    assert b"machine room" not in browser_of(world.people["owner"]).get(path).content
    assert b"machine room" in browser_of(world.people["staff"]).get(path).content
