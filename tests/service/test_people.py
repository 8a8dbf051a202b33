"""Rosters: what is read, what is refused and where, what changes, and who may hand out first passwords."""

from __future__ import annotations

import html
import re
import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grader.errors import ConfigurationFault, RosterFault
from grader.service.access import Seat, without_password
from grader.service.enrolment import add_course, apply, enrol, plan
from grader.service.first_password import first_password
from grader.service.models import Course, Membership, Role, User
from grader.service.roster import MAX_BYTES, MAX_ROWS, read
from tests.service.conftest import browser_of, member

HEAD = "name,e-mail,username,role\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HEAD + "Emmy Noether,emmy@x.org,emmy,student\n", ("emmy", "Emmy Noether", "emmy@x.org", "student")),
        ('\ufeffUsername;Role;Name\r\nemmy;TA;"Noether; Emmy"\r\n', ("emmy", "Noether; Emmy", "", "ta")),
        ('username,name\n\n emmy ,"Noether, ""Emmy"""\n,\n', ("emmy", 'Noether, "Emmy"', "", "student")),
        ("EMAIL\tuser name\nemmy@x.org\témmy.n@x\n", ("émmy.n@x", "", "emmy@x.org", "student")),
        ("sep=;\r\nusername;name;\r\nemmy;Jean\u00a0Paul;\r\n", ("emmy", "Jean Paul", "", "student")),
        ("username,name\nemmy,\u0645\u06cc\u200c\u062e\n", ("emmy", "\u0645\u06cc\u200c\u062e", "", "student")),
        ("username,name\ne\u0301mmy,\u05d0\u05de\u05d9 محمد 王\n", ("émmy", "\u05d0\u05de\u05d9 محمد 王", "", "student")),
    ],
)  # fmt: skip
def test_what_spreadsheets_write(text: str, found: tuple[str, ...]) -> None:
    (entry,) = read(text.encode())
    assert (entry.username, entry.name, entry.email, entry.role) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: the column username is missing; the columns are name, e-mail, username and role"),
        (HEAD, "there is nobody in it: a line for each person follows"),
        ("username,rol\nemmy,ta\n", "line 1: there is no column “rol”; the columns are name, e-mail, username and role"),
        ("username,email,e-mail\nemmy,,\n", "line 1: the column email is there twice"),
        ("sep=;\nusername;role\nemmy;boss\n", "line 3: the role “boss” is none of"),
        (HEAD + "E\u200b,,emmy,\n", "line 2: the name has a character that cannot be printed: U+200B ZERO WIDTH SPACE"),
        (HEAD + "a,b\n", "line 2: 2 fields, where the first line names 4"),
        (HEAD + 'E,,emmy,student\n"C,,carl\n', "line 3: this is not CSV: unexpected end of data"),
        (HEAD + "E,,emmy,boss\n", "line 2: the role “boss” is none of student, ta, instructor"),
        (HEAD + "E,,emmy noether,\n", "line 2: a username has letters, digits and @ . + - _ only, not “emmy noether”"),
        (HEAD + "E,,,\n", "line 2: a username has letters, digits and @ . + - _ only, not an empty one"),
        (HEAD + "E,nobody,emmy,\n", "line 2: “nobody” is not an e-mail address"),
        (HEAD + f"{'E' * 151},,emmy,\n", "line 2: the name is longer than 150 characters"),
        (HEAD + "E\x1b[31m,,emmy,\n", "line 2: the name has a character that cannot be printed: U+001B"),
        (HEAD + '"E\nN",,emmy,\nC,,carl,boss\n', "line 2: the name has a character that cannot be printed: U+000A\nline 4: the role"),
        (HEAD + "E,,emmy,\nC,,carl,\nE,,Emmy,ta\n", "line 4: Emmy is in line 2 already"),
        (HEAD + "E,x@y.org,emmy,\nC,X@y.org,carl,\n", "line 3: X@y.org is in line 2 already"),
        (HEAD + "E,,emmy,\n" * 2 + "x" * MAX_BYTES, "the file is larger than 1 MiB"),
        ("username\n" + "".join(f"u{n}\n" for n in range(MAX_ROWS + 1)), "there are 5001 people in it; at most 5000"),
    ],
)  # fmt: skip
def test_what_is_refused_says_where(text: str, words: str) -> None:
    with pytest.raises(RosterFault) as refused:
        read(text.encode())
    assert words in str(refused.value)


def test_another_encoding_is_told_with_its_line() -> None:
    with pytest.raises(RosterFault, match="line 3: this is not UTF-8; save it as “CSV UTF-8”"):
        read(HEAD.encode() + b"E,,emmy,\nJos\xe9,,jose,\n")


def roles(course: Course) -> dict[str, str]:
    return dict(Membership.objects.filter(course=course).values_list("user__username", "role"))


def test_a_roster_is_planned_and_applied(course: Course, staff: User, student: User, other: User) -> None:
    marie = member("marie", add_course("physics", "Physics", "UTC"))
    entries = read(b"username,name,role\nemmy,,ta\nada,,instructor\nmarie,Somebody else,\nnew,Nova,\n")
    found = plan(course, entries)
    assert roles(course) == {"ada": "instructor", "emmy": "student", "carl": "student"}  # a plan changes nothing
    assert ([entry.username for entry in found.new], [entry.username for entry in found.joining]) == (
        ["new"],
        ["marie"],
    )
    assert [(move.username, move.before, move.after) for move in found.changing] == [("emmy", "student", "ta")]
    assert (found.leaving, found.missing, found.unchanged) == ((), 1, 1)
    assert apply(course, entries) == found
    everybody = {"ada": "instructor", "emmy": "ta", "carl": "student", "marie": "student", "new": "student"}
    assert roles(course) == everybody
    marie.refresh_from_db()
    assert marie.name == ""  # an account that exists may be somebody's of another course: it stays as it is
    new = User.objects.get(username="new")
    assert (new.name, new.has_usable_password()) == ("Nova", False)
    assert plan(course, entries).is_empty
    assert [move.username for move in apply(course, entries, remove=True).leaving] == ["carl"]
    assert "carl" not in roles(course)


@pytest.mark.parametrize("text", ["username\nemmy\n", "username,role\nada,student\n"])
def test_a_course_keeps_an_instructor(course: Course, staff: User, student: User, text: str) -> None:
    with pytest.raises(RosterFault, match="nobody would be an instructor of the course any more"):
        apply(course, read(text.encode()), remove=True)
    assert roles(course) == {"ada": "instructor", "emmy": "student"}


def test_a_closed_account_is_no_instructor_who_could_mend_it(course: Course, staff: User) -> None:
    eve = member("eve", course, Role.INSTRUCTOR)
    User.objects.filter(pk=eve.pk).update(is_active=False)
    for text in (b"username,role\nada,student\n", b"username,role\nada,student\neve,instructor\n"):
        with pytest.raises(RosterFault, match="nobody would be an instructor of the course any more"):
            apply(course, read(text))


def test_usernames_differ_by_more_than_case(course: Course, student: User) -> None:
    words = (
        "line 2: there is an account emmy already, which differs from Emmy by upper and lower case only: write it so"
    )
    with pytest.raises(RosterFault, match=words):
        plan(course, read(b"username\nEmmy\n"))


def test_rosters_of_two_courses_at_once(transactional_db: None) -> None:
    courses = [add_course(slug, slug, "UTC") for slug in ("a", "b")]
    entries = read(("username\n" + "".join(f"u{n}\n" for n in range(100))).encode())
    together, problems = threading.Barrier(2), []

    def run(course: Course) -> None:
        try:
            together.wait()
            apply(course, entries)
        except RosterFault as fault:
            problems.append(fault.problems)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[course]) for course in courses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (refused,) = problems
    assert len(refused) == 100  # whoever comes second is told that the accounts are another course's
    assert Membership.objects.count() == 100


def test_two_thousand_people_in_a_few_questions(course: Course) -> None:
    entries = read(("username,name\n" + "".join(f"u{n},Number {n}\n" for n in range(2000))).encode())
    with CaptureQueriesContext(connection) as asked:
        apply(course, entries)
    assert Membership.objects.count() == 2000
    assert len(asked) < 40  # SQLite takes some hundred rows at once


@pytest.mark.parametrize(
    ("slug", "title", "zone", "words"),
    [
        ("A b", "T", "UTC", "A b is no name of a course: lower-case letters, digits and -, as in calculus-26"),
        ("calculus", "T", "UTC", "there is a course calculus already; choose another name"),
        ("new", " ", "UTC", "the title of a course has 1 to 200 characters that can be printed"),
        ("new", "T", "Mars/Olympus", "there is no time zone Mars/Olympus; they are called as in Europe/Berlin, or UTC"),
    ],
)
def test_what_no_course_can_be(course: Course, slug: str, title: str, zone: str, words: str) -> None:
    with pytest.raises(ConfigurationFault, match=re.escape(words)):
        add_course(slug, title, zone)


def send(client: Client, file: bytes | None = None, **fields: str) -> Any:
    files = {} if file is None else {"file": SimpleUploadedFile("roster.csv", file)}
    return client.post("/courses/calculus/roster", {**files, **fields})


def test_an_instructor_applies_a_roster_and_hands_out_links(course: Course, staff: User, student: User) -> None:
    client = browser_of(staff)
    content = (HEAD + "<b>Nova</b>,n@x.org,nova,\nMarie,,marie,ta\n").encode()
    shown = send(client, content).content.decode()
    assert "Nothing is changed yet." in shown
    assert "2 new accounts" in shown
    assert "&lt;b&gt;Nova&lt;/b&gt;" in shown
    assert "2 members who are not in the file stay too" in shown
    assert not User.objects.filter(username="nova").exists()
    kept = re.search(r'name="content" value="([^"]*)"', shown)
    assert kept
    done = send(client, apply="1", content=html.unescape(kept[1]))
    assert done.headers["Location"] == "/courses/calculus/people"
    people = client.get("/courses/calculus/people").content.decode()
    assert "2 new accounts, 0 joined" in people
    assert "2 accounts without a password yet" in people
    link = re.search(r"http://testserver(/password/\S+)</code>", people)
    assert link
    choose_password(link[1], "marie")
    assert "1 account without a password yet" in client.get("/courses/calculus/people").content.decode()


def choose_password(link: str, name: str) -> None:
    client = Client()
    form = client.get(link, follow=True)
    assert f"<strong>{name}</strong>" in form.content.decode()
    path = form.redirect_chain[-1][0]
    weak = client.post(path, {"new_password1": "1234", "new_password2": "1234"}).content.decode()
    assert "This password is too short." in weak
    User.objects.filter(username=name).update(name="Sklodowska")
    like = client.post(path, {"new_password1": "sklodowska", "new_password2": "sklodowska"}).content.decode()
    assert "The password is too similar to the name." in like
    secret = {"new_password1": "a-good-long-secret", "new_password2": "a-good-long-secret"}
    assert client.post(path, secret).headers["Location"] == "/sign-in"
    assert client.post("/sign-in", {"username": name, "password": "a-good-long-secret"}).headers["Location"] == "/"
    assert "This link was used already" in Client().get(link, follow=True).content.decode()


def test_no_instructor_gets_into_another_course_by_a_first_password(course: Course, staff: User) -> None:
    elsewhere = add_course("physics", "Physics", "UTC")
    apply(elsewhere, read(b"username\nnova\n"))
    for apart in (read(b"username\nnova\n"), read(b"username\nmarie\n")):
        apply(elsewhere, apart, remove=True)  # nova belongs to no course any more
        answer = send(browser_of(staff), apply="1", content="username\nnova\n")
        assert answer.status_code == 422
        assert "line 2: nova has an account that was made for another course and has no password yet" in html.unescape(
            answer.content.decode()
        )
        assert "nova" not in roles(course)
    apply(elsewhere, read(b"username\nnova\n"))
    assert [user.username for user in without_password(Seat(elsewhere, "instructor"))] == ["marie", "nova"]
    User.objects.filter(username="nova").update(is_active=False)
    assert [user.username for user in without_password(Seat(elsewhere, "instructor"))] == ["marie"]


@pytest.mark.parametrize("change", ["another course", "another role", "left and back", "site admin"])
def test_a_link_ends_when_what_the_account_may_do_changes(course: Course, change: str) -> None:
    alone = read(b"username\nnova\n")
    apply(course, alone)
    nova = User.objects.get(username="nova")
    link = first_password(nova)
    assert Client().get(link).status_code == 302
    if change == "another course":
        enrol(nova, add_course("physics", "Physics", "UTC"), "instructor")
    elif change == "another role":
        apply(course, read(b"username,role\nnova,ta\n"))
    elif change == "left and back":
        apply(course, read(b"username\nmarie\n"), remove=True)
        apply(course, alone)
    else:
        User.objects.update(is_superuser=True)
    assert "This link was used already" in Client().get(link).content.decode()


def test_a_course_sees_of_an_account_what_its_own_roster_said(course: Course, staff: User) -> None:
    marie = member("marie", add_course("physics", "Physics", "UTC"))
    User.objects.filter(pk=marie.pk).update(name="Marie Curie", email="marie@private.org")
    client, content = browser_of(staff), "username,name,email\nmarie,M.,m@x.org\n"
    shown = send(client, content.encode()).content.decode()
    done = send(client, apply="1", content=content)
    assert done.status_code == 302
    seen = [client.get(f"/courses/calculus/{page}").content.decode() for page in ("people", "grades", "grades.json")]
    for text in (shown, *seen):
        assert "M." in text
        assert "Curie" not in text
        assert "private" not in text
    assert "Their account has another e-mail address than the file: <bdi>marie</bdi>." in shown


def test_problems_are_shown_at_the_form(course: Course, staff: User) -> None:
    answer = send(browser_of(staff), ("username,role\n" + "x,boss\n" * 30).encode())
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "line 2: the role “boss” is none of student, ta, instructor" in text
    assert "and 10 more" in text


def test_what_would_leave_is_shown_and_kept_for_the_next_step(course: Course, staff: User, student: User) -> None:
    shown = send(browser_of(staff), b"username,role\nada,instructor\n", remove="on").content.decode()
    assert "1 leaves" in shown
    assert '<input type="hidden" name="remove" value="1">' in shown
    nothing = send(browser_of(staff), b"username,role\nada,instructor\n").content.decode()
    assert "It changes nothing." in nothing


def test_long_lists_of_members_have_pages(course: Course, staff: User) -> None:
    apply(course, read(("username\n" + "".join(f"u{n}\n" for n in range(100))).encode()))
    client = browser_of(staff)
    assert "Page 1 of 2" in client.get("/courses/calculus/people").content.decode()
    assert "u99" in client.get("/courses/calculus/people?page=2").content.decode()
    assert 'href="/courses/calculus/people?page=2"' in send(client, b"username,role\nx,boss\n").content.decode()


def test_times_are_those_of_the_course(course: Course, staff: User, published: Any) -> None:
    published(("title: Demo", "title: Demo\ndue: 2999-01-15T23:59+00:00"))
    Course.objects.update(zone="Asia/Kolkata")
    assert "Wed 16 Jan 2999, 05:29 IST" in browser_of(staff).get("/").content.decode()
