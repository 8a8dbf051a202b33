"""From an upload to a receipt. Bytes, submission and grading are written in one transaction; whoever holds a receipt
can rely on it."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from grader.domain.text import printable
from grader.errors import StudentFault, UploadRefused
from grader.intake.door import require_acceptable
from grader.service import doorbell
from grader.service.models import Assignment, Content, Grading, State, Submission, Use, User
from grader.service.outline import Outline

_LOG = logging.getLogger(__name__)
_DAY = timedelta(days=1)

COUNTING = (State.QUEUED, State.RUNNING, State.GRADED)
"""What uses up an attempt: not what could not be graded, and not what failed through us."""


@dataclass(frozen=True)
class Upload:
    """A file as it arrived. `ticket` is the sender's: the same one twice is the same upload."""

    name: str
    body: bytes
    ticket: str


def accept(owner: User, assignment: Assignment, outline: Outline, upload: Upload) -> Grading:
    """The queued grading of the stored submission. Raises UploadRefused; then nothing was stored."""
    name = _base_name(upload.name)
    try:
        require_acceptable(upload.body, name)
    except StudentFault as fault:
        raise UploadRefused(f"{fault}.") from None
    if not 1 <= len(upload.ticket) <= 64 or not upload.ticket.isprintable():
        raise UploadRefused("The ticket of an upload has 1 to 64 characters that can be printed.")
    digest = hashlib.sha256(upload.body).hexdigest()
    content = Content(sha256=digest, body=upload.body, size=len(upload.body))
    try:
        return _accept(owner, assignment, outline, content, (name, upload.ticket))
    except IntegrityError:
        # The same ticket at the same moment: the other one was first.
        return _same(_repeated(owner, upload.ticket).get(), assignment, digest)


def _accept(
    owner: User, assignment: Assignment, outline: Outline, content: Content, name_and_ticket: tuple[str, str]
) -> Grading:
    with transaction.atomic():
        if outline.per_day or outline.total:
            # One upload of a student at a time, so that attempts are counted right.
            User.objects.select_for_update().get(pk=owner.pk)
        repeated = _repeated(owner, name_and_ticket[1]).first()
        if repeated is not None:
            return _same(repeated, assignment, content.sha256)
        return _store(owner, assignment, outline, content, name_and_ticket)


def _repeated(owner: User, ticket: str) -> QuerySet[Grading]:
    """What came with this ticket before."""
    known = Grading.objects.filter(submission__owner=owner, submission__ticket=ticket, use=Use.CURRENT)
    return known.select_related("submission", "revision").defer("report", "revision__archive")


def _same(known: Grading, assignment: Assignment, digest: str) -> Grading:
    if (known.submission.assignment_id, known.submission.content_id) != (assignment.pk, digest):
        raise UploadRefused("This form was already used for another file; load the page again.", 409)
    return known


def _store(
    owner: User, assignment: Assignment, outline: Outline, content: Content, name_and_ticket: tuple[str, str]
) -> Grading:
    name, ticket = name_and_ticket
    # Before megabytes are written that are taken back a moment later.
    _require_open(assignment, outline, timezone.now(), [])
    used = _used(owner, assignment) if outline.per_day or outline.total else []
    Content.objects.bulk_create([content], ignore_conflicts=True)
    submission = Submission.objects.create(
        owner=owner, assignment=assignment, content=content, name=name, ticket=ticket
    )
    _require_open(assignment, outline, submission.received, used)
    assert assignment.current is not None  # whoever may see an assignment sees one with a revision
    grading = Grading.objects.create(submission=submission, revision=assignment.current)
    transaction.on_commit(lambda: _announce(submission, grading))
    return grading


def _announce(submission: Submission, grading: Grading) -> None:
    _LOG.info("submission %s of %s received", submission.pk, submission.owner.username)
    doorbell.ring(doorbell.INTERACTIVE, grading.pk)


def _used(owner: User, assignment: Assignment) -> list[datetime]:
    """When the attempts that count were made, oldest first."""
    counting = Grading.objects.filter(state__in=COUNTING, use=Use.CURRENT)
    earlier = Submission.objects.filter(owner=owner, assignment=assignment, gradings__in=counting)
    return list(earlier.order_by("received").values_list("received", flat=True))


def _require_open(assignment: Assignment, outline: Outline, now: datetime, used: list[datetime]) -> None:
    zone = ZoneInfo(assignment.course.zone)
    if outline.opens is not None and now < outline.opens:
        raise UploadRefused(f"{outline.title} opens on {_shown(outline.opens, zone)}.", 403)
    if outline.closes is not None and now > outline.closes:
        raise UploadRefused(f"{outline.title} closed on {_shown(outline.closes, zone)}; nothing was handed in.", 403)
    if outline.total is not None and len(used) >= outline.total:
        raise UploadRefused(f"All {outline.total} attempts are used; the earlier ones keep counting.", 429)
    recent = [received for received in used if received > now - _DAY]
    if outline.per_day is not None and len(recent) >= outline.per_day:
        free = _shown(recent[-outline.per_day] + _DAY, zone)
        raise UploadRefused(
            f"All {outline.per_day} attempts of 24 hours are used; the next one is free on {free}.", 429
        )


def _shown(time: datetime, zone: ZoneInfo) -> str:
    return f"{time.astimezone(zone):%A, %d %B %Y, %H:%M %Z}"


def _base_name(name: str) -> str:
    """Some browsers send a path; only its end is the file's name."""
    base = printable(PurePosixPath(name.replace("\\", "/")).name)
    return base if len(base) <= 200 else base[:100] + "..." + base[-90:]
