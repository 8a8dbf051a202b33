"""The task that grades one submission."""

from __future__ import annotations

import functools
import logging

from grader.domain.report import Outcome, Report
from grader.errors import AuthorFault
from grader.feedback.document import document, notes, scores
from grader.service import doorbell
from grader.service.gradebook import recount
from grader.service.leases import Lease
from grader.service.models import Grading, State, Use
from grader.worker.leased import LeasedTask, finish, give_up

_LOG = logging.getLogger(__name__)
_STATES = {Outcome.GRADED: State.GRADED, Outcome.NOT_GRADABLE: State.NOT_GRADABLE}


class Grade(LeasedTask):
    """Grades and writes the report."""

    name = doorbell.GRADE
    model = Grading

    def work(self, lease: Lease) -> None:
        """See LeasedTask."""
        grading = Grading.objects.select_related("submission__content").get(pk=lease.id)
        self._write(lease, grading, self._workbench.grade(grading))

    def blame_author(self, lease: Lease, fault: AuthorFault) -> None:
        """See LeasedTask."""
        finish(lease, State.NEEDS_ATTENTION, fault=f"The revision cannot be graded: {fault}")

    def _write(self, lease: Lease, grading: Grading, report: Report) -> None:
        if report.outcome is Outcome.SYSTEM_ERROR:
            give_up(lease, report.message)
            return
        content = document(report)
        if grading.started is not None:
            content["timing"]["queued_ms"] = round((grading.started - grading.queued).total_seconds() * 1000, 3)
        sums = scores(content) if report.outcome is Outcome.GRADED else None
        submission = grading.submission
        # What a regrade proposes counts nothing before it is published.
        is_current = grading.use == Use.CURRENT
        recounted = functools.partial(recount, submission.assignment_id, submission.owner_id) if is_current else None
        values = {"report": content, "scores": sums, "notes": notes(content), "fault": ""}
        written = finish(lease, _STATES[report.outcome], recounted, **values)
        shown = "-" if content["score"] is None else f"{content['score']:g}"
        fate = f"{shown} of {content['max_score']:g} in {report.timing.total:.0f} ms" if written else "came too late"
        _LOG.info("grading %d: %s, %s", lease.id, report.outcome.value, fate)
