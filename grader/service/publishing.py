"""From an archive that staff send to a revision that workers make ready."""

from __future__ import annotations

import hashlib
import logging

from django.db import transaction

from grader.archives import repack, specification
from grader.service import doorbell
from grader.service.audit import record
from grader.service.models import Assignment, AuditEntry, Course, Revision, State, User
from grader.service.outline import outline_of

_LOG = logging.getLogger(__name__)


def publish(publisher: User, course: Course, archive: bytes) -> Revision:
    """The revision of these files in a course: a new one that is being made ready, or the newest where nothing changed.

    Raises AuthorFault; then nothing was stored.
    """
    assignment = specification(archive)
    packed = repack(archive)
    digest = hashlib.sha256(packed).hexdigest()
    with transaction.atomic():
        row, _ = Assignment.objects.get_or_create(course=course, slug=assignment.id)
        newest = row.revisions.order_by("-pk").first()
        if newest and newest.archive_sha256 == digest and newest.state in (State.READY, State.QUEUED, State.RUNNING):
            return newest
        revision = Revision.objects.create(
            assignment=row, digest=assignment.revision, archive=packed, archive_sha256=digest,
            outline=outline_of(assignment), publisher=publisher,
        )  # fmt: skip
        record(course, publisher, AuditEntry.Action.REVISION, f"{row.slug}, revision {revision.pk}")
        transaction.on_commit(lambda: _announce(revision))
    return revision


def _announce(revision: Revision) -> None:
    _LOG.info("revision %d of %s received from %s", revision.pk, revision.assignment.slug, revision.publisher.username)
    doorbell.ring(doorbell.PUBLISH, revision.pk)
