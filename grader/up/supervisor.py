"""Starts parts, starts those again that end, and ends them all. One thread, woken by signals alone."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from grader.up.parts import Part

_LOG = logging.getLogger(__name__)

_LIBC = ctypes.CDLL(None)
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG

_STOP = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
_WAKE = _STOP | {signal.SIGCHLD}
_STEADY_SECONDS = 10.0
"""a part that ran this long did not fail at its start"""
_LONGEST_WAIT = 10.0
_LOOK_SECONDS = 1.0


@dataclass
class _Running:
    """A part and its present process."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = field(default_factory=time.monotonic)
    """when to start it next"""


class Supervisor:
    """A context manager. Inside, `run` keeps the parts going until a signal asks to stop; on leaving all are ended."""

    def __init__(self) -> None:
        self._parts: list[_Running] = []
        self._before: set[signal.Signals] = set()

    def __enter__(self) -> Supervisor:
        # Signals wait until they are asked for, so that none arrives at an awkward moment.
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, _WAKE)  # type: ignore[assignment]
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            while signal.sigtimedwait(_WAKE, 0) is not None:
                pass  # whoever asks twice gets the same
            signal.pthread_sigmask(signal.SIG_SETMASK, self._before)

    def start(self, parts: Sequence[Part]) -> None:
        """Start these beside what runs already."""
        for part in parts:
            running = _Running(part)
            self._parts.append(running)
            self._launch(running)

    def status(self, name: str) -> int | None:
        """With what a part that runs once has ended; None as long as it has not."""
        return next(item.process.poll() for item in self._parts if item.part.name == name and item.process)

    def is_running(self, name: str) -> bool:
        """Whether a part of this name runs now."""
        return any(item.process and item.process.poll() is None for item in self._parts if item.part.name == name)

    def run(self, until: Callable[[], bool] = lambda: False, look: float = _LOOK_SECONDS) -> bool:
        """Keep the parts going until `until`, asked every `look` seconds, or a signal to stop; True for the latter."""
        while not until():
            received = signal.sigtimedwait(_WAKE, look)
            if received is not None and received.si_signo in _STOP:
                return True
            self._look_after()
        return False

    def _look_after(self) -> None:
        for running in self._parts:
            if running.part.once:
                continue
            if running.process is not None and running.process.poll() is not None:
                self._note_end(running)
            if running.process is None and time.monotonic() >= running.due:
                self._launch(running)

    def _note_end(self, running: _Running) -> None:
        assert running.process is not None
        status = running.process.returncode
        steady = time.monotonic() - running.started > _STEADY_SECONDS
        running.failures = 0 if steady else running.failures + 1
        wait = min(_LONGEST_WAIT, 0.25 * 2**running.failures) if running.failures else 0.0
        running.process, running.due = None, time.monotonic() + wait
        how = f"by signal {-status}" if status < 0 else f"with status {status}"
        _LOG.warning("%s ended %s; it is started again%s", running.part.name, how, f" in {wait:g} s" if wait else "")

    def _launch(self, running: _Running) -> None:
        part = running.part
        running.started = time.monotonic()
        running.process = subprocess.Popen(  # noqa: S603 - our own parts
            part.command,
            env={**os.environ, **part.environment},
            stdin=subprocess.DEVNULL,
            pass_fds=part.descriptors,
            start_new_session=True,  # a Ctrl-C at the terminal is for us alone; we end the parts in order
            preexec_fn=lambda: _prepare(part.nice),
        )

    def stop(self) -> None:
        """End all parts at once, and what the others need after them; those that do not end in time are killed."""
        for is_base in (False, True):
            ending = [item for item in self._parts if item.part.is_base is is_base and item.process is not None]
            for running in reversed(ending):
                _terminate(running)
            asked = time.monotonic()
            for running in reversed(ending):
                _await_end(running, asked + running.part.patience)
        self._parts.clear()


def _prepare(nice: int) -> None:
    """In the new process: it hears signals, and it ends when we die, however we die."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _WAKE)
    _LIBC.prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    os.nice(nice)


def _terminate(running: _Running) -> None:
    assert running.process is not None
    running.process.terminate()


def _await_end(running: _Running, until: float) -> None:
    assert running.process is not None
    try:
        running.process.wait(max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        _LOG.warning("%s did not end within %g s and is killed", running.part.name, running.part.patience)
        running.process.kill()
        running.process.wait()
