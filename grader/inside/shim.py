"""A small object server: it executes probes, straight-line programs, on the student's objects.

The programs are described in `grader.inside.machine`, which executes them.
A list of the one instruction ["afresh"] is none: the module is loaded once more.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.inside import source
from grader.inside.machine import Surroundings, respond
from grader.inside.pipes import Pipes
from grader.inside.tree import SCRATCH
from grader.sandbox import wire

if TYPE_CHECKING:
    import types
    from collections.abc import Container

_MAX_NAMES = 200


def _public_functions(module: types.ModuleType) -> list[wire.Value]:
    names = [name[:80] for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
    return [*names[:_MAX_NAMES]]


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


def _forget(known: Container[str]) -> None:
    """Undo what a student's functions may have set outside of their module."""
    for name in [name for name in sys.modules if name not in known]:
        del sys.modules[name]
    np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
    if "torch" in sys.modules:
        torch = sys.modules["torch"]
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)


class _Submission:
    """What was handed in: compiled once, before anything of it can run or be imported, and then loaded as often as it
    is asked for. So whether it is Python at all is not decided by what it does."""

    def __init__(
        self, entry: str, notebook: bool, only_compile: bool, seed: int, units: list[Any], files: list[Any]
    ) -> None:
        self._entry = entry
        self._seed = seed
        self._files = files
        self._units = [source.compile_unit(label, content.tobytes(), notebook) for label, content in units]
        self._is_run = not only_compile and any(unit.code for unit in self._units)

    def load(self) -> tuple[types.ModuleType, wire.Value]:
        """A module in which the units ran, and what became of them."""
        _seed(self._seed)
        module = source.new_module(self._entry)
        if not self._is_run:
            return module, [[unit.report.as_value() for unit in self._units], []]
        _put_files(self._files)
        reports = [source.run_unit(module, unit).as_value() for unit in self._units]
        return module, [reports, _public_functions(module)]


def _put_files(files: list[Any]) -> None:
    """Write what was handed in beside the units, where they can import and read it."""
    for name, content in files:
        path = Path(SCRATCH, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.tobytes())
    sys.path.insert(0, SCRATCH)


def serve(programs: int, answers: int) -> None:
    """Answer programs until no more come. READY is the last thing sent before a student byte can run."""
    pipes = Pipes(programs, answers)
    pipes.send(wire.Kind.READY)
    surroundings = Surroundings(source.new_module("empty"), pipes)
    known = frozenset(sys.modules)
    while (request := pipes.receive()) is not None:
        kind, value = request
        if kind == wire.Kind.LOAD:
            submission = _Submission(*value)
            surroundings.module, report = submission.load()
            pipes.send(wire.Kind.LOADED, report)
            continue
        for index, probe in enumerate(value):
            if probe == [["afresh"]]:
                _forget(known)
                surroundings.module, _ = submission.load()
                pipes.send(wire.Kind.REPLY, [index, ["replies", []]])
            else:
                pipes.send(wire.Kind.REPLY, [index, respond(surroundings, probe)])
