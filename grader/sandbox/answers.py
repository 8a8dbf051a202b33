"""From decoded wire values to the values of run.py. Written for an enemy: any other shape is a Violation."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TypeVar

import numpy as np

from grader.domain.text import printable
from grader.sandbox.run import Claim, Missing, Place, Raised, Replies, Response, Unit
from grader.sandbox.wire import Value, Violation

T = TypeVar("T")

_FORMS = ("array", "number", "list", "tensor", "none", "object", "too-large")
_STATUSES = ("ok", "syntax", "exception")
_MAX_TEXT = 1000
_MAX_CLAIMS = 100
# The inside half sends no more of each. What comes is searched and compared later, outside of every limit.
_MAX_NAMES = 200
_MAX_DROPPED = 200
_MAX_LINES = 6


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


def _claim(value: Value) -> Claim:
    form, array, description = _fields(value, 3)
    if array is not None and not isinstance(array, np.ndarray):
        raise Violation(f"array expected, {type(array).__name__} received")
    return Claim(_word(form, _FORMS), array, _text(description))


def _replies(fields: list[Value]) -> Replies:
    return Replies(tuple(map(_claim, _at_most(_fields(fields, 1)[0], _MAX_CLAIMS))))


def _raised(fields: list[Value]) -> Raised:
    kind, message, lines, signature = _fields(fields, 4)
    return Raised(_text(kind), _text(message), _places(lines), _text(signature))


def _missing(fields: list[Value]) -> Missing:
    (name,) = _fields(fields, 1)
    return Missing(_text(name))


_READERS: dict[str, Callable[[list[Value]], Response]] = {
    "replies": _replies,
    "exception": _raised,
    "missing": _missing,
}


def read_reply(value: Value, expected_index: int) -> Response:
    """The response to probe `expected_index`, the only one that may come now."""
    index, response = _fields(value, 2)
    if _expect(index, int) != expected_index:
        raise Violation(f"the response to probe {expected_index} expected, to {index} received")
    word, *fields = _expect(response, list) or [None]
    return _READERS[_word(word, _READERS)](fields)
