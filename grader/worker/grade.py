"""The task that grades one submission. Its message carries an id; everything else is in the row."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import Task
from django.db import DatabaseError, connection

from grader.domain.report import Outcome, Report
from grader.errors import AuthorFault, SystemFault
from grader.feedback.document import document, scores
from grader.service import doorbell
from grader.service.leases import LEASE, Lease, claim
from grader.service.models import Grading, State
from grader.worker.heartbeat import Heartbeat
from grader.worker.watchdog import Watchdog
from grader.worker.workbench import Workbench

_LOG = logging.getLogger(__name__)
_STATES = {Outcome.GRADED: State.GRADED, Outcome.NOT_GRADABLE: State.NOT_GRADABLE}
_RETRY_SECONDS = 1.0


class Grade(Task):  # type: ignore[type-arg]
    """Claims a grading, grades, writes the report under the lease."""

    name = doorbell.GRADE

    def __init__(self, workbench: Workbench, watchdog: Watchdog, owner: str) -> None:
        self._workbench = workbench
        self._watchdog = watchdog
        self._owner = owner

    def run(self, id: int) -> None:
        """See the class. A doorbell for work that is taken or done is none."""
        with self._watchdog.busy():
            lease = claim(Grading, id, self._owner)
            if lease is not None:
                with Heartbeat(lease):
                    self._grade(lease)

    def _grade(self, lease: Lease) -> None:
        try:
            grading = Grading.objects.select_related("submission__content").get(pk=lease.id)
            report = self._workbench.grade(grading)
        except AuthorFault as fault:
            lease.finish(State.NEEDS_ATTENTION, fault=f"The revision cannot be graded: {fault}")
        except SystemFault as fault:
            give_up(lease, str(fault))
        except Exception as error:  # noqa: BLE001 - ours, whatever it is; a worker goes on with the next
            _LOG.exception("grading %d failed", lease.id)
            give_up(lease, f"{type(error).__name__}: {error}")
        else:
            self._write(lease, grading, report)

    def _write(self, lease: Lease, grading: Grading, report: Report) -> None:
        if report.outcome is Outcome.SYSTEM_ERROR:
            give_up(lease, report.message)
            return
        content = document(report)
        if grading.started is not None:
            content["timing"]["queued_ms"] = round((grading.started - grading.queued).total_seconds() * 1000, 3)
        sums = scores(content) if report.outcome is Outcome.GRADED else None
        written = finish(lease, _STATES[report.outcome], report=content, scores=sums, fault="")
        shown = "-" if content["score"] is None else f"{content['score']:g}"
        fate = f"{shown} of {content['max_score']:g} in {report.timing.total:.0f} ms" if written else "came too late"
        _LOG.info("grading %d: %s, %s", lease.id, report.outcome.value, fate)


def give_up(lease: Lease, fault: str) -> None:
    """Give work back after a fault of ours."""
    _LOG.warning("work %d is given back: %s", lease.id, fault)
    lease.release(fault)


def finish(lease: Lease, state: State, **values: Any) -> bool:
    """Write a result, patiently: a database that is away for less than the lease costs nobody a grading."""
    until = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            return lease.finish(state, **values)
        except DatabaseError as error:
            if time.monotonic() > until:
                raise
            _LOG.warning("the result of %d cannot be written yet: %s", lease.id, error)
            connection.close()
            time.sleep(_RETRY_SECONDS)
