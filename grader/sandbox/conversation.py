"""The worker's side of one run: programs in, frames and output out, clocks, and an end in bounded time.

Reads until every response is there or a limit is hit, then has the child killed: what a finished child might
still do is of no interest. Status, time and memory come from here and from the zygote, never from the child.
"""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.domain.limits import OUTPUT_STOP, SCRATCH_BYTES, Limits, Usage
from grader.domain.text import printable
from grader.errors import SlotBroken
from grader.sandbox import wire
from grader.sandbox.outbox import Outbox
from grader.sandbox.run import Answer, Ending, Program, Response, Run
from grader.sandbox.transcript import Transcript

_START_SECONDS = 10.0
_END_SECONDS = 10.0
# A pipe holds no more; a larger buffer would cost more to get than to fill.
_PIECE = 1 << 16

_STOPPED = {"cpu": Ending.CPU, "memory": Ending.MEMORY, "files": Ending.FILES}
_CPU_SIGNALS = (-signal.SIGXCPU,)


def _pipes(count: int) -> list[tuple[int, int]]:
    """All of them or none. Raises SlotBroken where the worker has no descriptors left."""
    made: list[tuple[int, int]] = []
    try:
        for _ in range(count):
            made.append(os.pipe())  # noqa: PERF401 - those made before a failure must be closed
    except OSError as error:
        for descriptor in (end for pair in made for end in pair):
            os.close(descriptor)
        raise SlotBroken(f"no pipe for a child: {error.strerror}") from error
    return made


class Child:
    """Our ends of a child's three pipes. `number` names it to the zygote."""

    def __init__(self, control: socket.socket, number: int, limits: Limits) -> None:
        self.number = number
        self.limits = limits
        ends = _pipes(3)
        (inner_programs, self.programs), (self.answers, inner_answers), (self.output, inner_output) = ends
        for descriptor in self._ours():
            os.set_blocking(descriptor, False)
        theirs = [inner_programs, inner_answers, inner_output]
        order = wire.frame(wire.Kind.FORK, [number, float(limits.cpu), limits.memory, SCRATCH_BYTES])
        try:
            socket.send_fds(control, [order], theirs)
        except OSError as error:
            self.close()
            raise SlotBroken(f"the zygote is gone: {error}") from error
        finally:
            for descriptor in theirs:
                os.close(descriptor)

    def _ours(self) -> tuple[int, int, int]:
        return self.programs, self.answers, self.output

    def close(self) -> None:
        """Close our ends."""
        for descriptor in self._ours():
            os.close(descriptor)


class Conversation:
    """One run in one child. `start` it, `hold` it once; the object is of no further use."""

    def __init__(self, control: socket.socket, child: Child, program: Program) -> None:
        self._control = control
        self._child = child
        self._program = program
        self._transcript = Transcript(program)
        self._opening = self._transcript.opening()
        self._outbox = Outbox(child.programs)
        self._ending: Ending | None = None
        self._output = bytearray()
        self._printed = 0
        self._ended: list[Any] | None = None
        self._ready_at: float | None = None
        self._finished_at = 0.0
        self._deadline = time.monotonic() + _START_SECONDS
        self._selector: selectors.BaseSelector | None = None
        self._left_at = self._waited = 0.0

    def start(self) -> None:
        """Send what fits into the pipe of a child that is ready, so that it has work while the caller does something
        else. One that is not gets nothing yet: what it announces is read before student code could take it away."""
        with contextlib.suppress(BlockingIOError):
            self._read_answers(self._child.answers)

    def hold(self) -> tuple[Run, bool]:
        """The run, and whether the zygote found its slot clean afterwards. Raises SlotBroken."""
        self.go_on(lambda: False)
        # The word of the child's end may overtake its last answers, which are in the pipe all the same.
        _drain(self._read_answers, self._child.answers)
        _drain(self._read_output, self._child.output)
        return self._as_run()

    def go_on(self, is_enough: Callable[[], bool]) -> None:
        """Take in what comes until it is enough, or until the child has ended. Raises SlotBroken.

        The time between two calls is not the child's.
        """
        if self._selector is None:
            self._selector = self._listening()
        else:
            self._pass_over(time.monotonic() - self._left_at)
        # What an oracle makes of a student's numbers, such as infinity, is no news to the worker.
        with np.errstate(all="ignore"):
            while self._ended is None and not is_enough():
                self._turn(self._selector)
        self._left_at = time.monotonic()

    def _listening(self) -> selectors.BaseSelector:
        selector = selectors.DefaultSelector()
        self._outbox.attach(selector)
        selector.register(self._child.answers, selectors.EVENT_READ, self._read_answers)
        selector.register(self._child.output, selectors.EVENT_READ, self._read_output)
        selector.register(self._control, selectors.EVENT_READ, self._read_control)
        return selector

    def answer(self, answer: Answer) -> None:
        """Answer a call that was to be answered later: the newest of them. Whoever is not there any more gets none."""
        if self._ended is not None:
            return
        try:
            self._outbox.answer(self._transcript.late(answer))
        except wire.Violation:
            self._stop(Ending.VIOLATED)

    def end(self, ending: Ending = Ending.FINISHED) -> None:
        """Have the child ended: nothing more is asked of it."""
        if self._ended is None:
            self._stop(ending)

    def _pass_over(self, seconds: float) -> None:
        """Time in which the child waited for others."""
        self._deadline += seconds
        self._waited += seconds

    def close(self) -> None:
        """Let go of what waits for the child. Its pipes are closed by whoever made them."""
        if self._selector is not None:
            self._selector.close()

    def _turn(self, selector: selectors.BaseSelector) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            self._on_deadline()
            return
        for key, _ in selector.select(left):
            # A child of the worker's own user can open its pipes anew and take out what was just announced.
            with contextlib.suppress(BlockingIOError):
                if not key.data(key.fd):
                    selector.unregister(key.fileobj)

    def _on_deadline(self) -> None:
        if self._ending is not None:
            raise SlotBroken(f"a killed child was still there after {_END_SECONDS:.0f} s")
        if self._ready_at is None:
            raise SlotBroken(f"no child was ready after {_START_SECONDS:.0f} s")
        self._stop(Ending.TIME)

    def _stop(self, ending: Ending) -> None:
        """Decide how this run ended and have the child killed. The first decision stands."""
        if self._ending is not None:
            return
        self._ending = ending
        self._finished_at = time.monotonic()
        self._deadline = self._finished_at + _END_SECONDS
        _order_end(self._control, self._child)

    def _read_answers(self, descriptor: int) -> bool:
        piece = os.read(descriptor, _PIECE)
        if self._ending is None:
            try:
                self._take_in(piece)
            except wire.Violation:
                self._stop(Ending.VIOLATED)
        return bool(piece)

    def _take_in(self, piece: bytes) -> None:
        started = time.monotonic()
        for answer in self._transcript.read(piece):
            if self._program.asked is not None:
                self._pass_over(time.monotonic() - started)
                started = time.monotonic()
            if self._ready_at is None:
                self._ready_at, self._waited = time.monotonic(), 0.0
                self._deadline = self._ready_at + min(self._program.limits.wall, self._program.patience)
                self._outbox.answer(self._opening)
            if answer:
                self._outbox.answer(answer)
            if self._transcript.is_complete:
                self._stop(Ending.FINISHED)
            elif self._deadline < time.monotonic():
                # However many calls one piece holds, and however long an oracle takes.
                self._stop(Ending.TIME)
            if self._ending is not None:
                return

    def _read_output(self, descriptor: int) -> bool:
        piece = os.read(descriptor, _PIECE)
        self._printed += len(piece)
        self._output += piece[: max(0, self._program.limits.output - len(self._output))]
        if self._printed > OUTPUT_STOP:
            self._stop(Ending.OUTPUT)
        return bool(piece)

    def _read_control(self, descriptor: int) -> bool:
        self._ended = _read_ended(self._control, self._child)
        return True

    def _as_run(self) -> tuple[Run, bool]:
        assert self._ended is not None
        _, code, stopped_for, cpu, memory, clean = self._ended
        if self._ready_at is None:
            raise SlotBroken(f"a child ended before it was ready: {self._output.decode('utf-8', 'replace')[:300]}")
        heard = self._transcript
        by_the_kernel = code == -signal.SIGKILL and not (self._ending or stopped_for)
        over = _over(self._program.limits, cpu, memory) if by_the_kernel else None
        if by_the_kernel and not (over or heard.units):
            raise SlotBroken("a child was killed before it said anything, and neither by us nor by itself")
        ending = self._ending or _STOPPED.get(stopped_for) or over or _ending_by_code(code)
        ended_at = self._finished_at or time.monotonic()
        wall = ended_at - (self._ready_at or ended_at) - self._waited
        responses: list[Response | None] = [*heard.responses]
        responses += [None] * (len(self._program.probes) - len(responses))
        calls = tuple(map(tuple, heard.calls))
        text = printable(self._output.decode("utf-8", "replace"))
        usage = Usage(wall, float(cpu), max(0, int(memory)), self._printed)
        run = Run(ending, heard.units or (), heard.names, tuple(responses), text, usage, int(code), calls)
        return run, bool(clean)


def _drain(read: Callable[[int], bool], descriptor: int) -> None:
    """Read what is left in a pipe whose other end is gone."""
    with contextlib.suppress(BlockingIOError):
        while read(descriptor):
            continue


def has_ended(control: socket.socket, spare: Child) -> bool:
    """Whether a spare child is gone already, as after the machine ran out of memory. Raises SlotBroken."""
    if not select.select([control], [], [], 0)[0]:
        return False
    _read_ended(control, spare)
    return True


def dismiss(control: socket.socket, child: Child) -> None:
    """End a spare child that got no program. Raises SlotBroken."""
    _order_end(control, child)
    _read_ended(control, child)


def _order_end(control: socket.socket, child: Child) -> None:
    try:
        control.send(wire.frame(wire.Kind.KILL, [child.number]))
    except OSError as error:
        raise SlotBroken(f"the zygote is gone: {error}") from error


def _read_ended(control: socket.socket, child: Child) -> list[Any]:
    """The zygote's word on how a child ended. Raises SlotBroken for anything else."""
    control.settimeout(_END_SECONDS)
    try:
        message = control.recv(_PIECE)
    except OSError as error:
        raise SlotBroken(f"the zygote is gone: {error}") from error
    if not message:
        raise SlotBroken("the zygote is gone: it closed its socket")
    kind, value = next(wire.FrameReader().feed(message))
    if kind != wire.Kind.ENDED or not isinstance(value, list) or value[0] != child.number:
        raise SlotBroken(f"the zygote sent {kind.name}, but not of child {child.number}")
    return value


def _over(limits: Limits, cpu: float, memory: int) -> Ending | None:
    """Why the kernel may have killed a child before the zygote did: a machine with many processors is that fast, and
    one that has no memory left takes the child first. Then it is the child's doing where it holds most of its own."""
    return Ending.CPU if cpu > limits.cpu else Ending.MEMORY if memory > limits.memory // 2 else None


def _ending_by_code(code: int) -> Ending:
    return Ending.CPU if code in _CPU_SIGNALS else Ending.DIED
