"""What the two kinds of work have in common: claimed by id, done under a lease, given back when we are at fault."""

from __future__ import annotations

import abc
import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar

from celery import Task
from django.db import DatabaseError, connection, transaction

from grader.errors import AuthorFault, SystemFault
from grader.service.leases import LEASE, Lease, WorkModel, claim
from grader.service.models import State
from grader.worker.heartbeat import Heartbeat
from grader.worker.watchdog import Watchdog
from grader.worker.workbench import Workbench

_LOG = logging.getLogger(__name__)
_RETRY_SECONDS = 1.0


class LeasedTask(Task, abc.ABC):  # type: ignore[type-arg]
    """A Celery task whose message carries an id; everything else is in the row."""

    model: ClassVar[WorkModel]

    def __init__(self, workbench: Workbench, watchdog: Watchdog, owner: str) -> None:
        self._workbench = workbench
        self._watchdog = watchdog
        self._owner = owner

    @abc.abstractmethod
    def work(self, lease: Lease) -> None:
        """Do it and write the result under the lease. Raises AuthorFault; anything else raised is our fault."""

    @abc.abstractmethod
    def blame_author(self, lease: Lease, fault: AuthorFault) -> None:
        """Write that it cannot be done as it is set."""

    def run(self, id: int) -> None:
        """Claim and work. A doorbell for work that is taken or done is none."""
        with self._watchdog.busy():
            lease = claim(self.model, id, self._owner)
            if lease is not None:
                with Heartbeat(lease):
                    self._work_guarded(lease)

    def _work_guarded(self, lease: Lease) -> None:
        try:
            self.work(lease)
        except AuthorFault as fault:
            self.blame_author(lease, fault)
        except SystemFault as fault:
            give_up(lease, str(fault))
        except Exception as error:  # noqa: BLE001 - ours, whatever it is; a worker goes on with the next
            _LOG.exception("%s %d failed", lease.model.__name__.lower(), lease.id)
            give_up(lease, f"{type(error).__name__}: {error}")


def give_up(lease: Lease, fault: str) -> None:
    """Give work back after a fault of ours."""
    _LOG.warning("%s %d is given back: %s", lease.model.__name__.lower(), lease.id, fault)
    lease.release(fault)


def finish(lease: Lease, state: State, then: Callable[[], None] | None = None, **values: Any) -> bool:
    """Write a result, and what follows from it, in one transaction. Patiently: a database that is away for less than
    the lease costs nobody a grading."""
    until = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            with transaction.atomic():
                written = lease.finish(state, **values)
                if written and then is not None:
                    then()
            return written
        except DatabaseError as error:
            if time.monotonic() > until:
                raise
            _LOG.warning("the result of %d cannot be written yet: %s", lease.id, error)
            connection.close()
            time.sleep(_RETRY_SECONDS)
