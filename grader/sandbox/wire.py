"""The wire protocol between the worker and the inside of a sandbox: bounded, versioned, data only.

A frame is `magic, version, kind, payload length` and the payload, one encoded value. Values are numbers, text,
lists and numeric arrays; there is no object, no reference and no code among them. A payload is

    length of the layouts, length of the text | layouts | text | the arrays' bytes

The text is JSON, whose parser is fast and has met every enemy; `{}` in it, the only object, stands for the next array
or complex number. A layout is a dtype and sizes, as in `<f8 3 2,`. Reading is written for an enemy: values and nesting
are counted before anything is parsed, every length is checked against what was received, dtypes come from a white list.

There is no checksum (an enemy could compute it) and no nonce (bytes of an earlier run were in pipes of their own).
"""

from __future__ import annotations

import enum
import json
import struct
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from grader.sandbox.layouts import ALIGNMENT, layout_of, read_layout
from grader.sandbox.layouts import DTYPES as DTYPES
from grader.sandbox.layouts import Violation as Violation

Value: TypeAlias = "bool | int | float | complex | str | np.ndarray[Any, Any] | list[Value] | None"

MAGIC = b"NB"
VERSION = 4
MAX_PAYLOAD = 64 << 20
MAX_DEPTH = 8
MAX_VALUES = 200_000
"""In one stream, each bracket counted: two bytes become an object of fifty, and take time to read."""
MAX_CALL_VALUES = 10_000
"""In one call of an oracle, whose answer is asked for at once."""

_HEADER = struct.Struct("<2sBBI")
_SIZES = struct.Struct("<II")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}:"))
_PLAIN = frozenset((str, bool, float, type(None)))
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), default=lambda array: {})


class Kind(enum.IntEnum):
    """What a frame says; the first group travels inwards, the second outwards."""

    LOAD = 1
    PROBES = 2
    FORK = 3
    KILL = 4
    ANSWER = 5
    ANSWER_NUMBER = 6

    HELLO = 16
    READY = 17
    LOADED = 18
    REPLY = 19
    ENDED = 20
    CALL = 21
    CALL_NUMBERS = 22
    ASK = 23


_KINDS = {int(kind): kind for kind in Kind}
# Calls and answers may be many, and do not pile up as responses do: each is counted for itself.
_COUNTED_ALONE = {Kind.CALL: MAX_CALL_VALUES, Kind.ASK: MAX_CALL_VALUES, Kind.ANSWER: MAX_VALUES}
# Their payload is not a value: see grader.sandbox.numbers.
_UNREAD = (Kind.CALL_NUMBERS, Kind.ANSWER_NUMBER)


def encode(value: Value) -> bytes:
    """The bytes of one value. Raises TypeError for anything that is not data."""
    apart: list[Any] = []
    _collect([value], apart, 0)
    layouts, contents = bytearray(), list[bytes]()
    for item in apart:
        array = np.array(item, "<c16") if isinstance(item, complex) else item
        layout, dtype, padding = layout_of(array.dtype, array.shape)
        layouts += layout if array is item else b"complex,"
        contents += (array if dtype is None else array.astype(dtype)).tobytes(), padding
    # A lone surrogate, which a student's text may contain, has no bytes in UTF-8.
    text = _ENCODER.encode(value).encode("utf-8", "replace")
    head = _SIZES.pack(len(layouts), len(text)) + layouts + text
    return b"".join([head, bytes(-len(head) % ALIGNMENT), *contents])


def _collect(items: list[Any], apart: list[Any], depth: int) -> None:
    """The arrays and complex numbers. Raises TypeError for what is not data, some of which the encoder would take."""
    if depth > MAX_DEPTH:
        raise TypeError(f"more than {MAX_DEPTH} lists in one another cannot be sent over the wire")
    for item in items:
        kind = type(item)
        if kind in _PLAIN:
            continue
        if kind is list:
            _collect(item, apart, depth + 1)
        elif isinstance(item, int):
            if not -(1 << 63) <= item < 1 << 63:
                raise TypeError("an integer of more than 64 bits cannot be sent over the wire")
        elif isinstance(item, (np.ndarray, complex)):
            apart.append(item)
        elif not isinstance(item, (str, float)):
            raise TypeError(f"only data can be sent over the wire, not {kind.__name__}")


def decode(payload: bytes) -> Value:
    """The value in `payload`, all of it. Raises Violation for anything else; allocates a small multiple at most."""
    return _Decoder().decode(payload)


class _Decoder:
    """Reads the payloads of one stream."""

    def __init__(self) -> None:
        self._values_left = MAX_VALUES
        self._apart = apart = list[Value]()
        self._parse = json.JSONDecoder(object_pairs_hook=lambda fields: apart.pop(), parse_int=_integer).raw_decode

    def decode(self, payload: bytes, kind: Kind | None = None) -> Value:
        of_layouts, of_text = _SIZES.unpack_from(payload) if len(payload) >= _SIZES.size else (0, 0)
        start = _SIZES.size + of_layouts
        end = start + of_text
        if end > len(payload):
            raise Violation(f"{end} bytes announced, {len(payload)} received")
        layouts, text = payload[_SIZES.size : start], payload[start:end]
        alone = _COUNTED_ALONE.get(kind) if kind else None
        count, objects = _measure(text, alone or self._values_left)
        self._values_left -= 0 if alone else count
        if objects != layouts.count(b","):
            raise Violation(f"{objects} arrays in the text, {layouts.count(b',')} layouts")
        # The text takes them from the end.
        self._apart[:] = reversed(_read_arrays(layouts, payload, end + -end % ALIGNMENT))
        try:
            value, stop = self._parse(characters := text.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise Violation(f"not a value: {error}") from error
        if stop < len(characters):
            raise Violation(f"{len(characters) - stop} characters follow the end of the value")
        return value  # type: ignore[no-any-return] # what the hooks and the white list let through


def _measure(text: bytes, allowed: int) -> tuple[int, int]:
    """At least the number of values, and that of objects. Raises Violation before anything of a bomb is built."""
    if b"\\" in text:
        # Each quote that this leaves begins or ends a string.
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
        # Only control characters need a number; half of a surrogate pair, which is no text, would come by one.
        if text.count(b"\\u") != text.count(b"\\u00"):
            raise Violation("an escape for which there is no need")
    # Every second piece is a string, and there are no more strings than values.
    pieces = text.split(b'"', 2 * allowed + 1)
    structure = b"".join(pieces[::2])
    brackets = structure.translate(None, _NO_BRACKETS)
    count = max(len(pieces) // 2, 1 + len(brackets) + structure.count(b","))
    if count > allowed:
        raise Violation(f"more than {allowed} values")
    # Each round takes away the innermost lists, wherever they are. A colon, which only a field has, stays.
    rest = brackets.replace(b"{}", b"")
    for _ in range(MAX_DEPTH):
        rest = rest and rest.replace(b"[]", b"")
    if rest:
        raise Violation("values are nested too deeply, or an object has fields")
    return count, brackets.count(b"{")


def _integer(numeral: str) -> int:
    if len(numeral) > 20 or not -(1 << 63) <= (number := int(numeral)) < 1 << 63:
        raise Violation("an integer of more than 64 bits")
    return number


def _read_arrays(layouts: bytes, payload: bytes, position: int) -> list[Value]:
    apart: list[Value] = []
    *known, rest = layouts.split(b",")
    for layout in known:
        dtype, shape, size = read_layout(layout)
        if position + size > len(payload):
            raise Violation(f"an array of {size} bytes, {len(payload) - position} received")
        array = np.ndarray(shape, dtype, payload, position)
        apart.append(complex(array.item()) if layout == b"complex" else array)
        position += size
    if rest or position != len(payload):
        raise Violation(f"{len(rest)} bytes follow the last layout and {len(payload) - position} the last array")
    return apart


def frame(kind: Kind, value: Value = None) -> bytes:
    """A whole frame. Raises ValueError when it is longer than the other side would read."""
    return framed(kind, encode(value))


def framed(kind: Kind, payload: bytes) -> bytes:
    """A whole frame of this payload."""
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(f"a frame of {len(payload)} bytes is over the limit of {MAX_PAYLOAD}")
    return _HEADER.pack(MAGIC, VERSION, kind, len(payload)) + payload


class FrameReader:
    """Cuts a stream of bytes into frames. `limit` bounds the payload of one frame."""

    def __init__(self, limit: int = MAX_PAYLOAD) -> None:
        self._limit = limit
        self._decoder = _Decoder()
        self._buffer = bytearray()

    def feed(self, piece: bytes) -> Iterator[tuple[Kind, Any]]:
        """The frames that `piece` completes, one by one. Raises Violation where the stream ceases to be honest; the
        frames before that place have been given out by then."""
        self._buffer += piece
        while (complete := self._cut()) is not None:
            yield complete

    def _cut(self) -> tuple[Kind, Any] | None:
        if len(self._buffer) < _HEADER.size:
            return None
        magic, version, number, length = _HEADER.unpack_from(self._buffer)
        kind = _KINDS.get(number)
        if magic != MAGIC or version != VERSION or kind is None or length > self._limit:
            raise Violation(f"not a frame: magic {magic!r}, version {version}, kind {number}, {length} bytes")
        end = _HEADER.size + length
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[_HEADER.size : end])
        del self._buffer[:end]
        return kind, payload if kind in _UNREAD else self._decoder.decode(payload, kind)
