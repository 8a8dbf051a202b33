"""Writes probes: the straight-line programs that a child executes on the student's objects.

    p = Writer()
    d = p.call(p.name("Dual"), 3.0, 1.0)
    p.reply(p.get(p.operate("mul", d, d), "derivative"))
    Program(..., probes=[p.probe], ...)

The answer of an oracle that works on objects is written the same way: its operands are the first handles.

    def square(call: Call) -> Steps:
        p = Writer(operands=len(call.arguments))
        return p.steps(p.operate("mul", p.operands[0], p.operands[0]))

What is wrong here is wrong in what an author wrote, so it is a ValueError before any student's code runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from grader.sandbox.run import Further, Oracle, Probe, Steps

Constant: TypeAlias = "bool | int | float | complex | str | np.ndarray[Any, Any] | None"

BINARY = ("add", "sub", "mul", "truediv", "pow", "matmul", "eq", "ne", "lt", "le", "gt", "ge", "getitem")
"""Operators of two operands; which one is the student's object decides whether the reflected method is used."""
UNARY = ("neg", "pos", "abs")

TORCH = ("autograd.grad",)
"""Functions of torch that are no method of a tensor. Student code may have put others in their place, as anywhere."""

MAX_REPLIES = 100
MAX_TIMES = 1_000_000
_ATTRIBUTE = re.compile(r"(?!__)[^\W\d]\w*", re.ASCII)


@dataclass(frozen=True)
class Handle:
    """A slot of one program, and so the object that it will hold."""

    slot: int


Operand: TypeAlias = "Handle | Constant"
"""a constant stands for a slot of its own"""


class Writer:
    """One program while it is written; `operands` slots are filled before it starts."""

    def __init__(self, operands: int = 0) -> None:
        self.operands = tuple(map(Handle, range(operands)))
        self.probe: Probe = []
        self._replies = 0

    def _add(self, *instruction: object) -> Handle:
        self.probe.append([*instruction])
        return Handle(len(self.operands) + len(self.probe) - 1)

    def _slot(self, operand: Operand) -> int:
        return operand.slot if isinstance(operand, Handle) else self.constant(operand).slot

    def _slots(self, operands: tuple[Operand, ...]) -> list[int]:
        return [self._slot(operand) for operand in operands]

    def constant(self, value: Constant) -> Handle:
        """A number, a text, nothing, or a fresh copy of an array."""
        return self._add("constant", value)

    def tensor(self, value: np.ndarray[Any, Any]) -> Handle:
        """An array as a torch tensor; an entry of one is an array without axes, not a number of Python's."""
        return self._add("tensor", np.asarray(value))

    def torch(self, path: str) -> Handle:
        """A function of torch itself, one of `TORCH`."""
        if path not in TORCH:
            raise ValueError(f"{path!r} of torch is not among those that probes use")
        return self._add("torch", path)

    def name(self, text: str) -> Handle:
        """A name that the student's module defines."""
        return self._add("name", _attribute(text))

    def oracle(self, function: Oracle, *captured: Operand) -> Handle:
        """A callable that `function` answers; it is told of, and its steps may use, what is captured as well."""
        return self._add("oracle", function, *self._slots(captured))

    def call(self, function: Handle, *arguments: Operand) -> Handle:
        """What a function of the student returns, or a method that `get` found."""
        return self._add("call", function.slot, *self._slots(arguments))

    def method(self, held: Handle, name: str, *arguments: Operand) -> Handle:
        """What a method returns."""
        return self.call(self.get(held, name), *arguments)

    def get(self, held: Handle, name: str) -> Handle:
        """An attribute."""
        return self._add("get", held.slot, _attribute(name))

    def set(self, held: Handle, name: str, value: Operand) -> None:
        """Set an attribute."""
        self._add("set", held.slot, _attribute(name), self._slot(value))

    def operate(self, operator: str, *operands: Operand) -> Handle:
        """Apply one of `BINARY` or `UNARY`."""
        if operator not in (BINARY if len(operands) == 2 else UNARY if len(operands) == 1 else ()):
            raise ValueError(f"there is no operator {operator!r} of {len(operands)} operands")
        return self._add("operate", operator, *self._slots(operands))

    def item(self, held: Handle, index: Operand) -> Handle:
        """An element of a list, or of what knows how to be asked for one."""
        return self.operate("getitem", held, index)

    def iterate(self, operator: str, start: Operand, other: Operand | None, times: int) -> Handle:
        """`start`, then `times` times `operator` of the last result and `other`, or of the last result twice."""
        if operator not in BINARY or not 0 <= times <= MAX_TIMES:
            raise ValueError(f"an operator of two operands at most {MAX_TIMES} times, not {operator!r} {times} times")
        first = self._slot(start)
        return self._add("iterate", operator, first, None if other is None else self._slot(other), times)

    def list(self, *elements: Operand) -> Handle:
        """A new list."""
        return self._add("list", *self._slots(elements))

    def tuple(self, *elements: Operand) -> Handle:
        """A new tuple."""
        return self._add("tuple", *self._slots(elements))

    def length(self, held: Handle) -> Handle:
        """How many elements it has."""
        return self._add("length", held.slot)

    def same(self, held: Handle, other: Handle) -> Handle:
        """Whether both are one object."""
        return self._add("same", held.slot, other.slot)

    def forget(self, held: Handle) -> None:
        """Let go of an object, which may then be freed."""
        self._add("forget", held.slot)

    def reply(self, held: Handle) -> int:
        """Have it reported; returns which of the replies' claims it will be."""
        return self._report("reply", held.slot)

    def elements(self, held: Handle, depth: int = 1) -> int:
        """As `reply`, but each element of a list is a claim of its own, and of the lists in it for `depth` 2."""
        if depth not in (1, 2):
            raise ValueError(f"lists are taken apart once or twice, not {depth} times")
        return self._report("elements", held.slot, depth)

    def kept(self, number: int) -> Handle:
        """The object that an earlier program of the same run handed over under this number."""
        return self._add("kept", number)

    def hand(self, held: Handle, number: int) -> int:
        """As `reply`; what is neither numbers nor text is kept in there under this number, or under its own if it has
        one already, and the claim is that number."""
        return self._report("hand", held.slot, number)

    def unchanged(self, held: Handle) -> int:
        """Have it reported whether a constant is as it was, a number that is true or false."""
        position = held.slot - len(self.operands)
        if position < 0 or self.probe[position][0] not in ("constant", "tensor"):
            raise ValueError("only a constant can be compared with what it was")
        return self._report("unchanged", held.slot)

    def _report(self, *instruction: object) -> int:
        if self._replies == MAX_REPLIES:
            raise ValueError(f"a probe replies at most {MAX_REPLIES} times; put numbers into one list")
        self._add(*instruction)
        self._replies += 1
        return self._replies - 1

    def further(self) -> Further:
        """The program as something to be worked out before an oracle has its answer."""
        return Further(self.probe)

    def steps(self, result: Handle) -> Steps:
        """The program as an answer of an oracle: `result` is what the call returns."""
        if self._replies:
            raise ValueError("the answer of an oracle replies nothing: it returns one object")
        return Steps(self.probe, result.slot)


def _attribute(name: str) -> str:
    """`name`, if it is one of the student's. Python's own, such as __class__ or __globals__, say nothing about a
    student's work: they lead from it to the machinery around it."""
    if not _ATTRIBUTE.fullmatch(name):
        raise ValueError(f"{name!r} is no name that a student defines")
    return name
