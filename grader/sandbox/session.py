"""A student's code that is asked one thing after the other, on objects that stay where they are.

The child calls a function of ours, the first of all, and every answer to it but the last is a further probe. So it is
with each function that it is given meanwhile: while a call of it waits, the child works out what it is asked.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from grader.sandbox import answers
from grader.sandbox.conversation import Conversation
from grader.sandbox.probes import Writer
from grader.sandbox.run import (
    LATER,
    Answer,
    Call,
    Claim,
    Ending,
    Further,
    Later,
    Oracle,
    Probe,
    Program,
    Replies,
    Response,
    Run,
)
from grader.sandbox.slot import Slot
from grader.sandbox.wire import Value, Violation

_MOST_EVENTS = 8
"""that nobody asked for: threads may call functions while something else is worked out"""


@dataclass(frozen=True)
class Called:
    """The student's code calls a function that it was given."""

    number: int
    arguments: tuple[Claim, ...]


Event: TypeAlias = "Response | Called | None"
"""what came; None where nothing more will come"""


@dataclass
class _Waiting:
    """A call of a function of ours that waits for its answer."""

    operands: int
    probe: Probe = field(default_factory=list)
    """the last that was to be worked out"""


class Session:
    """See above; `opened` makes one."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._waiting = [_Waiting(0)]
        """the newest last"""
        self._functions: dict[int, Oracle] = {}
        self._conversation: Conversation | None = None

    def program(self, program: Program) -> Program:
        """What the child runs: the code, and the call that waits for what to do."""
        writer = Writer()
        writer.call(writer.oracle(self._first))
        return replace(program, probes=[writer.probe], asked=self._told, tests=None)

    def begin(self, conversation: Conversation) -> bool:
        """Wait until the code is imported; whether it was."""
        self._conversation = conversation
        return self._next() is not None

    def writer(self) -> Writer:
        """To write what `ask` or `resume` takes: its operands are the arguments of the call that waits."""
        return Writer(self._waiting[-1].operands)

    def ask(self, writer: Writer) -> Event:
        """Have a program worked out."""
        self._waiting[-1].probe = writer.probe
        return self._given(Further(writer.probe))

    def resume(self, answer: Answer) -> Event:
        """Answer the call of a function, and go on with what it interrupted. Raises ValueError where there is none."""
        if len(self._waiting) == 1:
            raise ValueError("no function was called")
        self._waiting.pop()
        return self._given(answer)

    def function(self, number: int) -> Oracle:
        """One to be given to the student's code. What it returns is for `resume` to say."""

        def called(call: Call) -> Later:
            self._add(Called(number, call.arguments))
            return LATER

        return self._functions.setdefault(number, called)

    def finish(self, ending: Ending = Ending.FINISHED) -> Run:
        """End the child, if it has not ended by itself; all that is known of it."""
        assert self._conversation is not None
        self._conversation.end(ending)
        return self._conversation.hold()[0]

    def _first(self, call: Call) -> Later:
        self._add(Replies(()))
        return LATER

    def _told(self, value: Value) -> Later:
        self._add(answers.read_response(value, self._waiting[-1].probe))
        return LATER

    def _add(self, event: Event) -> None:
        if len(self._events) == _MOST_EVENTS:
            raise Violation("more calls than anybody can follow")
        self._events.append(event)

    def _given(self, answer: Answer) -> Event:
        assert self._conversation is not None
        self._conversation.answer(answer)
        return self._next()

    def _next(self) -> Event:
        assert self._conversation is not None
        self._conversation.go_on(lambda: bool(self._events))
        event = self._events.popleft() if self._events else None
        if isinstance(event, Called):
            self._waiting.append(_Waiting(len(event.arguments)))
        return event


@contextlib.contextmanager
def opened(slot: Slot, program: Program) -> Iterator[Session]:
    """A session with this code in a fresh child of the slot. Raises SlotBroken."""
    session = Session()
    with slot.led(session.program(program)) as conversation:
        session.begin(conversation)
        yield session
