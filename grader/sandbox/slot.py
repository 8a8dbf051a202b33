"""A slot: one warm place to run, one child at a time. Reset or destroyed, never trusted."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from threading import Thread
from types import TracebackType

from grader.domain.limits import MIB, Limits
from grader.errors import SlotBroken, SystemFault, TooLittleMemory
from grader.sandbox.conversation import Child, Conversation, dismiss, has_ended
from grader.sandbox.launcher import Launched, Launcher
from grader.sandbox.run import Program, Run

_FORKS_UNTIL_RECYCLED = 500
TRIES = 2


class Slot:
    """A warm zygote, started when first needed and replaced when it is not provably clean. A context manager."""

    def __init__(self, launcher: Launcher, runtime: str) -> None:
        self._launcher = launcher
        self.runtime = runtime
        self._launched: Launched | None = None
        self._replacement: Future[Launched] | None = None
        """a zygote that is being started, since the last one was not clean or had forked enough"""
        self._spare: Child | None = None
        self._forks = 0

    def __enter__(self) -> Slot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm(self) -> Launched:
        """The zygote, started if there is none. Raises SandboxRefused."""
        if self._launched is None:
            started, self._replacement = self._replacement, None
            self._launched = started.result() if started else self._launcher.launch(self.runtime)
            self._forks = 0
        return self._launched

    def run(self, program: Program) -> Run:
        """One program in a fresh child. A broken slot is replaced and the run tried once more, then SlotBroken.

        Raises TooLittleMemory where the program is allowed more than there is.
        """
        for remaining in reversed(range(TRIES)):
            try:
                _require_memory(program.limits, self.warm())
                return self._run_once(program)
            except SlotBroken:
                if not remaining:
                    raise
        raise AssertionError("unreachable")

    def _run_once(self, program: Program) -> Run:
        try:
            return self._run_in_child(program)
        except BaseException:
            # Whatever it was, a child may still be at work; no other student's may start beside it.
            self.close()
            raise

    def _run_in_child(self, program: Program) -> Run:
        with self._conversing(program) as conversation:
            run, clean = conversation.hold()
        self._look_after(clean)
        return run

    @contextlib.contextmanager
    def led(self, program: Program) -> Iterator[Conversation]:
        """One program in a fresh child that whoever has the conversation leads on. It ends with the context."""
        try:
            _require_memory(program.limits, self.warm())
            with self._conversing(program) as conversation:
                yield conversation
                conversation.end()
                _, clean = conversation.hold()
            self._look_after(clean)
        except BaseException:
            self.close()
            raise

    @contextlib.contextmanager
    def _conversing(self, program: Program) -> Iterator[Conversation]:
        control = self.warm().control
        with (
            contextlib.closing(self._take(control, program.limits)) as child,
            contextlib.closing(Conversation(control, child, program)) as conversation,
        ):
            conversation.start()
            # The next child is made while this one works; it holds nothing until it gets its first program.
            self._spare = self._fork(control, program.limits)
            yield conversation

    def _look_after(self, clean: bool) -> None:
        if not clean or self._forks >= _FORKS_UNTIL_RECYCLED:
            self._recycle()

    def _recycle(self) -> None:
        """End the zygote and start another one while the caller does something else."""
        self.close()
        self._replacement = Future()
        Thread(target=_launch_into, args=(self._replacement, self._launcher, self.runtime)).start()

    def _take(self, control: socket.socket, limits: Limits) -> Child:
        """The spare child if it has the limits that are wanted, else a new one."""
        spare, self._spare = self._spare, None
        if spare is not None and has_ended(control, spare):
            spare.close()
            spare = None
        if spare is not None and spare.limits == limits:
            return spare
        if spare is not None:
            spare.close()
            dismiss(control, spare)
        return self._fork(control, limits)

    def _fork(self, control: socket.socket, limits: Limits) -> Child:
        self._forks += 1
        return Child(control, self._forks, limits)

    def close(self) -> None:
        """End the zygote; the next run starts another."""
        if self._spare is not None:
            self._spare.close()
            self._spare = None
        if self._replacement is not None:
            started, self._replacement = self._replacement, None
            # One that could not be started has nothing to end; the next run will say why.
            with contextlib.suppress(SystemFault):
                started.result().destroy()
        if self._launched is not None:
            self._launched.destroy()
            self._launched = None


def _require_memory(limits: Limits, launched: Launched) -> None:
    """The kernel would end a run that uses what it is allowed, and nobody could say whose fault that was."""
    room = launched.room()
    if room is not None and limits.memory > room:
        raise TooLittleMemory(
            f"a task is allowed {limits.memory // MIB} MiB of memory, and where it is to be graded a run can have "
            f"{room // MIB} MiB: the container has {launched.layers['container MiB']} MiB with the runtime and a run's "
            "files. This is no fault of the submission: lower `limits: memory` in the assignment, or give the "
            "container more (`mem_limit` of the runners in docker/compose.yaml)"
        )


def _launch_into(replacement: Future[Launched], launcher: Launcher, runtime: str) -> None:
    try:
        replacement.set_result(launcher.launch(runtime))
    except BaseException as fault:  # noqa: BLE001 - whatever it is, it belongs to whoever waits for the zygote
        replacement.set_exception(fault)
