"""From decoded wire values to the values of run.py. Written for an enemy: any other shape is a Violation."""

from __future__ import annotations

import functools
from collections.abc import Callable, Container
from typing import Any, TypeVar

import numpy as np

from grader.domain.text import printable
from grader.sandbox import numbers
from grader.sandbox.run import Claim, Missing, Place, Probe, Raised, Replies, Response, Unit
from grader.sandbox.wire import Value, Violation

T = TypeVar("T")

_FORMS = ("array", "number", "list", "tensor", "none", "object", "elements", "too-large", "text", "kept")
_STATUSES = ("ok", "syntax", "exception")
_MAX_TEXT = 1000
_MAX_CLAIMS = 100
# The inside half sends no more of each. What comes is searched and compared later, outside of every limit.
_MAX_NAMES = 200
_MAX_DROPPED = 200
_MAX_LINES = 6
_MAX_NESTING = 2
_A_FLOAT = "float of dtype float64 and shape ()"
_REPLYING = ("reply", "elements", "unchanged", "hand")


def _expect(value: Value, kind: type[T]) -> T:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Violation(f"{kind.__name__} expected, {type(value).__name__} received")
    return value


def _fields(value: Value, count: int) -> list[Value]:
    fields: list[Value] = _expect(value, list)
    if len(fields) != count:
        raise Violation(f"{count} fields expected, {len(fields)} received")
    return fields


def _at_most(value: Value, count: int) -> list[Value]:
    items: list[Value] = _expect(value, list)
    if len(items) > count:
        raise Violation(f"at most {count} items expected, {len(items)} received")
    return items


def _text(value: Value) -> str:
    return printable(_expect(value, str)[:_MAX_TEXT])


def _places(value: Value) -> tuple[Place, ...]:
    pairs = [_fields(item, 2) for item in _at_most(value, _MAX_LINES)]
    return tuple(Place(_text(unit), _expect(line, int)) for unit, line in pairs)


def _word(value: Value, known: Container[str]) -> str:
    word = _expect(value, str)
    if word not in known:
        raise Violation(f"unknown word {word[:40]!r}")
    return word


def _unit(value: Value) -> Unit:
    label, status, kind, message, lines, dropped = _fields(value, 6)
    numbers = tuple(_expect(number, int) for number in _at_most(dropped, _MAX_DROPPED))
    return Unit(_text(label), _word(status, _STATUSES), _text(kind), _text(message), _places(lines), numbers)


def read_loaded(value: Value, labels: list[str]) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
    """What became of the units with these labels, and the names that they define."""
    reports, names = _fields(value, 2)
    units = tuple(_unit(report) for report in _expect(reports, list))
    if [unit.label for unit in units] != labels:
        raise Violation("the report is about other units than were sent")
    return units, tuple(_text(name) for name in _at_most(names, _MAX_NAMES))


def _claims(value: Value, nesting: int) -> tuple[Claim, ...]:
    return tuple(_claim(claim, nesting) for claim in _at_most(value, _MAX_CLAIMS))


def _claim(value: Value, nesting: int) -> Claim:
    form, content, description = _fields(value, 3)
    word = _word(form, _FORMS)
    if word == "elements":
        if not nesting:
            raise Violation("elements of elements of elements")
        return Claim(word, None, _text(description), _claims(content, nesting - 1))
    if content is not None and not isinstance(content, np.ndarray):
        raise Violation(f"array expected, {type(content).__name__} received")
    return Claim(word, content, _text(description))


def _replies(fields: list[Value], probe: Probe) -> Replies:
    claims = _claims(_fields(fields, 1)[0], _MAX_NESTING)
    asked = sum(step[0] in _REPLYING for step in probe)
    if len(claims) != asked:
        raise Violation(f"{asked} replies were asked for, {len(claims)} received")
    return Replies(claims)


def _raised(fields: list[Value], probe: Probe) -> Raised:
    kind, message, lines, signature, instruction = _fields(fields, 5)
    number = _expect(instruction, int)
    if not 0 <= number < len(probe):
        raise Violation(f"an exception in instruction {number} of {len(probe)}")
    return Raised(_text(kind), _text(message), _places(lines), _text(signature), number)


def _missing(fields: list[Value], probe: Probe) -> Missing:
    (name,) = _fields(fields, 1)
    return Missing(_text(name))


_READERS: dict[str, Callable[[list[Value], Probe], Response]] = {
    "replies": _replies,
    "exception": _raised,
    "missing": _missing,
}


def read_reply(value: Value, expected_index: int, probe: Probe) -> Response:
    """The response to `probe`, which has this index, the only one that may come now."""
    index, response = _fields(value, 2)
    if _expect(index, int) != expected_index:
        raise Violation(f"the response to probe {expected_index} expected, to {index} received")
    return read_response(response, probe)


def read_response(value: Value, probe: Probe) -> Response:
    """The response to `probe`."""
    word, *fields = _expect(value, list) or [None]
    return _READERS[_word(word, _READERS)](fields, probe)


def read_call(value: Value) -> tuple[int, int, tuple[Claim, ...], tuple[Claim, ...]]:
    """A call of an oracle: its ticket, the oracle's number, what was captured, the arguments."""
    fields = _fields(value, 4)
    return _ticket(fields[0]), _expect(fields[1], int), _claims(fields[2], 1), _claims(fields[3], 1)


def read_ask(value: Value) -> tuple[int, Value]:
    """What a child asks with data: its ticket, and the data."""
    ticket, content = _fields(value, 2)
    return _ticket(ticket), content


def _ticket(value: Value) -> int:
    ticket = _expect(value, int)
    if not 0 <= ticket < 1 << 32:
        raise Violation(f"a call with the ticket {ticket}")
    return ticket


def read_call_of_numbers(payload: bytes) -> tuple[int, int, tuple[Claim, ...]]:
    """The same, of plain numbers."""
    ticket, number, values = numbers.unpack(payload)
    return ticket, number, tuple(map(_number, values))


def _number(value: float | np.ndarray[Any, Any]) -> Claim:
    if isinstance(value, float):
        return Claim("number", np.array(value), _A_FLOAT)
    return Claim("array", value, _an_array(value.shape))


@functools.lru_cache(maxsize=256)
def _an_array(shape: tuple[int, ...]) -> str:
    return f"ndarray of dtype float64 and shape {shape}"
