"""The child's ends of its two pipes: requests in, replies out, and calls of oracles that wait for their answer."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from grader.sandbox import numbers, wire

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANSWERS = (wire.Kind.ANSWER, wire.Kind.ANSWER_NUMBER)

# A pipe holds no more; a larger buffer would cost more to get than to fill.
_PIECE = 1 << 16


def _flush_output() -> None:
    """What was printed must be out before the answer: the child is killed after its last one."""
    for stream in (sys.stdout, sys.stderr):
        # The student may have put anything there.
        with contextlib.suppress(BaseException):
            stream.flush()


class Pipes:
    """Whole frames in both directions. Threads of the student may call oracles at any time, one after another."""

    def __init__(self, programs: int, answers: int) -> None:
        self._programs = programs
        self._answers = answers
        self._frames = wire.FrameReader()
        self._arrived: Iterator[tuple[wire.Kind, Any]] = iter(())
        self._lock = threading.Lock()
        self._tickets = itertools.count()

    def receive(self) -> tuple[wire.Kind, Any] | None:
        """The next request, None when no more will come."""
        with self._lock:
            while (frame := self._next()) is not None and frame[0] in _ANSWERS:
                continue  # that of a call which an exception of the student's cut short
        return frame

    def send(self, kind: wire.Kind, value: wire.Value = None) -> None:
        """Send a frame, and what was printed before it."""
        _flush_output()
        with self._lock:
            self._write(wire.frame(kind, value))

    def new_ticket(self) -> int:
        """A number for a call, by which its answer is known."""
        return next(self._tickets)

    def ask(self, ticket: int, call: bytes) -> list[Any]:
        """Send the frame of a call, and wait for the fields of its answer."""
        with self._lock:
            self._write(call)
            while (frame := self._next()) is not None:
                kind, value = frame
                fields = _of_number(value) if kind == wire.Kind.ANSWER_NUMBER else value
                if kind in _ANSWERS and fields[0] == ticket:
                    return list(fields[1:])
        raise EOFError("nobody answers any more")

    def tell(self, value: wire.Value) -> list[Any]:
        """Send plain data to whoever is outside, and what was printed before it; wait for the fields of the answer."""
        _flush_output()
        ticket = self.new_ticket()
        return self.ask(ticket, wire.frame(wire.Kind.ASK, [ticket, value]))

    def _next(self) -> tuple[wire.Kind, Any] | None:
        while (frame := next(self._arrived, None)) is None:
            piece = os.read(self._programs, _PIECE)
            if not piece:
                return None
            self._arrived = self._frames.feed(piece)
        return frame

    def _write(self, frame: bytes) -> None:
        rest = memoryview(frame)
        while rest:
            rest = rest[os.write(self._answers, rest) :]


def _of_number(payload: bytes) -> list[Any]:
    ticket, _, values = numbers.unpack(payload)
    return [ticket, "value", *values]
