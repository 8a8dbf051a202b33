"""Where calls of oracles are counted, kept and answered, for one run.

A student can forge a call, but only such as a real one could have been: of an oracle that the child was told of, during
the probe in which it comes. Nothing is remembered of who waits for which answer, so nesting and threads cost nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.sandbox import answers, numbers, wire
from grader.sandbox.run import LATER, Answer, Call, Claim, Further, Oracle, Probe, Program, Refused, Steps
from grader.sandbox.wire import Violation

_MAX_TEXTS = 1000
_CALL_BYTES = 140
_CLAIM_BYTES = 170
_SHORT_TEXT = 100
"""What an entry of the record takes besides arrays and long texts, roughly."""


class Exchange:
    """Numbers the oracles of a run's probes, and answers what is asked of them."""

    def __init__(self, program: Program) -> None:
        self._asked = program.asked
        self._waiting: list[int] = []
        """tickets that are to be answered later, the newest last"""
        self._calls_left = program.max_calls
        self._bytes_left = program.max_recorded
        self._too_many = Refused(
            f"your code has called the functions given to it {program.max_calls} times, and may not call them again",
            "RuntimeError",
        )
        self._too_much = Refused(
            "your code has called the functions given to it with more numbers than a run may hold", "RuntimeError"
        )
        self._oracles: list[Oracle] = []
        self._known_from: list[int] = []
        self._numbers: dict[int, int] = {}
        self._texts: dict[str, str] = {}
        self.calls: list[list[Call]] = [[] for _ in program.probes]

    def numbered(self, probe: Probe, index: int) -> Probe:
        """`probe` as it is sent for probe `index`, with numbers in the place of oracles."""
        return [["oracle", self._number(step[1], index), *step[2:]] if step[0] == "oracle" else step for step in probe]

    def _number(self, oracle: Oracle, index: int) -> int:
        number = self._numbers.setdefault(id(oracle), len(self._oracles))
        if number == len(self._oracles):
            self._oracles.append(oracle)
            self._known_from.append(index)
        self._known_from[number] = min(index, self._known_from[number])
        return number

    def answer(self, kind: wire.Kind, value: Any, index: int) -> bytes:
        """The frame that answers a call which came during probe `index`. Raises Violation."""
        if kind == wire.Kind.ASK:
            return self._frame_of_data(*answers.read_ask(value))
        if kind == wire.Kind.CALL_NUMBERS:
            ticket, number, arguments = answers.read_call_of_numbers(value)
            call = Call(self._oracle(number, index), arguments)
        else:
            ticket, number, captured, arguments = answers.read_call(value)
            call = Call(self._oracle(number, index), self._kept(arguments), self._kept(captured))
        return self._frame(ticket, self._record(call, index), index)

    def late(self, answer: Answer) -> bytes:
        """The frame that answers whoever has been waiting for the shortest time."""
        return self._frame(self._waiting.pop(), answer, 0)

    def _frame_of_data(self, ticket: int, value: Any) -> bytes:
        if self._asked is None:
            raise Violation("a child asks where nothing can be asked")
        answer = self._asked(value)
        if answer is LATER:
            self._waiting.append(ticket)
            return b""
        try:
            return wire.frame(wire.Kind.ANSWER, [ticket, "value", answer])
        except (TypeError, ValueError) as error:
            raise Violation(f"a child asks for what cannot be told: {error}") from None

    def _oracle(self, number: int, index: int) -> Oracle:
        if not 0 <= number < len(self._oracles) or self._known_from[number] > index:
            raise Violation(f"a call of oracle {number}, which the child was not told of")
        return self._oracles[number]

    def _kept(self, claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        """Memory of its own for each array, one text for the many that are equal."""
        return tuple(map(self._one_kept, claims))

    def _one_kept(self, claim: Claim) -> Claim:
        array = None if claim.array is None else claim.array.copy()
        return Claim(self._text(claim.form), array, self._text(claim.description), self._kept(claim.elements))

    def _text(self, text: str) -> str:
        if len(self._texts) >= _MAX_TEXTS:
            self._texts.clear()
        return self._texts.setdefault(text, text)

    def _record(self, call: Call, index: int) -> Answer:
        """The answer, for which the call must find room in the record."""
        if not self._calls_left:
            return self._too_many
        size = _CALL_BYTES + sum(map(_size, call.arguments)) + sum(map(_size, call.captured))
        if size > self._bytes_left:
            return self._too_much
        self._calls_left -= 1
        self._bytes_left -= size
        self.calls[index].append(call)
        try:
            return call.oracle(call)
        except ArithmeticError as error:
            kind = "OverflowError" if isinstance(error, OverflowError) else "ZeroDivisionError"
            return Refused(str(error), kind)

    def _frame(self, ticket: int, answer: Answer, index: int) -> bytes:
        try:
            return self._framed(ticket, answer, index)
        except (TypeError, ValueError, OverflowError):
            # It came of what a student handed over, such as a number of a thousand digits.
            refused = Refused("this function has no value there that can be told", "ValueError")
            return self._framed(ticket, refused, index)

    def _framed(self, ticket: int, answer: Answer, index: int) -> bytes:
        if answer is LATER:
            self._waiting.append(ticket)
            return b""
        if isinstance(answer, Further):
            return wire.frame(wire.Kind.ANSWER, [ticket, "probe", self.numbered(answer.probe, index)])
        if isinstance(answer, Steps):
            return wire.frame(wire.Kind.ANSWER, [ticket, "steps", self.numbered(answer.probe, index), answer.result])
        if isinstance(answer, Refused):
            return wire.frame(wire.Kind.ANSWER, [ticket, "raise", answer.kind, answer.message])
        value = answer.item() if isinstance(answer, np.generic | np.ndarray) and not answer.ndim else answer
        payload = numbers.pack(ticket, 0, (value,))
        if payload is not None:
            return wire.framed(wire.Kind.ANSWER_NUMBER, payload)
        return wire.frame(wire.Kind.ANSWER, [ticket, "value", value])


def _size(claim: Claim) -> int:
    array = 0 if claim.array is None else claim.array.nbytes
    return _CLAIM_BYTES + max(0, len(claim.description) - _SHORT_TEXT) + array + sum(map(_size, claim.elements))
