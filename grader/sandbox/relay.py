"""Carries what an author's tests ask to a student's code, from one jail to the other, as data.

The tests' jail asks, a list of a word and what belongs to it, and waits for the answer:

    ["start"]                              -> [seed, file, names, [[name, content] ...]]
    ["cases", [name, count]...]            how many cases each function has
    ["test", name, case]                   what follows is asked by this test, of code that is imported anew
    ["name", text]                         a name of the student's module
    ["call", handle, operands...]          ["operate", operator, operands...]
    ["get", handle, name]                  ["set", handle, name, operand]        ["length", handle]
    ["elements", handle, first, count]     its elements from there, at most 100, each for itself
    ["return", operand]                    what a function returns that the student's code called
    ["raise", kind, message]               or what it raises in there
    ["credit", share]                      of the points, earned whatever follows
    ["outcome", word, text, number]        how the test ended; the number is that of the response it ended with
    ["fault", text]                        the file could not be collected

An operand is a plain value, or a list: ["handle", number], ["function", number], ["list", operands...], ["tuple", ...].
The answers to what reaches the student's code:

    ["value", value]    ["handle", number, description]    ["elements", such answers...]
    ["call", function, such answers...]
    ["raised", number, kind, message]    ["missing", number, name]    ["ended"]    ["refused", text]
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from grader.domain.text import printable
from grader.errors import SlotBroken
from grader.sandbox.probes import MAX_REPLIES, Handle, Operand, Writer
from grader.sandbox.run import (
    Answer,
    AuthoredTests,
    Claim,
    Ending,
    Missing,
    Outcome,
    Program,
    Raised,
    Refused,
    Replies,
    Run,
)
from grader.sandbox.session import Called, Event, Session, opened
from grader.sandbox.slot import TRIES, Slot
from grader.sandbox.wire import Value, Violation

MAX_OPERATIONS = 5_000
"""that one test may ask of a student's code"""
_ALL_TESTS = 3
"""A submission that hangs in every test is waited for so many times its limit, in all of them together."""
_MAX_TEXT = 4000
_MAX_OUTCOMES = 2000
_MAX_HANDLES = 1 << 31
_KINDS = ("ValueError", "ArithmeticError", "ZeroDivisionError", "OverflowError")
_WORDS = ("passed", "failed", "raised", "ended", "skipped", "error")
_PLAIN = ("number", "array", "list", "tensor", "none")


class Relay:
    """One run of an author's tests. `asked` answers their jail."""

    def __init__(self, slot: Slot, program: Program, tests: AuthoredTests) -> None:
        self._slot = slot
        self._program = program
        self._tests = tests
        self._open = contextlib.ExitStack()
        self._starts = 0
        self._reset()

    def _reset(self) -> None:
        self._open.close()
        self._session: Session | None = None
        self._test: tuple[str, str] | None = None
        """which is being run, and its parameters"""
        self._responses: list[Raised | Missing] = []
        self._last: Run | None = None
        self._numbers = itertools.count()
        self._operations = self._begun = 0
        self._credit = 0.0
        self._is_over, self._refused = False, ""
        self._cases: dict[str, int] = {}
        self._seconds = _ALL_TESTS * self._program.limits.wall
        self._runs: list[Run] = []
        self._outcomes: list[Outcome] = []
        self._fault = ""

    def close(self) -> None:
        """End what is at work."""
        self._open.close()

    def asked(self, value: Any) -> Value:
        """The answer to what the tests' jail asks. Raises Violation where it makes no sense, SlotBroken."""
        try:
            return self._reply(value)
        except SlotBroken as fault:
            self._session = None
            # Its slot is closed by this, and has nothing more to be asked.
            with self._open:
                raise fault

    def _reply(self, value: Any) -> Value:
        match value:
            case ["start"]:
                return self._start()
            case ["test", str(name), str(case)]:
                return self._begin(name, case)
            case ["cases", *cases]:
                self._cases = dict(map(_counted, cases))
                return None
            case ["credit", (int() | float()) as share]:
                return self._earn(float(share))
            case ["outcome", str(word), str(text), int(number)]:
                return self._end(word, text, number)
            case ["fault", str(text)]:
                self._fault = printable(text[:_MAX_TEXT])
                return None
            case [str(word), *operands]:
                return self._carry(word, operands)
        raise Violation("not a question of tests")

    def _start(self) -> Value:
        self._starts += 1
        if self._starts > TRIES:
            raise Violation("the tests are started once in each child")
        self._reset()
        files: list[Value] = [[name, np.frombuffer(content, np.uint8)] for name, content in self._tests.files]
        return [self._tests.seed, self._tests.file, [*self._tests.names], files]

    def _begin(self, name: str, case: str) -> Value:
        self._finish()
        self._begun += 1
        if self._begun > _MAX_OUTCOMES:
            raise Violation(f"more than {_MAX_OUTCOMES} cases of tests")
        self._test = name, printable(case[:100])
        self._responses, self._last, self._operations = [], None, 0
        self._credit, self._is_over, self._refused = 0.0, False, ""
        return None

    def _earn(self, share: float) -> Value:
        """Nothing is earned any more once the student's code has ended, or may not be asked: what a test shows after
        that, it does not show of this code."""
        if not (self._is_over or self._refused) and 0 <= share <= 1:
            self._credit = max(self._credit, share)
        return None

    def _end(self, word: str, text: str, number: int) -> Value:
        self._finish()
        if self._test is None or word not in _WORDS:
            raise Violation("not an outcome of a test")
        response = self._responses[number] if 0 <= number < len(self._responses) else None
        # Whatever the test made of it.
        if self._last is not None and self._last.ending is not Ending.FINISHED:
            word = "ended"
        elif self._refused:
            word, text = "error", self._refused
        earned = 1.0 if word == "passed" else self._credit
        self._outcomes.append(Outcome(*self._test, word, printable(text[:_MAX_TEXT]), earned, response, self._last))
        self._test = None
        return None

    def _finish(self) -> None:
        """The student's code in this test has been asked everything."""
        if self._session is None:
            return
        # An author's tests record what they want to know of calls; those of many tests would fill the worker's memory.
        self._last, self._session = replace(self._session.finish(), calls=()), None
        self._runs.append(self._last)
        self._seconds -= self._last.usage.wall
        self._open.close()

    def _carry(self, word: str, operands: list[Any]) -> Value:
        self._operations += 1
        if self._operations > MAX_OPERATIONS:
            self._refused = f"a test may ask {MAX_OPERATIONS} things of a student's code, and this one has"
            return ["refused", self._refused]
        try:
            event = self._event(word, operands)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Violation(f"not an operation: {error}") from None
        try:
            return self._answer(event)
        except Violation:
            # An honest child hands over values and objects only.
            assert self._session is not None
            self._session.finish(Ending.VIOLATED)
            return self._ended()

    def _event(self, word: str, operands: list[Any]) -> Event:
        session = self._session or self._opened()
        if word == "raise":
            kind, message = map(str, operands)
            return session.resume(Refused(message[:200], kind if kind in _KINDS else "ValueError"))
        writer = session.writer()
        if word == "return":
            return session.resume(self._returned(writer, *operands))
        operands = [self._operand(writer, operand) for operand in operands]
        for result in _OPERATIONS[word](writer, operands):
            writer.hand(result, next(self._numbers))
        return session.ask(writer)

    def _opened(self) -> Session:
        program = replace(self._program, patience=max(0.01, self._seconds))
        self._session = self._open.enter_context(opened(self._slot, program))
        return self._session

    def _operand(self, writer: Writer, operand: Any) -> Operand:
        match operand:
            case ["handle", int(number)]:
                return writer.kept(number)
            case ["function", int(number)]:
                assert self._session is not None
                return writer.oracle(self._session.function(number))
            case [("list" | "tuple") as word, *elements]:
                made = [self._operand(writer, element) for element in elements]
                return writer.list(*made) if word == "list" else writer.tuple(*made)
            case list():
                raise ValueError("no such operand")
            case np.ndarray() if self._tests.tensors:
                return writer.tensor(operand)
        return operand  # type: ignore[no-any-return]

    def _returned(self, writer: Writer, operand: Any) -> Answer:
        if isinstance(operand, float | complex):
            return operand
        held = self._operand(writer, operand)
        return writer.steps(held if isinstance(held, Handle) else writer.constant(held))

    def _answer(self, event: Event) -> Value:
        match event:
            case Raised(kind, message):
                return ["raised", self._noted(event), kind, message]
            case Missing(name):
                return ["missing", self._noted(event), name]
            case Replies(()):
                return ["value", None]
            case Replies((claim,)):
                return _told(claim)
            case Replies(claims):
                return ["elements", *map(_told, claims)]
            case Called(number, arguments) if all(claim.form in _PLAIN for claim in arguments):
                return ["call", number, *map(_told, arguments)]
            case Called(number):
                return self._called(number)
        return self._ended()

    def _ended(self) -> Value:
        self._is_over = True
        return ["ended"]

    def _noted(self, response: Raised | Missing) -> int:
        self._responses.append(response)
        return len(self._responses) - 1

    def _called(self, number: int) -> Value:
        """A function was called with objects, which are kept where they are."""
        assert self._session is not None
        writer = self._session.writer()
        for operand in writer.operands:
            writer.hand(operand, next(self._numbers))
        found = self._session.ask(writer)
        if isinstance(found, Called):
            raise Violation("a call while arguments are looked at")
        return ["call", number, *map(_told, found.claims)] if isinstance(found, Replies) else self._answer(found)

    def result(self, tests: Run) -> Run:
        """All that is known, after the tests' jail has ended as `tests` says."""
        self._finish()
        fault = self._fault or ("" if tests.ending is Ending.FINISHED else _FAULTS.get(tests.ending, _DIED))
        if fault and self._test is not None:
            self._outcomes.append(Outcome(*self._test, "error", fault, run=self._last))
        first = self._runs[0] if self._runs else tests
        # The first that printed something stands for all: each imported the same file.
        output = next((run.output for run in self._runs if run.output), "")
        seconds = sum(run.usage.wall for run in self._runs)
        return replace(
            first, ending=Ending.FINISHED, responses=(), calls=(), output=output, outcomes=tuple(self._outcomes),
            cases=tuple(self._cases.items()), usage=replace(first.usage, wall=seconds), fault=fault,
        )  # fmt: skip


def run(slot: Slot, tests_slot: Slot, program: Program) -> Run:
    """The author's tests of `program` on its code, each in a jail of its own. Raises SlotBroken."""
    assert program.tests is not None
    with contextlib.closing(Relay(slot, program, program.tests)) as relay:
        asking = Program("tests", (), [[["tests"]]], program.tests.limits, seed=program.tests.seed, asked=relay.asked)
        return relay.result(tests_slot.run(asking))


def _told(claim: Claim) -> Value:
    """A claim as the tests get it."""
    match claim.form, claim.array:
        case "none", _:
            return ["value", None]
        case "text", _:
            return ["value", claim.description]
        case "kept", np.ndarray() as number if number.shape == () and number.dtype.kind in "iu":
            if not 0 <= number < _MAX_HANDLES:
                raise Violation("an object that nobody was to keep")
            return ["handle", int(number), claim.description]
        case _, np.ndarray() as array:
            return ["value", array if array.ndim else _plain(array.item())]
    raise Violation("neither a value nor an object")


def _plain(number: complex) -> complex:
    """What 64 bits hold without a sign, they may not hold with one."""
    return float(number) if isinstance(number, int) and number >= 1 << 63 else number


def _counted(value: Value) -> tuple[str, int]:
    match value:
        case [str(name), int(count)] if 0 < count <= _MAX_OUTCOMES:
            return name, count
    raise Violation("not a number of cases")


def _set(writer: Writer, operands: list[Any]) -> list[Handle]:
    held, name, value = operands
    writer.set(held, name, value)
    return []


def _elements(writer: Writer, operands: list[Any]) -> list[Handle]:
    held, first, count = operands
    return [writer.item(held, first + k) for k in range(min(count, MAX_REPLIES))]


_OPERATIONS: dict[str, Callable[[Writer, list[Any]], list[Handle]]] = {
    "name": lambda writer, operands: [writer.name(*operands)],
    "call": lambda writer, operands: [writer.call(*operands)],
    "operate": lambda writer, operands: [writer.operate(*operands)],
    "get": lambda writer, operands: [writer.get(*operands)],
    "length": lambda writer, operands: [writer.length(*operands)],
    "set": _set,
    "elements": _elements,
}

_DIED = "the process that ran the tests ended"
_FAULTS = {
    Ending.TIME: "the tests themselves took longer than `limits: wall` allows",
    Ending.CPU: "the tests themselves took more computing time than `limits: cpu` allows",
    Ending.MEMORY: "the tests themselves needed more memory than `limits: memory` allows",
    Ending.OUTPUT: "the tests themselves printed too much",
    Ending.FILES: "the tests themselves wrote too many files",
    Ending.VIOLATED: "the tests asked what cannot be asked, or sent more than 64 MiB to the student's code",
}
