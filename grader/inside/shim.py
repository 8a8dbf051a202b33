"""A small object server: it executes probes, straight-line programs, on the student's objects.

It knows no task. A probe is a list of instructions; instruction k leaves its value in slot k and refers to earlier
slots by number (a Wengert list):

    ["constant", value]          a number or a fresh copy of an array
    ["tensor", array]            the same as a torch tensor
    ["name", text]               a name of the student's module
    ["call", function, slots...] call slot `function` with the values of the other slots
    ["reply", slot]              report what that slot holds now
    ["unchanged", slot]          report whether a constant's slot still holds what was received

A list of the one instruction ["afresh"] is none: the module is loaded once more.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.inside import source
from grader.inside.claims import claim
from grader.inside.tree import SCRATCH
from grader.sandbox import wire

if TYPE_CHECKING:
    import types
    from collections.abc import Callable, Container

_MAX_NAMES = 200


class _Missing(Exception):
    """The student's module has no such name."""


class _Machine:
    """The slots of one probe while it runs."""

    def __init__(self, module: types.ModuleType) -> None:
        self.module = module
        self.slots: list[Any] = []
        self.replies: list[wire.Value] = []
        self.received: dict[int, Any] = {}
        self.called: Any = None

    def constant(self, value: Any) -> Any:
        # What was received is read-only; a student gets memory of their own.
        self.received[len(self.slots)] = value
        return value.copy() if isinstance(value, np.ndarray) else value

    def tensor(self, value: Any) -> Any:
        self.received[len(self.slots)] = value
        return sys.modules["torch"].tensor(value)

    def name(self, text: str) -> Any:
        if not hasattr(self.module, text):
            raise _Missing(text)
        return getattr(self.module, text)

    def call(self, function: int, *arguments: int) -> Any:
        self.called = self.slots[function]
        return self.called(*(self.slots[slot] for slot in arguments))

    def reply(self, slot: int) -> None:
        self.replies.append(claim(self.slots[slot]))

    def unchanged(self, slot: int) -> None:
        self.replies.append(_CLAIMS[_is_equal(self.slots[slot], self.received[slot])])


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "constant": _Machine.constant,
    "tensor": _Machine.tensor,
    "name": _Machine.name,
    "call": _Machine.call,
    "reply": _Machine.reply,
    "unchanged": _Machine.unchanged,
}


_CLAIMS = {truth: claim(truth) for truth in (True, False)}


def _is_equal(held: Any, received: Any) -> bool:
    if type(held) is type(received) is np.ndarray and held.dtype == received.dtype and held.shape == received.shape:
        # What np.array_equal does, in a third of its time: every constant of every probe comes by here.
        return b"\0" not in (held == received).tobytes()
    return bool(np.array_equal(held, received))


def _signature(function: Any) -> str:
    try:
        return str(inspect.signature(function))[:200]
    except Exception:  # noqa: BLE001 - __signature__ may be the student's
        return ""


def _run_probe(module: types.ModuleType, probe: list[Any]) -> wire.Value:
    machine = _Machine(module)
    try:
        for operation, *operands in probe:
            machine.slots.append(_OPERATIONS[operation](machine, *operands))
    except _Missing as error:
        return ["missing", str(error)]
    except BaseException as error:  # noqa: BLE001 - the student's code may raise anything
        lines: list[wire.Value] = [[label, number] for label, number in source.own_lines(error)]
        return ["exception", *source.describe(error), lines, _signature(machine.called)]
    return ["replies", machine.replies]


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


def _load(
    entry: str, notebook: bool, only_compile: bool, seed: int, units: list[Any], files: list[Any]
) -> tuple[types.ModuleType, wire.Value]:
    _seed(seed)
    if not only_compile:
        # Compiling imports as well (the codec that a file names, and what that one needs): nothing of the student's.
        _put_files(files)
    module = source.new_module(entry)
    work = source.compile_unit if only_compile else source.run_unit
    reports = [work(module, label, content.tobytes(), notebook).as_value() for label, content in units]
    return module, [reports, _public_functions(module)]


def _put_files(files: list[Any]) -> None:
    """Write what was handed in beside the units, where they can import and read it."""
    for name, content in files:
        path = Path(SCRATCH, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.tobytes())
    sys.path.insert(0, SCRATCH)


def _flush_output() -> None:
    """What was printed must be out before the answer: the child is killed after its last one."""
    for stream in (sys.stdout, sys.stderr):
        # The student may have put anything there.
        with contextlib.suppress(BaseException):
            stream.flush()


class _Pipes:
    def __init__(self, programs: int, answers: int) -> None:
        self._programs = programs
        self._answers = answers
        self._frames = wire.FrameReader()
        self._waiting: list[tuple[wire.Kind, Any]] = []

    def receive(self) -> tuple[wire.Kind, Any] | None:
        while not self._waiting:
            piece = os.read(self._programs, 1 << 20)
            if not piece:
                return None
            self._waiting += self._frames.feed(piece)
        return self._waiting.pop(0)

    def send(self, kind: wire.Kind, value: wire.Value = None) -> None:
        _flush_output()
        rest = memoryview(wire.frame(kind, value))
        while rest:
            rest = rest[os.write(self._answers, rest) :]


def serve(programs: int, answers: int) -> None:
    """Answer programs until no more come. READY is the last thing sent before a student byte can run."""
    pipes = _Pipes(programs, answers)
    pipes.send(wire.Kind.READY)
    module = source.new_module("empty")
    known, loaded = frozenset(sys.modules), list[Any]()
    while (request := pipes.receive()) is not None:
        kind, value = request
        if kind == wire.Kind.LOAD:
            loaded = value
            module, report = _load(*value)
            pipes.send(wire.Kind.LOADED, report)
            continue
        for index, probe in enumerate(value):
            if probe == [["afresh"]]:
                _forget(known)
                module, _ = _load(*loaded)
                pipes.send(wire.Kind.REPLY, [index, ["replies", []]])
            else:
                pipes.send(wire.Kind.REPLY, [index, _run_probe(module, probe)])
