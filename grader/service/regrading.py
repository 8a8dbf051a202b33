"""Regrading as a proposal: submissions are graded once more, against the revision in use, and nothing that anybody sees
changes before an instructor publishes it. What failed through us in a proposal is left as it was."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from grader.errors import RegradeRefused
from grader.service.audit import record
from grader.service.gradebook import counted, recount
from grader.service.models import Assignment, AuditEntry, Grading, Regrade, State, Submission, Use, User
from grader.service.outline import Outline

_DECIDED = (State.GRADED, State.NOT_GRADABLE)
_PENDING = (State.QUEUED, State.RUNNING)


def chosen(assignment: Assignment, outline: Outline, scope: str) -> QuerySet[Submission]:
    """The submissions that a regrade of this scope would grade: those of an earlier revision."""
    current = Grading.objects.filter(submission__assignment=assignment, use=Use.CURRENT)
    earlier = current.filter(state__in=_DECIDED).exclude(revision=assignment.current)
    rows = Submission.objects.filter(pk__in=earlier.values("submission"))
    if scope == Regrade.Scope.ALL:
        return rows
    rule = "last" if scope == Regrade.Scope.LATEST else "best"
    ordered = (
        current.filter(state=State.GRADED)
        .order_by("submission__received", "pk")
        .values_list("submission__owner", "pk", "submission", "submission__received", "scores")
    )
    found = counted(outline.model_copy(update={"counts": rule}), ordered)
    return rows.filter(pk__in=[entry.submission for entry in found.values()])


def propose(proposer: User, assignment: Assignment, outline: Outline, scope: str) -> Regrade:
    """Grade them in the lane of regrades; the reconciler rings for them within seconds. Raises RegradeRefused."""
    with transaction.atomic():
        Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)  # one proposal at a time
        if assignment.regrades.filter(state=Regrade.State.OPEN).exists():
            raise RegradeRefused("There is a proposal already that nobody has decided on: publish or discard it first.")
        submissions = list(chosen(assignment, outline, scope))
        if not submissions:
            raise RegradeRefused("There is nothing to regrade: all of it was graded against this revision already.")
        assert assignment.current is not None  # whoever may see an assignment sees one with a revision
        regrade = Regrade.objects.create(
            assignment=assignment, revision=assignment.current, scope=scope, proposer=proposer
        )
        Grading.objects.bulk_create(
            Grading(submission=row, revision=assignment.current, use=Use.PROPOSED, regrade=regrade)
            for row in submissions
        )
        what = f"{assignment.slug}, revision {assignment.current_id}, {len(submissions)} submissions ({scope})"
        record(assignment.course, proposer, AuditEntry.Action.PROPOSED, what)
    return regrade


def publish(decider: User, regrade: Regrade) -> None:
    """What was computed becomes what counts. Raises RegradeRefused."""
    with transaction.atomic():
        _decide(decider, regrade, Regrade.State.PUBLISHED)
        pending = regrade.gradings.filter(state__in=_PENDING).count()
        if pending:
            raise RegradeRefused(f"{pending} submissions are not graded yet: wait for them, or discard the proposal.")
        done = regrade.gradings.filter(state__in=_DECIDED)
        replaced = list(done.values_list("submission", flat=True))
        Grading.objects.filter(use=Use.CURRENT, submission__in=replaced).update(use=Use.PAST)
        done.update(use=Use.CURRENT)
        regrade.gradings.filter(use=Use.PROPOSED).update(use=Use.PAST)
        recount(regrade.assignment_id)
        _told(decider, regrade, AuditEntry.Action.PUBLISHED, len(replaced))


def discard(decider: User, regrade: Regrade) -> None:
    """Nothing changes; what was computed is kept, and what was not begun is not begun. Raises RegradeRefused."""
    with transaction.atomic():
        _decide(decider, regrade, Regrade.State.DISCARDED)
        regrade.gradings.filter(state=State.QUEUED).update(state=State.CANCELLED, finished=Now())
        _told(decider, regrade, AuditEntry.Action.DISCARDED, regrade.gradings.update(use=Use.PAST))


def _decide(decider: User, regrade: Regrade, state: Regrade.State) -> None:
    Assignment.objects.select_for_update(no_key=True).get(pk=regrade.assignment_id)
    mine = Regrade.objects.filter(pk=regrade.pk, state=Regrade.State.OPEN)
    if not mine.update(state=state, decider=decider, decided=Now()):
        raise RegradeRefused("This proposal was decided on already.")


def _told(decider: User, regrade: Regrade, action: AuditEntry.Action, count: int) -> None:
    what = f"{regrade.assignment.slug}, revision {regrade.revision_id}, {count} submissions"
    record(regrade.assignment.course, decider, action, what)
