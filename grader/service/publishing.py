"""From an archive that staff send to a revision that workers make ready."""

from __future__ import annotations

import hashlib
import logging

from django.db import transaction
from django.db.models import Q

from grader.archives import repack, specification
from grader.domain.assignment import Assignment as Specification
from grader.errors import AuthorFault
from grader.service import access, doorbell
from grader.service.audit import record
from grader.service.models import Assignment, AuditEntry, Course, Revision, State, User
from grader.service.outline import outline_of
from grader.service.rules import changed_rules

_LOG = logging.getLogger(__name__)


def publish(publisher: User, course: Course, archive: bytes) -> Revision:
    """The revision of these files in a course: a new one that is being made ready, or the newest where nothing changed.

    Raises AuthorFault; then nothing was stored. So it does where a TA would change rules that scores depend on.
    """
    assignment = specification(archive)
    packed = repack(archive)
    digest = hashlib.sha256(packed).hexdigest()
    with transaction.atomic():
        row, _ = Assignment.objects.get_or_create(course=course, slug=assignment.id)
        newest = row.revisions.order_by("-pk").first()
        if newest and newest.archive_sha256 == digest and newest.state in (State.READY, State.QUEUED, State.RUNNING):
            return newest
        changed = _changed_rules(row, assignment)
        if changed and not access.reader(publisher).seat(course).is_instructor:
            raise AuthorFault(
                f"Only instructors of the course may change when {row.slug} is due, what being late costs, which "
                f"submission counts, and who sees which check; this revision changes {'; '.join(changed)}. "
                "Nothing was published: undo that, or ask an instructor."
            )
        revision = Revision.objects.create(
            assignment=row, digest=assignment.revision, archive=packed, archive_sha256=digest,
            outline=outline_of(assignment), publisher=publisher,
        )  # fmt: skip
        record(course, publisher, AuditEntry.Action.REVISION, f"{row.slug}, revision {revision.pk}", changed)
        transaction.on_commit(lambda: _announce(revision))
    return revision


def _changed_rules(row: Assignment, assignment: Specification) -> list[str]:
    """Against the revision in use, and any that is about to be."""
    standing = row.revisions.filter(Q(pk=row.current_id) | Q(state__in=(State.QUEUED, State.RUNNING)))
    found: list[str] = []
    for revision in standing.order_by("pk"):
        try:
            found += changed_rules(specification(bytes(revision.archive)), assignment)
        except AuthorFault:
            found.append(f"whatever revision {revision.pk} says, which cannot be read any more")
    return list(dict.fromkeys(found))


def _announce(revision: Revision) -> None:
    _LOG.info("revision %d of %s received from %s", revision.pk, revision.assignment.slug, revision.publisher.username)
    doorbell.ring(doorbell.PUBLISH, revision.pk)
