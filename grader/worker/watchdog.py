"""Ends a worker that became deaf: the broker is there, work is waiting, and no message arrives. Celery has had several
ways to get there after a broken connection; whoever supervises the worker starts a fresh one."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models.functions import Now

from grader.service import doorbell
from grader.service.models import State

_LOG = logging.getLogger(__name__)

PATIENCE_SECONDS = 20.0
_LOOK_SECONDS = 5.0
DEAF = 75
"""exit status: try again (EX_TEMPFAIL)"""


class Watchdog:
    """Watches from a thread of its own. `end` is called once, with the exit status."""

    def __init__(self, end: Callable[[int], object] = os._exit, patience: float = PATIENCE_SECONDS) -> None:
        self._end = end
        self._patience = patience
        self._heard = time.monotonic()
        self._busy = False

    def start(self) -> None:
        """Watch until the process ends."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """While a message is worked on."""
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
            self._heard = time.monotonic()

    def _watch(self) -> None:
        while not self._look():
            time.sleep(min(_LOOK_SECONDS, self._patience))
        _LOG.error("work is waiting and the broker answers, but nothing arrives here; ending to start afresh")
        self._end(DEAF)

    def _look(self) -> bool:
        try:
            return self.is_deaf()
        finally:
            connection.close()  # each thread has one of its own

    def is_deaf(self) -> bool:
        """Whether work has been waiting for longer than our patience while we heard nothing."""
        if self._busy or time.monotonic() - self._heard < self._patience:
            return False
        try:
            doorbell.waiting(doorbell.INTERACTIVE)
            waited = Now() - timedelta(seconds=self._patience)
            return doorbell.INTERACTIVE.rows.filter(state=State.QUEUED, rung__lt=waited).exists()
        except (OSError, DatabaseError):
            return False  # nobody could hear anything now
