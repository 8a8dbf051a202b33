"""The callables that student code is given: every call of them is answered outside."""

from __future__ import annotations

import builtins
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.inside.claims import operand, size
from grader.sandbox import numbers, wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.inside.pipes import Pipes

    Execute = Callable[[tuple[Any, ...], list[Any], int], Any]
    Respond = Callable[[tuple[Any, ...], list[Any]], wire.Value]

_MAX_NESTING = 16


class Oracles:
    """Makes them. `execute` runs a program on operands and returns what its slot of that number holds then; `respond`
    runs one and returns what is to be told of it."""

    def __init__(self, pipes: Pipes, execute: Execute, respond: Respond) -> None:
        self._pipes = pipes
        self._execute = execute
        self._respond = respond
        self._nesting = threading.local()

    def make(self, number: int, captured: tuple[Any, ...]) -> Callable[..., Any]:
        """The callable for oracle `number`, which hands over `captured` with the arguments of each call."""

        def oracle(*arguments: Any) -> Any:
            # Before anything is sent: a student's own objects may call an oracle while they are looked at.
            ticket = self._pipes.new_ticket()
            word, *content = self._pipes.ask(ticket, _call(ticket, number, captured, arguments))
            while word == "probe":
                word, *content = self._pipes.tell(self._told((*captured, *arguments), *content))
            if word == "value":
                (value,) = content
                # What was received is read-only; a student gets memory of their own.
                return value.copy() if type(value) is np.ndarray else value
            if word == "raise":
                kind, message = content
                raise getattr(builtins, kind)(message)
            return self._nested(self._execute, (*captured, *arguments), *content)

        # What a TypeError about too many arguments, or a student who prints it, should say.
        oracle.__qualname__ = "oracle"
        return oracle

    def _told(self, operands: tuple[Any, ...], probe: list[Any]) -> wire.Value:
        try:
            return self._nested(self._respond, operands, probe)  # type: ignore[no-any-return]
        except RecursionError as error:
            return ["exception", "RecursionError", str(error), [], "", 0]

    def _nested(self, work: Callable[..., Any], *content: Any) -> Any:
        depth = getattr(self._nesting, "depth", 0)
        if depth >= _MAX_NESTING:
            raise RecursionError(f"calls of the functions given to you are nested more than {_MAX_NESTING} deep")
        self._nesting.depth = depth + 1
        try:
            return work(*content)
        finally:
            self._nesting.depth = depth


def _call(ticket: int, number: int, captured: tuple[Any, ...], arguments: tuple[Any, ...]) -> bytes:
    payload = None if captured else numbers.pack(ticket, number, arguments)
    if payload is not None:
        return wire.framed(wire.Kind.CALL_NUMBERS, payload)
    return wire.frame(wire.Kind.CALL, [ticket, number, _operands(captured), _operands(arguments)])


def _operands(values: tuple[Any, ...]) -> list[wire.Value]:
    """Claims about them. Raises TypeError where there are more than are taken, or than a frame holds."""
    if len(values) > numbers.MAX_NUMBERS:
        raise TypeError(f"{len(values)} arguments; the functions given to you take {numbers.MAX_NUMBERS} at most")
    claims: list[wire.Value] = [*map(operand, values)]
    if len(claims) > 1 and sum(map(size, claims)) > numbers.MAX_BYTES:
        raise TypeError(f"the arguments of one call hold more than {numbers.MAX_BYTES >> 20} MiB of numbers")
    return claims
