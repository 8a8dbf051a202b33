"""Keeps a lease while the work goes on."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

from django.db import DatabaseError, connection

from grader.service.leases import RENEW_SECONDS, Lease

_LOG = logging.getLogger(__name__)


class Heartbeat:
    """A context manager: renews the lease from a thread of its own, which most gradings end before it does anything.

    Where the lease is lost the work goes on to its end, and its result is turned away then.
    """

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        if self._done.wait(RENEW_SECONDS):
            return
        try:
            while self._renew() and not self._done.wait(RENEW_SECONDS):
                pass
        finally:
            connection.close()  # each thread has one of its own

    def _renew(self) -> bool:
        try:
            return self._lease.renew()
        except DatabaseError as error:
            _LOG.warning("the lease of %d could not be renewed: %s", self._lease.id, error)
            connection.close()
            return True
