"""Who may reach what: a row for every path of the service, and a test that fails where one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from grader.archives import pack
from grader.service.enrolment import add_course
from grader.service.leases import claim
from grader.service.models import Assignment, Course, Grading, Membership, Regrade, Revision, Role, State, Use, User
from grader.service.publishing import publish
from tests.service.conftest import Publish, api_of, browser_of, hand_in, member, put_in_use
from tests.service.demo import OPEN, SOLUTION
from tests.specs.writing import write

SIGN_IN = 302
"""to the form for signing in"""


WHO = ("nobody", "owner", "other", "stranger", "ta", "instructor", "foreign", "admin")
"""Nobody signed in; the owner of a submission; another student of its course; a student of another course; a TA and an
instructor of its course; an instructor of another course; a site admin."""


@dataclass(frozen=True)
class Row:
    """A path, and the status for everybody of WHO."""

    method: str
    path: str
    statuses: tuple[int, ...]

    def of(self, who: str) -> int:
        return self.statuses[WHO.index(who)]


def row(method: str, path: str, *statuses: int) -> Row:
    assert len(statuses) == len(WHO)
    return Row(method, path, statuses)


COURSE = "courses/<slug:course>"
PAGES = [
    row("GET", "", SIGN_IN, 200, 200, 200, 200, 200, 200, 200),
    row("GET", COURSE, SIGN_IN, 200, 200, 404, 200, 200, 404, 200),
    row("GET", f"{COURSE}/assignments/<slug:id>", SIGN_IN, 200, 200, 404, 200, 200, 404, 200),
    row("POST", f"{COURSE}/assignments/<slug:id>", SIGN_IN, 422, 422, 404, 422, 422, 404, 422),
    row("GET", f"{COURSE}/assignments/<slug:id>/starter", SIGN_IN, 200, 200, 404, 200, 200, 404, 200),
    row("GET", f"{COURSE}/assignments/<slug:id>/overview", SIGN_IN, 403, 403, 404, 200, 200, 404, 200),
    row("GET", f"{COURSE}/assignments/<slug:id>/regrades", SIGN_IN, 403, 403, 404, 200, 200, 404, 200),
    row("POST", f"{COURSE}/assignments/<slug:id>/regrades", SIGN_IN, 403, 403, 404, 422, 422, 404, 422),
    row("GET", "regrades/<int:id>", SIGN_IN, 404, 404, 404, 200, 200, 404, 200),
    # Refused, as it is not graded yet; and once the instructor has discarded it, it is decided on.
    row("POST", "regrades/<int:id>/publish", SIGN_IN, 404, 404, 404, 403, 302, 404, 302),
    row("POST", "regrades/<int:id>/discard", SIGN_IN, 404, 404, 404, 403, 302, 404, 302),
    row("GET", f"{COURSE}/log", SIGN_IN, 403, 403, 404, 200, 200, 404, 200),
    row("GET", f"{COURSE}/grades", SIGN_IN, 403, 403, 404, 200, 200, 404, 200),
    row("GET", f"{COURSE}/grades.csv", SIGN_IN, 403, 403, 404, 200, 200, 404, 200),
    row("GET", f"{COURSE}/grades.json", SIGN_IN, 403, 403, 404, 200, 200, 404, 200),
    row("GET", f"{COURSE}/submissions", SIGN_IN, 200, 200, 404, 200, 200, 404, 200),
    row("GET", f"{COURSE}/attention", SIGN_IN, 403, 403, 404, 200, 200, 404, 200),
    row("GET", f"{COURSE}/people", SIGN_IN, 403, 403, 404, 403, 200, 404, 200),
    row("POST", f"{COURSE}/roster", SIGN_IN, 403, 403, 404, 403, 422, 404, 422),
    row("GET", f"{COURSE}/roster", SIGN_IN, 405, 405, 405, 405, 405, 405, 405),
    row("GET", "submissions/<uuid:id>", SIGN_IN, 200, 404, 404, 200, 200, 404, 200),
    row("GET", "submissions/<uuid:id>/live", SIGN_IN, 200, 404, 404, 200, 200, 404, 200),
    row("GET", "submissions/<uuid:id>/file", SIGN_IN, 200, 404, 404, 200, 200, 404, 200),
    row("POST", "gradings/<int:id>/again", SIGN_IN, 403, 404, 404, 302, 302, 404, 302),
    row("GET", "gradings/<int:id>/again", SIGN_IN, 405, 405, 405, 405, 405, 405, 405),
    row("GET", "sign-in", 200, 302, 302, 302, 302, 302, 302, 302),
    row("POST", "sign-out", 302, 302, 302, 302, 302, 302, 302, 302),
    row("GET", "password/<uidb64>/<token>", 200, 200, 200, 200, 200, 200, 200, 200),
    row("GET", "healthz", 200, 200, 200, 200, 200, 200, 200, 200),
]
CALLS = [
    row("GET", "api/courses", 401, 200, 200, 200, 200, 200, 200, 200),
    row("GET", f"api/{COURSE}/assignments", 401, 200, 200, 404, 200, 200, 404, 200),
    row("POST", f"api/{COURSE}/assignments", 401, 403, 403, 404, 202, 202, 404, 202),
    row("GET", "api/revisions/<int:id>", 401, 404, 404, 404, 200, 200, 404, 200),
    row("POST", f"api/{COURSE}/assignments/<slug:id>/submissions", 401, 201, 201, 404, 201, 201, 404, 201),
    row("GET", f"api/{COURSE}/submissions", 401, 200, 200, 404, 200, 200, 404, 200),
    row("GET", f"api/{COURSE}/grades", 401, 403, 403, 404, 200, 200, 404, 200),
    row("GET", "api/submissions/<uuid:id>", 401, 200, 404, 404, 200, 200, 404, 200),
    row("GET", "api/openapi.json", 200, 200, 200, 200, 200, 200, 200, 200),
    row("GET", "api/", 404, 404, 404, 404, 404, 404, 404, 404),
]


@dataclass(frozen=True)
class World:
    """One assignment, one submission of it, and everybody who may ask."""

    demo: Assignment
    grading: Grading
    archive: bytes
    people: dict[str, User | None]

    def send(self, row: Row, client: Client) -> int:
        path = self.path(row)
        return client.get(path).status_code if row.method == "GET" else self._post(client, path)

    def path(self, row: Row) -> str:
        revision = Revision.objects.filter(assignment=self.demo).earliest("pk")
        regrade = Regrade.objects.get()
        ids = {
            "submissions": self.grading.submission_id,
            "regrades": regrade.pk,
            "gradings": self.grading.pk,
            "revisions": revision.pk,
        }
        number = str(ids.get(row.path.removeprefix("api/").partition("/")[0]))
        path = row.path.replace("<slug:course>", self.demo.course.slug).replace("<slug:id>", self.demo.slug)
        path = path.replace("<uuid:id>", number).replace("<int:id>", number)
        return "/" + path.replace("<uidb64>", "MQ").replace("<token>", "made-up")

    def _post(self, client: Client, path: str) -> int:
        from django.core.files.uploadedfile import SimpleUploadedFile

        files = {
            "/api/courses/calculus/assignments": {"archive": SimpleUploadedFile("demo.zip", self.archive)},
            "/api/courses/calculus/assignments/demo/submissions": {"file": SimpleUploadedFile("solution.py", SOLUTION)},
        }
        return client.post(path, files.get(path, {})).status_code


@pytest.fixture
def world(course: Course, student: User, other: User, staff: User, published: Publish, tmp_path: Path) -> World:
    demo = published()
    elsewhere = add_course("physics", "Physics", "UTC")
    people = {
        "nobody": None, "owner": student, "other": other, "stranger": member("leon", elsewhere),
        "ta": member("alan", course, Role.TA), "instructor": staff,
        "foreign": member("marie", elsewhere, Role.INSTRUCTOR), "admin": User.objects.create_superuser("root"),
    }  # fmt: skip
    archive = pack(write(tmp_path, _text(demo)))
    grading = hand_in(student, demo)
    assert demo.current is not None
    regrade = Regrade.objects.create(assignment=demo, revision=demo.current, scope=Regrade.Scope.ALL, proposer=staff)
    Grading.objects.create(submission=grading.submission, revision=demo.current, use=Use.PROPOSED, regrade=regrade)
    return World(demo, grading, archive, people)


def _text(demo: Assignment) -> bytes:
    from grader.intake.archive import read_zip
    from grader.specs.load import FILE

    assert demo.current is not None
    return read_zip(bytes(demo.current.archive), "it")[f"demo/{FILE}"]


@pytest.mark.parametrize("row", PAGES, ids=lambda row: f"{row.method} {row.path}")
def test_pages(world: World, row: Row) -> None:
    assert {who: world.send(row, browser_of(world.people[who])) for who in WHO} == {who: row.of(who) for who in WHO}


@pytest.mark.parametrize("row", CALLS, ids=lambda row: f"{row.method} {row.path}")
def test_the_api(world: World, row: Row) -> None:
    clients = {who: api_of(person) if person else Client() for who, person in world.people.items()}
    assert {who: world.send(row, clients[who]) for who in WHO} == {who: row.of(who) for who in WHO}


def test_a_browser_session_is_no_key_to_the_api(world: World) -> None:
    keyed = [row for row in CALLS if row.of("nobody") == 401]
    assert {world.send(row, browser_of(world.people["admin"])) for row in keyed} == {401}


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
    published(("title: Demo", "title: Demo\nopens: 2999-01-01T00:00+00:00"))
    assert browser_of(student).get("/courses/calculus/assignments/demo").status_code == 404
    assert browser_of(student).get("/courses/calculus/assignments/demo/starter").status_code == 404
    assert b"Demo" not in browser_of(student).get("/").content
    assert api_of(student).get("/api/courses/calculus/assignments").json() == []
    assert browser_of(staff).get("/courses/calculus/assignments/demo").status_code == 200


def test_lists_hold_ones_own_only(world: World, other: User) -> None:
    hand_in(other, world.demo, b"x = 1", "other.py")
    owner = world.people["owner"]
    assert owner is not None
    assert b"other.py" not in browser_of(owner).get("/courses/calculus/submissions").content
    assert [item["owner"] for item in api_of(owner).get("/api/courses/calculus/submissions").json()] == ["emmy"]
    staff = world.people["instructor"]
    assert staff is not None
    assert b"other.py" in browser_of(staff).get("/courses/calculus/submissions").content
    assert (
        b"other.py" not in browser_of(staff).get("/courses/calculus/assignments/demo").content
    )  # that list is the reader's own


def test_a_closed_account_opens_nothing(world: World) -> None:
    owner = world.people["owner"]
    assert owner is not None
    browser, api = browser_of(owner), api_of(owner)
    User.objects.update(is_active=False)
    assert browser.get("/").status_code == SIGN_IN
    assert api.get("/api/courses/calculus/submissions").status_code == 401


def test_a_made_up_token_opens_nothing(world: World) -> None:
    for header in ("Bearer nabla_x", "Bearer ", "Basic abc", "nabla_x"):
        assert Client(headers={"authorization": header}).get("/api/courses/calculus/submissions").status_code == 401


def test_solutions_leave_no_trace_anywhere(world: World) -> None:
    """The archive holds the author's solution; what anybody can download of it is the starter."""
    for row in PAGES:
        if row.method == "GET" and row.of("instructor") == 200:
            assert b"PK\x03\x04" not in browser_of(world.people["instructor"]).get(world.path(row)).content


def test_another_course_may_set_the_same_and_nothing_of_it_is_seen_here(world: World, tmp_path: Path) -> None:
    marie, leon, emmy = world.people["foreign"], world.people["stranger"], world.people["owner"]
    assert marie
    assert leon
    physics = Course.objects.get(slug="physics")
    text = OPEN.replace("title: Demo", "title: Of physics")
    twin = put_in_use(publish(marie, physics, pack(write(tmp_path / "b", text))))
    assert (twin.slug, twin.pk == world.demo.pk) == ("demo", False)
    hand_in(leon, twin, b"x = 1", "of_leon.py")
    for reader, path in (
        (emmy, "/"),
        (emmy, "/courses/calculus"),
        (world.people["ta"], "/courses/calculus/submissions"),
    ):
        seen = browser_of(reader).get(path).content
        assert b"Of physics" not in seen
        assert b"of_leon.py" not in seen
    assert b"Of physics" in browser_of(leon).get("/").content
    listed = api_of(marie).get("/api/courses/physics/submissions").json()
    assert [(item["owner"], item["course"], item["assignment"]) for item in listed] == [("leon", "physics", "demo")]
    assert browser_of(leon).get("/courses/calculus/assignments/demo").status_code == 404


def test_who_leaves_a_course_sees_nothing_of_it_any_more(world: World) -> None:
    Membership.objects.filter(user=world.people["owner"]).delete()
    owner = browser_of(world.people["owner"])
    assert owner.get(f"/submissions/{world.grading.submission_id}").status_code == 404
    assert "You belong to no course yet." in owner.get("/").content.decode()


def test_posts_without_the_token_of_the_form_are_turned_away(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    owner = world.people["owner"]
    assert owner is not None
    client.force_login(owner)
    answer = client.post("/courses/calculus/assignments/demo", {})
    assert answer.status_code == 403
    assert "This form is no longer valid" in answer.content.decode()


def test_working_on_it_changes_nothing_about_who_sees_it(world: World) -> None:
    lease = claim(Grading, world.grading.pk, "worker")
    assert lease is not None
    assert lease.finish(State.NEEDS_ATTENTION, fault="a secret of the machine room")
    path = f"/submissions/{world.grading.submission_id}"
    assert b"machine room" not in browser_of(world.people["owner"]).get(path).content
    assert b"machine room" in browser_of(world.people["instructor"]).get(path).content
