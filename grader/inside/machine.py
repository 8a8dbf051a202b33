"""Executes straight-line programs (Wengert lists) on the student's objects. It knows no task.

Instruction k leaves its value in the slot after those of the operands, and refers to earlier slots by number:

    ["constant", value]              a number, a text, or a fresh copy of an array
    ["tensor", array]                the same as a torch tensor
    ["torch", path]                  a function of torch itself, such as autograd.grad
    ["name", text]                   a name of the student's module
    ["oracle", number, slots...]     a callable that is answered outside, and what is handed over with its arguments
    ["call", function, slots...]     call slot `function` with the values of the other slots
    ["get", slot, name]              an attribute
    ["set", slot, name, value]       set an attribute to what slot `value` holds
    ["operate", operator, slots...]  apply an operator to one or two slots
    ["iterate", operator, slot, other, times]
                                     apply it to the last result and slot `other`, or twice the last result where
                                     that is null; the first result is what `slot` holds
    ["list", slots...]               a new list of them
    ["tuple", slots...]              a new tuple of them
    ["length", slot]                 how many elements it has
    ["same", slot, other]            whether they hold one object
    ["forget", slot]                 empty a slot, so that its object may go
    ["reply", slot]                  report what that slot holds now
    ["elements", slot, depth]        report what the elements of a list are, and of lists in it
    ["unchanged", slot]              report whether a constant's slot still holds what was received
    ["kept", number]                 what was handed over under this number
    ["hand", slot, number]           report numbers or text; keep anything else under this number, or the one that it
                                     has already, and report that
    ["tests"]                        run the tests of an author, where the runtime has what it takes
"""

from __future__ import annotations

import functools
import inspect
import operator
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.inside import claims, source
from grader.inside.oracles import Oracles

if TYPE_CHECKING:
    import types
    from collections.abc import Callable

    from grader.inside.pipes import Pipes
    from grader.sandbox import wire


class Missing(Exception):
    """The student's module has no such name."""


class Surroundings:
    """What every program of a child shares: the student's module, and the way to the oracles."""

    def __init__(self, module: types.ModuleType, pipes: Pipes) -> None:
        self.module = module
        self.pipes = pipes
        self.oracles = Oracles(pipes, self._execute, self._respond)
        self.kept: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}
        """of what is kept, by identity"""

    def _execute(self, operands: tuple[Any, ...], probe: list[Any], result: int) -> Any:
        machine = Machine(self, operands)
        machine.execute(probe)
        return machine.slots[result]

    def _respond(self, operands: tuple[Any, ...], probe: list[Any]) -> wire.Value:
        return respond(self, probe, operands)


class Machine:
    """The slots of one program while it runs."""

    def __init__(self, surroundings: Surroundings, operands: tuple[Any, ...] = ()) -> None:
        self._surroundings = surroundings
        self.slots: list[Any] = [*operands]
        self.replies: list[wire.Value] = []
        self.called: Any = None
        self._received: dict[int, Any] = {}

    def execute(self, probe: list[Any]) -> None:
        """Run all instructions; whatever the student's code raises comes out."""
        for operation, *operands in probe:
            self.slots.append(_OPERATIONS[operation](self, *operands))

    def _values(self, slots: tuple[int, ...]) -> list[Any]:
        return [self.slots[slot] for slot in slots]

    def constant(self, value: Any) -> Any:
        # What was received is read-only; a student gets memory of their own.
        self._received[len(self.slots)] = value
        return value.copy() if isinstance(value, np.ndarray) else value

    def tensor(self, value: Any) -> Any:
        self._received[len(self.slots)] = value
        return sys.modules["torch"].tensor(value)

    def torch(self, path: str) -> Any:
        return functools.reduce(getattr, path.split("."), sys.modules["torch"])

    def name(self, text: str) -> Any:
        if not hasattr(self._surroundings.module, text):
            raise Missing(text)
        return getattr(self._surroundings.module, text)

    def oracle(self, number: int, *captured: int) -> Any:
        return self._surroundings.oracles.make(number, tuple(self._values(captured)))

    def call(self, function: int, *arguments: int) -> Any:
        self.called = self.slots[function]
        return self.called(*(self.slots[slot] for slot in arguments))

    def get(self, slot: int, name: str) -> Any:
        return getattr(self.slots[slot], name)

    def put(self, slot: int, name: str, value: int) -> None:
        setattr(self.slots[slot], name, self.slots[value])

    def operate(self, name: str, *operands: int) -> Any:
        return _OPERATORS[name](*self._values(operands))

    def iterate(self, name: str, slot: int, other: int | None, times: int) -> Any:
        apply, last = _OPERATORS[name], self.slots[slot]
        if other is None:
            for _ in range(times):
                last = apply(last, last)
            return last
        fixed = self.slots[other]
        for _ in range(times):
            last = apply(last, fixed)
        return last

    def make_list(self, *slots: int) -> Any:
        return self._values(slots)

    def make_tuple(self, *slots: int) -> Any:
        return (*self._values(slots),)

    def length(self, slot: int) -> int:
        return len(self.slots[slot])

    def same(self, slot: int, other: int) -> bool:
        return self.slots[slot] is self.slots[other]

    def forget(self, slot: int) -> None:
        self.slots[slot] = None

    def reply(self, slot: int) -> None:
        self.replies.append(claims.claim(self.slots[slot]))

    def elements(self, slot: int, depth: int) -> None:
        self.replies.append(claims.elements(self.slots[slot], depth))

    def kept(self, number: int) -> Any:
        return self._surroundings.kept[number]

    def hand(self, slot: int, number: int) -> None:
        value = self.slots[slot]
        said: Any = claims.claim_with_text(value)
        if said[0] in ("object", "too-large"):
            # Held for the rest of the run, so that nothing else gets its identity.
            number = self._surroundings.numbers.setdefault(id(value), number)
            self._surroundings.kept[number] = value
            said = ["kept", np.array(number), said[2]]
        self.replies.append(said)

    def tests(self) -> None:
        sys.modules["grader.inside.testing"].run(self._surroundings.pipes)

    def unchanged(self, slot: int) -> None:
        self.replies.append(_TRUTHS[is_equal(self.slots[slot], self._received[slot])])


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "constant": Machine.constant,
    "tensor": Machine.tensor,
    "torch": Machine.torch,
    "name": Machine.name,
    "oracle": Machine.oracle,
    "call": Machine.call,
    "get": Machine.get,
    "set": Machine.put,
    "operate": Machine.operate,
    "iterate": Machine.iterate,
    "list": Machine.make_list,
    "tuple": Machine.make_tuple,
    "length": Machine.length,
    "same": Machine.same,
    "forget": Machine.forget,
    "reply": Machine.reply,
    "elements": Machine.elements,
    "unchanged": Machine.unchanged,
    "kept": Machine.kept,
    "hand": Machine.hand,
    "tests": Machine.tests,
}

_OPERATORS: dict[str, Callable[..., Any]] = {
    name: getattr(operator, name)
    for name in ("add", "sub", "mul", "truediv", "pow", "matmul", "eq", "ne", "lt", "le", "gt", "ge", "getitem",
                 "neg", "pos", "abs")
}  # fmt: skip

_TRUTHS = {truth: claims.claim(truth) for truth in (True, False)}


def respond(surroundings: Surroundings, probe: list[Any], operands: tuple[Any, ...] = ()) -> wire.Value:
    """Run a program, and say what came of it: replies, an exception, or a name that is missing."""
    machine = Machine(surroundings, operands)
    try:
        machine.execute(probe)
    except Missing as error:
        return ["missing", str(error)]
    except BaseException as error:  # noqa: BLE001 - the student's code may raise anything
        lines: list[wire.Value] = [[label, number] for label, number in source.own_lines(error)]
        # One slot for each instruction that came to its end.
        done = len(machine.slots) - len(operands)
        return ["exception", *source.describe(error), lines, _signature(machine.called), done]
    return ["replies", machine.replies]


def _signature(function: Any) -> str:
    try:
        return str(inspect.signature(function))[:200]
    except Exception:  # noqa: BLE001 - __signature__ may be the student's
        return ""


def is_equal(held: Any, received: Any) -> bool:
    """Whether a constant still is what was received, as numpy compares."""
    if type(held) is type(received) is np.ndarray and held.dtype == received.dtype and held.shape == received.shape:
        # What np.array_equal does, in a third of its time: every constant of every probe comes by here.
        return b"\0" not in (held == received).tobytes()
    return bool(np.array_equal(held, received))
