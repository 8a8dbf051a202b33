"""Plays attacks in slots of one launcher, and after each looks whether anything came of it that must not."""

from __future__ import annotations

import ast
import contextlib
import gc
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import numpy as np

from grader.bundles import Bundles
from grader.domain.assignment import Assignment
from grader.domain.report import Outcome, Report
from grader.domain.submission import Submission
from grader.errors import SlotBroken
from grader.feedback.document import document
from grader.grading import Grader
from grader.sandbox.launcher import Launcher
from grader.sandbox.run import Ending, Probe, Program, Raised, Replies, Run
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import MATRIX_CALCULUS
from tests.hostile import targets, world
from tests.hostile.corpus import USUAL, Attack
from tests.hostile.world import Canaries, World

HONEST = b"def f():\n    return 4.0\n"
HONEST_SECONDS = 2.0
TASKS = ("dot", "quadratic")
CALL: Probe = [["name", "f"], ["call", 0], ["reply", 1]]

_UNANSWERED = {ending.value: ending for ending in Ending if ending is not Ending.FINISHED}


@dataclass
class Played:
    """What came of an attack. It was held off where there are no faults."""

    attack: Attack
    launcher: str
    outcome: str
    milliseconds: float
    faults: list[str] = field(default_factory=list)


class Stage:
    """Warm slots of one launcher, one per runtime. A context manager."""

    def __init__(self, name: str, launcher: Launcher, bundles: Bundles, folder: Path) -> None:
        self._name = name
        self._launcher = launcher
        self._bundles = bundles
        self._canaries = Canaries(folder)
        self._slots: dict[str, Slot] = {}
        self._exits = contextlib.ExitStack()

    def __enter__(self) -> Stage:
        # What earlier tests left to the collector, such as pollers of connections, must not vanish during an attack.
        gc.collect()
        self._exits.callback(world.bury_orphans)
        self._exits.enter_context(world.keeping_orphans())
        self._exits.callback(self._canaries.remove)
        # Here, because the engine that builds bundles brings threads and names into the environment.
        whole = load(MATRIX_CALCULUS)
        for task in whole.tasks:
            if task.id in TASKS:
                self._bundles.of(task, whole)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for slot in self._slots.values():
            slot.close()
        self._exits.close()

    def slot(self, runtime: str) -> Slot:
        """The slot of a runtime, warm. Raises SandboxRefused."""
        if runtime not in self._slots:
            self._slots[runtime] = Slot(self._launcher, runtime)
            _honest(self._slots[runtime])
        return self._slots[runtime]

    def play(self, attack: Attack) -> Played:
        """The attack, then an honest run in the same slot, and all that is wrong with what came of them."""
        slot = self.slot(attack.runtime)
        self._know(slot)
        before = World.look(self._canaries)
        with targets.opened(attack.target) as target:
            started = time.monotonic()
            files = attack.files + ((("target.json", target.address()),) if target else ())
            outcome, faults = self._attempt(attack, slot, files)
            milliseconds = 1000 * (time.monotonic() - started)
            if target and target.is_touched():
                faults.append("it reached the listener")
        faults += _honest(slot)
        self._know(slot)
        faults += before.compare(World.look(self._canaries))
        return Played(attack, self._name, outcome, milliseconds, faults)

    def _know(self, slot: Slot) -> None:
        """The zygote is alive, or another one is by now; either is a child that is expected."""
        process = slot.warm().process
        if process is not None:
            world.expect_child(process.pid)

    def _attempt(self, attack: Attack, slot: Slot, files: tuple[tuple[str, bytes], ...]) -> tuple[str, list[str]]:
        allowed = attack.outcomes(self._name, os.getuid() != 0)
        if attack.graded:
            report = self._grade(attack, slot, files)
            return _said(report), _faults_of_report(report, allowed)
        probes = [CALL] * attack.calls
        program = Program("solution", _units(attack), probes, attack.limits, files, attack.notebook)
        try:
            run = slot.run(program)
        except SlotBroken as fault:
            # That is what is said where nobody is to blame, so no submission may bring it about.
            return "system fault", [str(fault)]
        met = any(_is(outcome, run) for outcome in allowed)
        return _words(run), [] if met else [f"{' or '.join(allowed)} expected: {_words(run)}"]

    def _grade(self, attack: Attack, slot: Slot, files: tuple[tuple[str, bytes], ...]) -> Report:
        received = datetime(2026, 11, 15, 10, 0, tzinfo=UTC)
        units = _units(attack)
        submission = Submission("0" * 64, ("solution.py",), received, "solution", units, attack.notebook, files)
        return Grader(_assignment(attack), slot, self._bundles).grade(submission)


def _units(attack: Attack) -> tuple[tuple[str, bytes], ...]:
    if not attack.notebook:
        return (("solution.py", attack.source),)
    cells = attack.source.split(b"# %%\n")
    return tuple((f"cell {number}", cell) for number, cell in enumerate(cells, 1))


def _assignment(attack: Attack) -> Assignment:
    """Two tasks of the example assignment, with the attack's limits."""
    whole = load(MATRIX_CALCULUS)
    tasks = (replace(task, limits=attack.limits) for task in whole.tasks if task.id in TASKS)
    return replace(whole, tasks=tuple(tasks))


def _honest(slot: Slot) -> list[str]:
    started = time.monotonic()
    run = slot.run(Program("solution", (("solution.py", HONEST),), [CALL], USUAL))
    seconds = time.monotonic() - started
    faults = [] if _is("returns 4.0", run) else [f"the next submission was not run as it should: {_words(run)}"]
    return faults + ([f"the next submission took {seconds:.1f} s"] if seconds > HONEST_SECONDS else [])


def _returned(run: Run) -> Iterator[object]:
    """What each call is said to have returned, as plain Python values."""
    for response in run.responses:
        if isinstance(response, Replies) and len(response.claims) == 1:
            array = response.claims[0].array
            yield response.claims[0].form if array is None else array.tolist()


def _is(outcome: str, run: Run) -> bool:
    """Whether this is what came of a run."""
    word, _, rest = outcome.partition(" ")
    if word in _UNANSWERED:
        by = -signal.Signals[rest] if rest else run.exit_code
        return run.ending is _UNANSWERED[word] and run.exit_code == by and run.responses[-1] is None
    return _RESPONSES[word](rest, run)


def _returns(literal: str, run: Run) -> bool:
    values = [*_returned(run)]
    return bool(values) and len(values) == len(run.responses) and _equal(values[-1], ast.literal_eval(literal))


def _equal(value: object, wanted: object) -> bool:
    return value == wanted and np.array_equal(np.array(value).shape, np.array(wanted).shape)


def _raises(wanted: str, run: Run) -> bool:
    kind, _, text = wanted.partition(": ")
    response = run.responses[-1]
    return isinstance(response, Raised) and response.kind == kind and text in response.message


def _import_raises(wanted: str, run: Run) -> bool:
    kind = wanted.removeprefix("raises ")
    return any(unit.status == "exception" and unit.kind == kind for unit in run.units)


_RESPONSES: dict[str, Callable[[str, Run], bool]] = {
    "returns": _returns,
    "raises": _raises,
    "import": _import_raises,
}


def _words(run: Run) -> str:
    """How a run ended, for people."""
    if run.ending is not Ending.FINISHED:
        return str(run.ending.value) + (f" {signal.Signals(-run.exit_code).name}" if run.exit_code < 0 else "")
    failed = next((f"import raises {unit.kind}" for unit in run.units if unit.status != "ok"), "")
    last = run.responses[-1]
    if isinstance(last, Raised):
        return f"raises {last.kind}: {last.message}"
    return failed or " ".join(["returns", *(repr(value) for value in [*_returned(run)][-1:])])


def _said(report: Report) -> str:
    verdicts = " ".join(check.verdict.value for task in report.tasks for check in task.checks)
    return f"{report.outcome.value}, {report.score} points: {verdicts}"


def _faults_of_report(report: Report, allowed: tuple[str, ...]) -> list[str]:
    faults = []
    # Anything else than what is expected, such as no score, would be a way out of a grading.
    if (report.outcome, report.score) not in map(_ended, allowed):
        faults.append(f"{' or '.join(allowed)} expected: {_said(report)}")
    if any(ord(character) < 32 and character not in "\n\t" for character in _texts(document(report))):
        faults.append("the report holds a control character")
    # The database refuses what JSON has no words for, such as infinity.
    json.dumps(document(report), allow_nan=False)
    return faults


def _ended(outcome: str) -> tuple[Outcome, float | None]:
    """How a grading ends, and with how many points."""
    if outcome == "not python":
        return Outcome.NOT_GRADABLE, None
    return Outcome.GRADED, 0.0 if outcome == "wrong" else float(outcome.removeprefix("earns "))


def _texts(value: object) -> str:
    if isinstance(value, dict):
        return "".join(_texts(item) for item in value.values())
    if isinstance(value, list):
        return "".join(_texts(item) for item in value)
    return str(value)
