"""What waits to be written into a child's pipe, which takes what it has room for."""

from __future__ import annotations

import os
import selectors

from grader.domain.limits import MIB
from grader.sandbox.wire import Violation

_UNREAD_BYTES = MIB


class Outbox:
    """Bytes for a non-blocking descriptor: written at once as far as possible, the rest when `selector` finds room."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting = memoryview(b"")
        self._selector: selectors.BaseSelector | None = None

    def attach(self, selector: selectors.BaseSelector) -> None:
        """Let `selector` call when there is room for what is left."""
        self._selector = selector
        if self._waiting:
            selector.register(self._descriptor, selectors.EVENT_WRITE, self.write)

    def write(self, _: int = 0) -> bool:
        """Write what fits; returns whether something is left."""
        try:
            while self._waiting:
                self._waiting = self._waiting[os.write(self._descriptor, self._waiting) :]
        except BlockingIOError:
            return True
        except BrokenPipeError:
            self._waiting = memoryview(b"")
        return False

    def answer(self, frame: bytes) -> None:
        """Add the program or an answer. Raises Violation where a child calls on without reading its answers."""
        if not self._waiting:
            self._waiting = memoryview(frame)
            if self.write() and self._selector is not None:
                self.attach(self._selector)
        elif len(self._waiting) <= _UNREAD_BYTES:
            # An exception, as of a student's own alarm, may have cut short the reading of the one before.
            self._waiting = memoryview(bytes(self._waiting) + frame)
        else:
            raise Violation("calls of oracles whose answers nobody reads")
