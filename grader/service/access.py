"""Who may see what. Pages and API take their objects from here and nowhere else: what one may not see does not exist
for one."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet
from django.utils import timezone

from grader.service.models import Assignment, Grading, Revision, Submission, User
from grader.service.outline import Outline, read_outline


def submissions(user: User) -> QuerySet[Submission]:
    """One's own; for staff everybody's."""
    seen = Q() if user.is_staff else Q(owner=user)
    return Submission.objects.filter(seen).select_related("owner")


def gradings(user: User) -> QuerySet[Grading]:
    """Of the submissions one may see."""
    seen = Q() if user.is_staff else Q(submission__owner=user)
    rows = Grading.objects.filter(seen).select_related(
        "submission__owner", "submission__assignment__current", "revision"
    )
    return rows.defer("revision__archive", "revision__outline", "submission__assignment__current__archive")


def newest_grading(user: User, submission: uuid.UUID) -> Grading | None:
    """The one that a submission's page shows; None where one may not see it."""
    return gradings(user).filter(submission_id=submission).order_by("-pk").first()


def assignments(user: User) -> list[tuple[Assignment, Outline]]:
    """Those with a ready revision, in order of creation; students see them from when they open."""
    rows = (
        Assignment.objects.filter(current__isnull=False)
        .select_related("current")
        .defer("current__archive")
        .order_by("created", "id")
    )
    pairs = [(row, read_outline(row.current.outline)) for row in rows if row.current]
    return [(row, outline) for row, outline in pairs if _is_open(outline, user)]


def _is_open(outline: Outline, user: User) -> bool:
    return user.is_staff or outline.opens is None or timezone.now() >= outline.opens


def assignment(user: User, id: str) -> tuple[Assignment, Outline] | None:
    """One of `assignments`, None where one may not see it."""
    row = (
        Assignment.objects.filter(pk=id, current__isnull=False)
        .select_related("current")
        .defer("current__archive")
        .first()
    )
    if row is None or row.current is None:
        return None
    outline = read_outline(row.current.outline)
    return (row, outline) if _is_open(outline, user) else None


def revisions(user: User) -> QuerySet[Revision]:
    """Staff only: revisions hold solutions."""
    return Revision.objects.defer("archive").select_related("publisher") if user.is_staff else Revision.objects.none()
