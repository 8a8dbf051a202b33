"""A regrade is a proposal: nobody but staff sees anything of it before it is published, and it never takes what our own
faults would take."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.models.functions import Now
from django.test import Client

from grader.service.leases import claim
from grader.service.models import Assignment, AuditEntry, Course, Grading, Regrade, Role, State, Submission, Use, User
from tests.service.conftest import Publish, api_of, browser_of, hand_in, member
from tests.service.test_gradebook import GRADES
from tests.service.test_pages import grade, text_of

PROPOSE = "/courses/calculus/assignments/demo/regrades"
SECOND = ("title: Demo", "title: Demo, mended")


def graded(owner: User, assignment: Assignment, score: float) -> Grading:
    """A graded submission with this score of 3 that students see, and of 7 in all."""
    grading = hand_in(owner, assignment)
    grade(grading)
    rescore(grading, score)
    return grading


def rescore(grading: Grading, score: float) -> None:
    """As if the check `generic` of the task `residual` had given this."""
    from grader.service.gradebook import recount

    grading.refresh_from_db()
    assert grading.report is not None
    grading.report["tasks"][1]["checks"][0].update(score=score, verdict="passed" if score == 4 else "failed")
    grading.scores = [[min(score, 3), 3]] * 3 + [[score, 7]]
    grading.save()
    recount(grading.submission.assignment_id)


def propose(client: Client, scope: str = "all") -> Regrade:
    answer = client.post(PROPOSE, {"scope": scope})
    assert answer.status_code == 302, answer.content.decode()
    return Regrade.objects.get(pk=int(answer.headers["Location"].rpartition("/")[2]))


def publish(client: Client, regrade: Regrade) -> str:
    """By the form of its page; the page that follows."""
    seen = re.search(r'name="seen" value="(\w+)"', text_of(client, f"/regrades/{regrade.pk}"))
    assert seen
    return client.post(f"/regrades/{regrade.pk}/publish", {"seen": seen[1]}, follow=True).content.decode()


def proposed(regrade: Regrade, grading: Grading) -> Grading:
    return regrade.gradings.get(submission=grading.submission_id)


@pytest.fixture
def before(student: User, other: User, published: Publish) -> tuple[Grading, Grading]:
    """emmy has 4, carl has 1, by the first revision; the second one is in use."""
    demo = published()
    both = graded(student, demo, 4), graded(other, demo, 1)
    published(SECOND)
    return both


Gradings = tuple[Grading, Grading]


def everything(student: User, grading: Grading) -> list[bytes]:
    """All that a student can ask for that scores or states are in."""
    pages = [f"/submissions/{grading.submission_id}/live", "/", "/courses/calculus", "/courses/calculus/submissions"]
    calls = [f"/api/submissions/{grading.submission_id}", "/api/courses/calculus/submissions"]
    browser, api = browser_of(student), api_of(student)
    seen = [browser.get(path).content for path in pages] + [api.get(path).content for path in calls]
    return [re.sub(rb'"csrfmiddlewaretoken" value="\w+"', b"", text) for text in seen]


def test_nothing_shows_before_it_is_published(staff: User, student: User, before: Gradings) -> None:
    emmys, carls = before
    client = browser_of(staff)
    seen, book = everything(student, emmys), client.get(f"{GRADES}.csv").content
    regrade = propose(client)
    assert everything(student, emmys) == seen
    for old, score in ((emmys, 0), (carls, 4)):
        grade(proposed(regrade, old))
        rescore(proposed(regrade, old), score)
        assert everything(student, emmys) == seen
    assert client.get(f"{GRADES}.csv").content == book
    overview = "/courses/calculus/assignments/demo/overview"
    assert "2 students, median 2.5 of 7." in text_of(client, overview)
    answer = client.post(f"/regrades/{regrade.pk}/discard")
    assert answer.status_code == 302
    assert everything(student, emmys) == seen
    assert client.get(f"{GRADES}.csv").content == book


def test_what_would_change_and_why(staff: User, student: User, other: User, before: Gradings) -> None:
    client = browser_of(staff)
    regrade = propose(client)
    assert "2 of 2 submissions are not graded yet." in text_of(client, f"/regrades/{regrade.pk}")
    for old, score in zip(before, (0, 4), strict=True):
        grade(proposed(regrade, old))
        rescore(proposed(regrade, old), score)
    seen = text_of(client, f"/regrades/{regrade.pk}")
    assert "All 2 submissions were looked at." in seen
    assert "<strong>1</strong> student would gain, <strong>1</strong> would lose points." in seen
    assert "<bdi>Residual</bdi>, generic: passed 4 / 4 → failed 0 / 4" in seen
    assert "<bdi>Residual</bdi>, generic: failed 1 / 4 → passed 4 / 4" in seen
    assert seen.index("<bdi>emmy</bdi>") < seen.index("<bdi>carl</bdi>")  # who loses stands first


def test_published_it_counts_and_keeps_its_revision(staff: User, student: User, before: Gradings) -> None:
    emmys, carls = before
    client = browser_of(staff)
    regrade = propose(client)
    for old, score in zip(before, (0, 4), strict=True):
        grade(proposed(regrade, old))
        rescore(proposed(regrade, old), score)
    done = publish(client, regrade)
    assert "The regrade is published: its scores are the ones that count." in done
    assert "Published by <bdi>ada</bdi>" in done
    assert "What it changed" in done
    assert re.search(r'<bdi>emmy</bdi></a></td><td class="number">4</td><td class="number">0</td>', done)
    assert "carl: 1 → 4" in text_of(client, "/courses/calculus/log")
    assert "0 / 3" in text_of(browser_of(student), "/courses/calculus/submissions")
    assert '"emmy","","",0.0,0.0,7.0' in client.get(f"{GRADES}.csv").content.decode("utf-8-sig")
    emmys.refresh_from_db()
    assert (emmys.use, emmys.revision_id < regrade.revision_id) == (Use.PAST, True)
    new = Grading.objects.get(submission=emmys.submission, use=Use.CURRENT)
    assert (new.revision_id, new.regrade_id) == (regrade.revision_id, regrade.pk)
    assert Grading.objects.filter(submission=carls.submission, use=Use.CURRENT).count() == 1
    again = client.post(PROPOSE, {"scope": "all"})
    assert "There is nothing to regrade: all of it was graded against this revision already." in again.content.decode()


def test_a_fault_of_ours_never_lowers(staff: User, before: Gradings) -> None:
    emmys, carls = before
    client = browser_of(staff)
    regrade = propose(client)
    lost = proposed(regrade, emmys)
    lease = claim(Grading, lost.pk, "worker")
    assert lease is not None
    assert lease.finish(State.NEEDS_ATTENTION, fault="the machine room is on fire")
    grade(proposed(regrade, carls))
    seen = text_of(client, f"/regrades/{regrade.pk}")
    assert "the machine room is on fire" in seen
    assert "emmy" not in seen[seen.index("What would change") :]
    assert "fire" not in text_of(client, "/courses/calculus/attention")  # that list is of what students wait for
    again = client.post(f"/gradings/{lost.pk}/again")
    assert again.headers["Location"] == f"/regrades/{regrade.pk}"
    claimed = claim(Grading, lost.pk, "worker")
    assert claimed is not None
    assert claimed.finish(State.NEEDS_ATTENTION, fault="still on fire")
    publish(client, regrade)
    emmys.refresh_from_db()
    lost.refresh_from_db()
    assert (emmys.use, lost.use) == (Use.CURRENT, Use.PAST)
    assert '"emmy","","",4.0,4.0,7.0' in client.get(f"{GRADES}.csv").content.decode("utf-8-sig")


def test_what_cannot_be_decided(staff: User, before: Gradings) -> None:
    client = browser_of(staff)
    regrade = propose(client)
    assert "2 submissions are not graded yet: wait for them, or discard the proposal." in publish(client, regrade)
    regrade.refresh_from_db()
    assert regrade.state == Regrade.State.OPEN
    second = client.post(PROPOSE, {"scope": "best"})
    assert "There is a proposal already that nobody has decided on" in second.content.decode()
    nothing = client.post(PROPOSE, {"scope": "some"})
    assert "Choose which submissions are to be graded again." in nothing.content.decode()
    client.post(f"/regrades/{regrade.pk}/discard")
    assert set(regrade.gradings.values_list("state", "use")) == {(State.CANCELLED, Use.PAST)}
    twice = client.post(f"/regrades/{regrade.pk}/discard", follow=True)
    assert "This proposal was decided on already." in twice.content.decode()


def stuck(grading: Grading) -> None:
    lease = claim(Grading, grading.pk, "worker")
    assert lease is not None
    assert lease.finish(State.NEEDS_ATTENTION, fault="the machine room is on fire")


def test_only_what_was_looked_at_is_published(staff: User, before: Gradings) -> None:
    client = browser_of(staff)
    regrade = propose(client)
    for grading in regrade.gradings.all():
        stuck(grading)
    assert "None of it could be graded: grade it again, or discard the proposal." in publish(client, regrade)
    seen = text_of(client, f"/regrades/{regrade.pk}").partition('name="seen" value="')[2][:64]
    lost = proposed(regrade, before[0])
    client.post(f"/gradings/{lost.pk}/again")
    grade(lost)
    late = client.post(f"/regrades/{regrade.pk}/publish", {"seen": seen}, follow=True).content.decode()
    assert "Something in this proposal has changed since you loaded its page: look at it again." in late
    assert "Published by" in publish(client, regrade)


def test_what_is_left_out_is_told(staff: User, student: User, other: User, published: Publish) -> None:
    demo = published()
    graded(student, demo, 4)
    waiting, broken = hand_in(other, demo), hand_in(other, demo)
    stuck(broken)
    published(SECOND)
    client = browser_of(staff)
    words = (
        "1 waiting or being graded against an earlier revision: regrade when it is done; "
        "1 in need of attention: grade again there, against the revision in use"
    )
    assert f"Not among them: {words}." in text_of(client, PROPOSE)
    regrade = propose(client)
    seen = text_of(client, f"/regrades/{regrade.pk}")
    assert f"Not in it: {words}." in seen
    assert "discard it and propose another" not in seen
    in_use = published(("title: Demo", "title: Third"))
    superseded = f"Revision {in_use.current_id} is in use by now, and this proposal is of an earlier one"
    assert superseded in text_of(client, f"/regrades/{regrade.pk}")
    grade(waiting)
    client.post(f"/regrades/{regrade.pk}/discard")


def test_what_a_broken_revision_left_is_graded_against_the_mended_one(
    staff: User, student: User, published: Publish
) -> None:
    grading = hand_in(student, published())
    stuck(grading)
    mended = published(SECOND)
    client = browser_of(staff)
    refused = client.post(PROPOSE, {"scope": "all"}).content.decode()
    assert "There is nothing to regrade: 1 in need of attention: grade again there" in refused
    client.post(f"/gradings/{grading.pk}/again")
    grading.refresh_from_db()
    assert (grading.state, grading.revision_id) == (State.QUEUED, mended.current_id)
    client.post(f"/gradings/{grading.pk}/again")
    assert AuditEntry.objects.filter(action=AuditEntry.Action.AGAIN).count() == 1


def test_another_submission_that_counts_is_told(staff: User, student: User, published: Publish) -> None:
    demo = published()
    best = graded(student, demo, 7)
    graded(student, demo, 6.5)
    published(SECOND)
    client = browser_of(staff)
    regrade = propose(client, "best")
    grade(proposed(regrade, best))
    rescore(proposed(regrade, best), 1)
    words = f"what counts is this submission → another submission, graded against revision {demo.current_id}"
    assert words in text_of(client, f"/regrades/{regrade.pk}")
    assert "Only <em>all</em> judges everybody by one revision" in text_of(client, PROPOSE)


@pytest.mark.parametrize(("scope", "scores"), [("all", [3, 4, 1]), ("latest", [3, 1]), ("best", [4, 1])])
def test_which_are_chosen(
    staff: User, student: User, other: User, published: Publish, scope: str, scores: list[float]
) -> None:
    demo = published()
    for owner, score in ((student, 4), (student, 3), (other, 1)):
        graded(owner, demo, score)
    hand_in(other, demo)  # is still to be graded, and is then what it is
    graded(member("leon", demo.course), published(SECOND), 2)  # by the new revision
    chosen = propose(browser_of(staff), scope).gradings.values_list("submission", flat=True)
    old = Grading.objects.filter(submission__in=list(chosen), use=Use.CURRENT).values_list("scores", flat=True)
    assert sorted(pair[-1][0] for pair in old if pair) == sorted(scores)


def test_proposals_take_no_attempt_and_no_place_in_the_queue(
    staff: User, student: User, other: User, published: Publish
) -> None:
    attempts = ("title: Demo", "title: Demo\nattempts: {total: 2}")
    grading = graded(student, published(attempts), 3)
    demo = published((attempts[0], attempts[1].replace("Demo", "Mended")))
    propose(browser_of(staff))
    waiting = hand_in(other, demo)
    assert "Next in line." in text_of(browser_of(other), f"/submissions/{waiting.submission_id}")
    assert "1 of 2 attempts left in all" in text_of(browser_of(student), "/courses/calculus/assignments/demo")
    assert hand_in(student, demo).state == State.QUEUED
    assert hand_in(student, demo, ticket=Submission.objects.get(pk=grading.submission_id).ticket).pk == grading.pk


def test_a_submission_has_one_grading_that_counts(student: User, demo: Assignment) -> None:
    grading = hand_in(student, demo)
    with pytest.raises(IntegrityError):
        Grading.objects.create(submission=grading.submission, revision=grading.revision)


def test_tas_propose_and_instructors_decide(course: Course, before: Gradings) -> None:
    alan = browser_of(member("alan", course, Role.TA))
    regrade = propose(alan)
    seen = text_of(alan, f"/regrades/{regrade.pk}")
    assert "An instructor publishes or discards it." in seen
    assert "Discard</button>" not in seen
    assert f'href="/regrades/{regrade.pk}"' in text_of(alan, PROPOSE)


def test_what_grades_depend_on_is_in_the_log(
    staff: User, student: User, course: Course, before: Gradings, actions: Callable[[], list[str]]
) -> None:
    client = browser_of(staff)
    client.post(f"/regrades/{propose(client).pk}/discard")
    client.post("/courses/calculus/roster", {"apply": "1", "content": "username,role\nnova,ta\n"})
    Grading.objects.filter(pk=before[0].pk).update(state=State.NEEDS_ATTENTION, queued=Now() - timedelta(hours=1))
    client.post(f"/gradings/{before[0].pk}/again")
    client.post(f"/gradings/{before[0].pk}/again")  # does nothing, so it is not there twice
    assert actions() == ["again", "roster", "regrade_discarded", "regrade_proposed", "revision", "revision"]
    seen = text_of(client, "/courses/calculus/log")
    assert "had a submission graded again" in seen
    assert "1 new accounts, 0 joined, 0 with another role, 0 left" in seen
    assert "nova: new account, ta" in seen
    assert "made an account a member" in seen
    client.post(
        "/courses/calculus/roster", {"apply": "1", "content": "username,role\nnova,\nada,instructor\n", "remove": "1"}
    )
    seen = text_of(client, "/courses/calculus/log")
    assert "nova: ta → student" in seen
    assert "emmy: left, student" in seen
    assert "2 submissions (all)" in seen


@pytest.fixture
def actions(db: None) -> Callable[[], list[str]]:
    """The actions of the log but those of the fixtures, the newest first."""
    rows = AuditEntry.objects.exclude(action=AuditEntry.Action.MEMBER).order_by("-pk")
    return lambda: list(rows.all().values_list("action", flat=True))


def test_a_log_without_a_line(course: Course) -> None:
    client = browser_of(User.objects.create_superuser("root"))
    assert "Nothing that grades depend on was done yet." in text_of(client, "/courses/calculus/log")
