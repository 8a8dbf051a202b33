"""Regrading as a proposal: submissions are graded once more, against the revision in use, and nothing that anybody sees
changes before an instructor publishes it. What failed through us in a proposal is left as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from grader.errors import RegradeRefused
from grader.service import difference
from grader.service.audit import record
from grader.service.gradebook import counted, current, graded, recount
from grader.service.leases import try_again
from grader.service.models import Assignment, AuditEntry, Grading, Regrade, Revision, State, Submission, Use, User
from grader.service.outline import Outline, read_outline

_DECIDED = (State.GRADED, State.NOT_GRADABLE)
_PENDING = (State.QUEUED, State.RUNNING)

Outcome: TypeAlias = tuple[str, str, float | None, float | None]
"""username, submission, what counted before and after"""


def chosen(assignment: Assignment, outline: Outline, scope: str) -> QuerySet[Submission]:
    """The submissions that a regrade of this scope would grade: those of an earlier revision."""
    gradings = current(assignment.pk)
    earlier = gradings.filter(state__in=_DECIDED).exclude(revision=assignment.current)
    rows = Submission.objects.filter(pk__in=earlier.values("submission"))
    if scope == Regrade.Scope.ALL:
        return rows
    rule = "last" if scope == Regrade.Scope.LATEST else "best"
    found = counted(outline.model_copy(update={"counts": rule}), graded(gradings))
    return rows.filter(pk__in=[entry.submission for entry in found.values()])


@dataclass(frozen=True)
class LeftOut:
    """What no regrade would grade, though it is not of the revision in use: it has no result yet."""

    pending: int
    stuck: int
    """in need of attention"""

    def __bool__(self) -> bool:
        return bool(self.pending or self.stuck)

    def __str__(self) -> str:
        parts = []
        if self.pending:
            parts.append(f"{self.pending} waiting or being graded against an earlier revision: regrade when it is done")
        if self.stuck:
            parts.append(f"{self.stuck} in need of attention: grade again there, against the revision in use")
        return "; ".join(parts)


def left_out(assignment: Assignment) -> LeftOut:
    """Of all submissions of an assignment."""
    earlier = current(assignment.pk).exclude(revision=assignment.current_id)
    pending = earlier.filter(state__in=_PENDING).count()
    return LeftOut(pending, earlier.filter(state=State.NEEDS_ATTENTION).count())


def propose(proposer: User, assignment: Assignment, scope: str) -> Regrade:
    """Grade them in the lane of regrades; the reconciler rings for them within seconds. Raises RegradeRefused."""
    with transaction.atomic():
        # One proposal at a time, against what is in use now.
        assignment = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
        if assignment.regrades.filter(state=Regrade.State.OPEN).exists():
            raise RegradeRefused("There is a proposal already that nobody has decided on: publish or discard it first.")
        revision = assignment.current
        assert revision is not None  # whoever may see an assignment sees one with a revision
        submissions = list(chosen(assignment, read_outline(revision.outline), scope))
        if not submissions:
            why = left_out(assignment) or "all of it was graded against this revision already"
            raise RegradeRefused(f"There is nothing to regrade: {why}.")
        regrade = Regrade.objects.create(assignment=assignment, revision=revision, scope=scope, proposer=proposer)
        Grading.objects.bulk_create(
            Grading(submission=row, revision=revision, use=Use.PROPOSED, regrade=regrade) for row in submissions
        )
        what = f"{assignment.slug}, revision {assignment.current_id}, {len(submissions)} submissions ({scope})"
        record(assignment.course, proposer, AuditEntry.Action.PROPOSED, what)
    return regrade


def again(actor: User, grading: Grading) -> bool:
    """Queue what failed through us once more; False where it does not need it. What students wait for is graded against
    the revision in use: it has no score that this could change, and the earlier revision may be what broke it."""
    with transaction.atomic():
        assignment = Assignment.objects.select_for_update(no_key=True).get(pk=grading.submission.assignment_id)
        waited_for = Grading.objects.filter(pk=grading.pk, state=State.NEEDS_ATTENTION, use=Use.CURRENT)
        waited_for.update(revision=assignment.current_id)
        done = try_again(Grading, grading.pk)
        if done:
            what = f"{assignment.slug}, submission {grading.submission_id}"
            record(assignment.course, actor, AuditEntry.Action.AGAIN, what)
    return done


def publish(decider: User, regrade: Regrade, seen: str) -> None:
    """What was computed becomes what counts; `seen` is `difference.fingerprint` of what the decider looked at. Raises
    RegradeRefused."""
    with transaction.atomic():
        _decide(decider, regrade, Regrade.State.PUBLISHED)
        pending = regrade.gradings.filter(state__in=_PENDING).count()
        if pending:
            raise RegradeRefused(f"{pending} submissions are not graded yet: wait for them, or discard the proposal.")
        if seen != difference.fingerprint(regrade):
            raise RegradeRefused("Something in this proposal has changed since you loaded its page: look at it again.")
        done = regrade.gradings.filter(state__in=_DECIDED)
        replaced = list(done.values_list("submission", flat=True))
        if not replaced:
            raise RegradeRefused("None of it could be graded: grade it again, or discard the proposal.")
        changed = _changed(regrade)
        Regrade.objects.filter(pk=regrade.pk).update(changed=changed)
        Grading.objects.filter(use=Use.CURRENT, submission__in=replaced).update(use=Use.PAST)
        done.update(use=Use.CURRENT)
        regrade.gradings.filter(use=Use.PROPOSED).update(use=Use.PAST)
        recount(regrade.assignment_id)
        _told(decider, regrade, AuditEntry.Action.PUBLISHED, len(replaced), changed)


def discard(decider: User, regrade: Regrade) -> None:
    """Nothing changes; what was computed is kept, and what was not begun is not begun. Raises RegradeRefused."""
    with transaction.atomic():
        _decide(decider, regrade, Regrade.State.DISCARDED)
        regrade.gradings.filter(state=State.QUEUED).update(state=State.CANCELLED, finished=Now())
        _told(decider, regrade, AuditEntry.Action.DISCARDED, regrade.gradings.update(use=Use.PAST), [])


def _changed(regrade: Regrade) -> list[Outcome]:
    """What it changes at this moment: afterwards nothing tells what counted before."""
    in_use = Assignment.objects.values("current").filter(pk=regrade.assignment_id)
    outline = Revision.objects.values_list("outline", flat=True).get(pk__in=in_use)
    found = difference.changes(regrade, read_outline(outline))
    names = dict(User.objects.filter(pk__in=[item.owner for item in found]).values_list("pk", "username"))
    return [(names[item.owner], str(item.submission), item.before, item.after) for item in found]


def _decide(decider: User, regrade: Regrade, state: Regrade.State) -> None:
    Assignment.objects.select_for_update(no_key=True).get(pk=regrade.assignment_id)
    mine = Regrade.objects.filter(pk=regrade.pk, state=Regrade.State.OPEN)
    if not mine.update(state=state, decider=decider, decided=Now()):
        raise RegradeRefused("This proposal was decided on already.")


def _told(decider: User, regrade: Regrade, action: AuditEntry.Action, count: int, changed: list[Outcome]) -> None:
    what = f"{regrade.assignment.slug}, revision {regrade.revision_id}, {count} submissions"
    detail = [f"{name}: {_points(before)} → {_points(after)}" for name, _, before, after in changed]
    record(regrade.assignment.course, decider, action, what, detail)


def _points(counted: float | None) -> str:
    return "nothing" if counted is None else f"{counted:g}"
