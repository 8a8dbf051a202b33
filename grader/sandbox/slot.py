"""A slot: one warm place to run, one child at a time. Reset or destroyed, never trusted."""

from __future__ import annotations

from types import TracebackType

from grader.errors import SlotBroken
from grader.sandbox.conversation import Conversation
from grader.sandbox.launcher import Launched, Launcher
from grader.sandbox.run import Program, Run

_RUNS_UNTIL_RECYCLED = 500
_TRIES = 2


class Slot:
    """A warm zygote, started when first needed and replaced when it is not provably clean. A context manager."""

    def __init__(self, launcher: Launcher, runtime: str) -> None:
        self._launcher = launcher
        self.runtime = runtime
        self._launched: Launched | None = None
        self._runs = 0

    def __enter__(self) -> Slot:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def warm(self) -> Launched:
        """The zygote, started if there is none. Raises SandboxRefused."""
        if self._launched is None:
            self._launched = self._launcher.launch(self.runtime)
            self._runs = 0
        return self._launched

    def run(self, program: Program) -> Run:
        """One program in a fresh child. A broken slot is replaced and the run tried once more, then SlotBroken."""
        for remaining in reversed(range(_TRIES)):
            try:
                return self._run_once(program)
            except SlotBroken:
                self.close()
                if not remaining:
                    raise
        raise AssertionError("unreachable")

    def _run_once(self, program: Program) -> Run:
        run, clean = Conversation(self.warm().control, program).hold()
        self._runs += 1
        if not clean or self._runs >= _RUNS_UNTIL_RECYCLED:
            self.close()
        return run

    def close(self) -> None:
        """End the zygote; the next run starts another."""
        if self._launched is not None:
            self._launched.destroy()
            self._launched = None
