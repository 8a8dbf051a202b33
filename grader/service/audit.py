"""Who did what that grades depend on: written in the transaction that does it, never changed."""

from __future__ import annotations

from collections.abc import Iterable

from grader.service.models import AuditEntry, Course, User


def record(
    course: Course, actor: User | None, action: AuditEntry.Action, subject: str, detail: Iterable[str] = ()
) -> None:
    """A line of the log, and all of it in detail; without an actor it was done on the machine of the service."""
    AuditEntry.objects.create(course=course, actor=actor, action=action, subject=subject[:300], detail=list(detail))
