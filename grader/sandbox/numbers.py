"""Calls of oracles with plain numbers, and numbers as answers: there are so many that they have a payload of their own.

    ticket, oracle's number, length of the layouts | layouts | numbers

A layout is that of an array of float64, or `float` for a Python float. What is not plain goes as any other value does.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np

from grader.sandbox.layouts import ALIGNMENT, MAX_DIMENSIONS, Violation, layout_of, read_layout

Number: TypeAlias = "float | np.ndarray[Any, Any]"

MAX_NUMBERS = 16
"""values in one payload"""
MAX_BYTES = 12 << 20
"""of all arrays in one payload; a single one has 8 MiB at most"""

_MAX_ARRAY = 8 << 20
_HEAD = struct.Struct("<III")
_FLOAT = struct.Struct("<d")
_FLOAT64 = np.dtype(np.float64)


def pack(ticket: int, oracle: int, values: Iterable[Any]) -> bytes | None:
    """A payload, or None where not all values are floats and arrays of float64, or they are too many."""
    layouts, contents, held = b"", list[bytes](), 0
    for value in values:
        if type(value) is float:
            layouts += b"float,"
            contents.append(_FLOAT.pack(value))
            continue
        if type(value) is not np.ndarray or value.dtype is not _FLOAT64 or value.ndim > MAX_DIMENSIONS:
            return None
        held += value.nbytes
        if value.nbytes > _MAX_ARRAY or held > MAX_BYTES:
            return None
        layouts += layout_of(_FLOAT64, value.shape)[0]
        contents.append(value.tobytes())
    if len(contents) > MAX_NUMBERS:
        return None
    head = _HEAD.pack(ticket, oracle, len(layouts)) + layouts
    return b"".join([head, bytes(-len(head) % ALIGNMENT), *contents])


def unpack(payload: bytes) -> tuple[int, int, list[Number]]:
    """Ticket, oracle's number and values, the arrays as views of `payload`. Raises Violation for anything else."""
    if len(payload) < _HEAD.size:
        raise Violation(f"a call of {len(payload)} bytes")
    ticket, oracle, length = _HEAD.unpack_from(payload)
    end = _HEAD.size + length
    *layouts, rest = payload[_HEAD.size : end].split(b",", MAX_NUMBERS + 1)
    position = end + -end % ALIGNMENT
    if rest or len(layouts) > MAX_NUMBERS or position > len(payload):
        raise Violation(f"the layouts of a call, {length} bytes of {len(payload)}")
    values = list[Number]()
    for layout in layouts:
        value, position = _read(layout, payload, position)
        values.append(value)
    if position != len(payload):
        raise Violation(f"{len(payload) - position} bytes follow the numbers of a call")
    return ticket, oracle, values


def _read(layout: bytes, payload: bytes, position: int) -> tuple[Number, int]:
    """A value and the position after it."""
    is_float = layout == b"float"
    dtype, shape, size = read_layout(b"<f8" if is_float else layout)
    if dtype is not _FLOAT64 or position + size > len(payload):
        raise Violation(f"numbers of layout {layout[:40]!r}, {len(payload) - position} bytes received")
    if is_float:
        return _FLOAT.unpack_from(payload, position)[0], position + size
    return np.ndarray(shape, dtype, payload, position), position + size
