"""Thousands of submissions one after another in one slot: right, wrong, crashing, greedy, noisy and endless ones.

    python -m tests.soak.sandbox [RUNS]    (10,000 unless given; a line every 500; stops by itself, fails loudly)

Each must come back as what it is, and nothing may grow or stay: descriptors, threads, memory, processes, time.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.domain.limits import MIB, Limits
from grader.sandbox.launcher import Launched, Namespaces
from grader.sandbox.run import Ending, Program, Raised, Replies, Run
from grader.sandbox.slot import Slot
from tests.conftest import ROOT
from tests.sandbox.processes import await_end, descendants, is_alive
from tests.sandbox.running import CALL_F

LIMITS = Limits(wall=10.0, cpu=5.0, memory=64 * MIB)
REPORT = 500
COMPARED = 4
"""every so many honest runs one is compared with one that is as new"""
AS_NEW = "as-new"
EDGE = 1000
"""runs at either end whose speed is compared"""
DRIFT = 1.2
GROWN = 8 * MIB
SLOT_DESCRIPTORS = 5
"""the control socket, the zygote's stderr, three pipes of a spare child"""
SLOT_PROCESSES = 3
"""boot, zygote, spare child"""
SECONDS_A_RUN = 0.25


def returned_number(run: Run) -> float | None:
    """What f() returned, if it did."""
    response = run.responses[0]
    claim = response.claims[0] if isinstance(response, Replies) else None
    return None if claim is None or claim.array is None else float(claim.array)


def raised(run: Run) -> str:
    """The exception that f() ended with, if it did."""
    response = run.responses[0]
    return response.kind if isinstance(response, Raised) else ""


@dataclass(frozen=True)
class Kind:
    """Submissions of one sort: `source` holds a number of its own in each, `is_right` says what must come of it."""

    name: str
    source: str
    is_right: Callable[[Run, int], bool]
    share: int
    """how many of a hundred"""
    patience: float = 10.0


KINDS = (
    Kind("honest", "import numpy as np\ndef f(): return np.float64({n})", lambda run, n: returned_number(run) == n, 80),
    Kind("wrong", "def f(): return {n} + 0.5", lambda run, n: returned_number(run) == n + 0.5, 6),
    Kind("raises", "def f(): raise ValueError({n})", lambda run, n: raised(run) == "ValueError", 4),
    Kind("crashes", "import os\ndef f(): os.abort()", lambda run, n: run.ending is Ending.DIED, 4),
    Kind(
        "greedy",
        "import numpy as np\ndef f():\n    kept = []\n    while True: kept.append(np.ones(1 << 20))",
        lambda run, n: run.ending is Ending.MEMORY or "MemoryError" in raised(run),
        3,
    ),
    Kind("noisy", "def f():\n    while True: print('y' * 100_000)", lambda run, n: run.ending is Ending.OUTPUT, 1),
    Kind("endless", "def f():\n    while True: pass", lambda run, n: run.ending is Ending.TIME, 1, 0.2),
    Kind("asleep", "import time\ndef f(): time.sleep(60)", lambda run, n: run.ending is Ending.TIME, 1, 0.1),
)


def program(kind: Kind, number: int) -> Program:
    """One submission. All have the same limits, so that spare children serve any of them."""
    units = (("solution.py", kind.source.format(n=number).encode()),)
    return replace(Program("solution", units, [CALL_F], LIMITS), patience=kind.patience)


def born(pid: int) -> str:
    """When a process started, which tells it from a later one with the same number; nothing once it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


class Recording:
    """Launches, and remembers every process that a slot ever started with."""

    def __init__(self) -> None:
        self.launches = 0
        self.started: dict[int, str] = {}

    def left(self) -> list[int]:
        """Those that are there. One that has ended and that init has not waited for yet is not."""
        return [pid for pid, when in self.started.items() if when and born(pid) == when and is_alive(pid)]

    def launch(self, runtime: str) -> Launched:
        """See Launcher."""
        launched = Namespaces().launch(runtime)
        self.launches += 1
        assert launched.process is not None
        self.started |= {pid: born(pid) for pid in (launched.process.pid, *descendants(launched.process.pid))}
        return launched


@dataclass(frozen=True)
class Footprint:
    """What this process, which stands for a worker, has just now."""

    descriptors: int
    threads: int
    memory: int
    below: int
    """processes that it started and that are there"""
    zombies: int


def footprint() -> Footprint:
    """Look."""
    gc.collect()
    pids = descendants(os.getpid())
    zombies = sum(not is_alive(pid) for pid in pids)
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    threads = len(os.listdir("/proc/self/task"))
    return Footprint(len(os.listdir("/proc/self/fd")), threads, resident, len(pids), zombies)


class AsNew:
    """A process that has held no soak, with a slot of its own: what an honest run takes there at this moment.

    Other work on the machine slows this down exactly as much as what it is compared with. A loop of arithmetic or
    starting a process does not: beside two busy processes their ratios to an honest run change by a factor of two.
    """

    def __enter__(self) -> AsNew:
        command = [sys.executable, "-m", "tests.soak.sandbox", AS_NEW]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def honest(self) -> float:
        """Seconds of one run."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("run\n")
        return float(self._process.stdout.readline())


def serve_as_new() -> None:
    """The other end: a run and its seconds for every line that comes in."""
    with Slot(Namespaces(), "numpy") as slot:
        for number in range(5):
            slot.run(program(KINDS[0], number))
        for number, _ in enumerate(sys.stdin):
            started = time.perf_counter()
            slot.run(program(KINDS[0], number))
            sys.stdout.write(f"{time.perf_counter() - started}\n")
            sys.stdout.flush()


@dataclass
class Soak:
    """One soak under way."""

    runs: int
    say: Callable[[str], object]
    seed: int = 1
    report: int = REPORT
    is_compared: bool = True
    """whether speed is looked at"""
    launcher: Recording = field(default_factory=Recording)
    done: Counter[str] = field(default_factory=Counter)
    ratios: list[tuple[int, float]] = field(default_factory=list)
    """number of an honest run, and its time in units of the one beside it that was as new"""
    before: Footprint = field(default_factory=footprint)
    settled: Footprint | None = None

    def hold(self) -> None:
        """Run and check. Raises AssertionError at the first thing that is not as it must be."""
        until = time.monotonic() + 60.0 + SECONDS_A_RUN * self.runs
        with Slot(self.launcher, "numpy") as slot:
            for first in range(0, self.runs, self.report):
                last = min(first + self.report, self.runs)
                with AsNew() if self.is_compared else contextlib.nullcontext() as as_new:
                    for number in range(first, last):
                        assert time.monotonic() < until, f"{number} runs took longer than {SECONDS_A_RUN} s each"
                        self._run(slot, number, as_new)
                self._look(last)
        await_end(self.launcher.left())
        after = footprint()
        for name in ("descriptors", "threads", "below", "zombies"):
            assert getattr(after, name) <= getattr(self.before, name), f"{name} remain: {self.before}, then {after}"

    def _run(self, slot: Slot, number: int, as_new: AsNew | None) -> None:
        kind = self._kind(number)
        started = time.perf_counter()
        run = slot.run(program(kind, number))
        took = time.perf_counter() - started
        assert kind.is_right(run, number), f"run {number}, {kind.name}, came back as {run}"
        self.done[kind.name] += 1
        if as_new and kind is KINDS[0] and self.done[kind.name] % COMPARED == 0:
            self.ratios.append((number, took / as_new.honest()))

    def _kind(self, number: int) -> Kind:
        """Every hundred runs hold each kind by its share, in an order of their own."""
        deck = [kind for kind in KINDS for _ in range(kind.share)]
        random.Random(f"{self.seed} {number // len(deck)}").shuffle(deck)
        return deck[number % len(deck)]

    def _look(self, number: int) -> None:
        """Nothing may become more, memory not after the first of these."""
        now = footprint()
        self.settled = self.settled or now
        pace = f", {self.pace(number - self.report, number):.2f} of the time as new" if self.ratios else ""
        self.say(
            f"{number:6} runs: {now.descriptors} descriptors, {now.threads} threads, {now.memory / MIB:.1f} MiB, "
            f"{self.launcher.launches} zygotes{pace}"
        )
        more = now.descriptors - self.before.descriptors
        assert more <= SLOT_DESCRIPTORS, f"descriptors grow by more than a slot has: {self.before}, now {now}"
        assert now.threads <= self.before.threads, f"threads grow: {self.before}, now {now}"
        assert now.memory <= self.settled.memory + GROWN, f"memory grows: {self.settled}, now {now}"
        assert now.zombies <= self.before.zombies, f"{now.zombies} ended processes were not waited for"
        more = now.below - self.before.below
        assert more <= SLOT_PROCESSES, f"more is there than boot, zygote and a spare child: {self.before}, now {now}"

    def pace(self, first: int, last: int) -> float:
        """The median time of honest runs within these numbers, in units of what they take as new."""
        return statistics.median(ratio for number, ratio in self.ratios if first <= number < last)

    def drift(self) -> float:
        """How many times slower honest runs are at the end than they were at first."""
        return self.pace(self.runs - EDGE, self.runs) / self.pace(0, EDGE)


def lines(soak: Soak) -> Iterator[str]:
    """What was done."""
    for name, count in soak.done.most_common():
        yield f"{count:6} {name}"
    yield f"{soak.runs} runs in {soak.launcher.launches} zygotes, each as it must be; nothing is left of them"


def main(runs: int) -> None:
    """Soak, then compare the speed at both ends."""
    soak = Soak(runs, lambda text: sys.stdout.write(text + "\n") and sys.stdout.flush())
    soak.hold()
    for line in lines(soak):
        sys.stdout.write(line + "\n")
    if runs >= 2 * EDGE:
        drift = soak.drift()
        sys.stdout.write(
            f"honest ones among the last {EDGE} took {drift:.2f} times what those of the first {EDGE} took\n"
        )
        assert drift <= DRIFT, f"runs become slower: {drift:.2f} times, the most is {DRIFT}"


if __name__ == "__main__":
    if sys.argv[1:] == [AS_NEW]:
        serve_as_new()
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
