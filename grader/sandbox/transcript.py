"""What a child has said so far, taken in frame by frame, in the only order in which an honest child says it.

No clock, no pipe and no process: bytes come in, and what they ask for goes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.domain.limits import MIB
from grader.sandbox import answers, wire
from grader.sandbox.exchange import Exchange
from grader.sandbox.run import Answer, Program, Response, Unit

_TOTAL_BYTES = 64 * MIB
_FRAME_BYTES = 16 * MIB
_CALLS = (wire.Kind.CALL_NUMBERS, wire.Kind.CALL, wire.Kind.ASK)


class Transcript:
    """The frames of one run. Any other bytes than an honest child's are a Violation."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._labels = [label for label, _ in program.units]
        self._frames = wire.FrameReader(_FRAME_BYTES)
        self._exchange = Exchange(program)
        self._received = 0
        self.is_ready = False
        self.units: tuple[Unit, ...] | None = None
        self.names: tuple[str, ...] = ()
        self.responses: list[Response] = []
        self.calls = self._exchange.calls

    def opening(self) -> bytes:
        """What the child is sent at first: the student's code and all probes."""
        program = self._program
        units: list[wire.Value] = [[label, _as_array(content)] for label, content in program.units]
        files: list[wire.Value] = [[name, _as_array(content)] for name, content in program.files]
        how: list[wire.Value] = [program.entry, program.notebook, program.only_compile, program.seed % (1 << 32)]
        load = wire.frame(wire.Kind.LOAD, [*how, units, files])
        probes: list[wire.Value] = [self._exchange.numbered(probe, index) for index, probe in enumerate(program.probes)]
        return load + wire.frame(wire.Kind.PROBES, probes)

    def read(self, piece: bytes) -> Iterator[bytes]:
        """Take in the frames that `piece` completes; after each, the bytes that answer it, if any. Raises Violation."""
        self._received += len(piece)
        if self._received > _TOTAL_BYTES:
            raise wire.Violation("more answers than any task needs")
        for kind, value in self._frames.feed(piece):
            yield self._take_in(kind, value)

    @property
    def is_complete(self) -> bool:
        """Whether all is said that was asked for."""
        return self.units is not None and len(self.responses) == len(self._program.probes)

    def late(self, answer: Answer) -> bytes:
        """The bytes that answer whoever in the child has been waiting for the shortest time."""
        return self._exchange.late(answer)

    def _take_in(self, kind: wire.Kind, value: Any) -> bytes:
        index = len(self.responses)
        if self.is_complete:
            raise wire.Violation(f"a {kind.name} frame after the last response")
        if kind == wire.Kind.READY and not self.is_ready:
            self.is_ready = True
        elif kind == wire.Kind.LOADED and self.units is None and self.is_ready:
            self.units, self.names = answers.read_loaded(value, self._labels)
        elif kind == wire.Kind.REPLY and self.units is not None:
            self.responses.append(answers.read_reply(value, index, self._program.probes[index]))
        elif kind in _CALLS and self.units is not None:
            return self._exchange.answer(kind, value, index)
        else:
            raise wire.Violation(f"a {kind.name} frame out of turn")
        return b""


def _as_array(content: bytes) -> wire.Value:
    return np.frombuffer(content, np.uint8)
