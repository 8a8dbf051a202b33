"""SQLite lets one transaction write at a time, and whoever finds it busy sleeps for up to a tenth of a second between
two looks. Here writers take turns by a lock on a file beside the database, looked at every millisecond: under a burst
of uploads that decides whether a receipt takes 50 ms or a second. The lock is the kernel's, so it dies with its owner.
"""

from __future__ import annotations

import fcntl
import os
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

_LOOK_SECONDS = 0.001


class DatabaseWrapper(base.DatabaseWrapper):
    """See the module. Only `transaction.atomic` takes turns; a single statement outside of it needs none to be safe."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: int | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _take_turn(self) -> None:
        descriptor = os.open(f"{self.settings_dict['NAME']}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        until = time.monotonic() + self.settings_dict["OPTIONS"]["timeout"]
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    os.close(descriptor)
                    raise OperationalError("another process keeps the database busy") from None
                time.sleep(_LOOK_SECONDS)
        self._turn = descriptor

    def _give_turn(self) -> None:
        if self._turn is not None:
            os.close(self._turn)
            self._turn = None
