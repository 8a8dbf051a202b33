"""The wire protocol between the worker and the inside of a sandbox: bounded, versioned, data only.

A frame is `magic, version, kind, payload length` and the payload, one encoded value. Values are numbers, text,
lists and numeric arrays; there is no object, no reference and no code among them. Reading is written for an
enemy: every length is checked against what was really received, dtypes come from a white list, nesting is bounded.

There is no checksum (an enemy could compute it) and no nonce: each run has pipes of its own, so bytes of an
earlier run cannot arrive.
"""

from __future__ import annotations

import enum
import math
import struct
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

Value: TypeAlias = "bool | int | float | complex | str | np.ndarray[Any, Any] | list[Value] | None"

MAGIC = b"NB"
VERSION = 1
MAX_PAYLOAD = 64 << 20
MAX_DEPTH = 8
MAX_DIMENSIONS = 8
MAX_VALUES = 200_000
"""In one stream: a value of one byte becomes an object of fifty, and takes time to read."""

_HEADER = struct.Struct("<2sBBI")
_COUNT = struct.Struct("<I")
_INTEGER = struct.Struct("<q")
_FLOAT = struct.Struct("<d")
_COMPLEX = struct.Struct("<dd")

DTYPES = ("<f8", "<f4", "<f2", "<i8", "<i4", "<i2", "|i1", "<u8", "<u4", "<u2", "|u1", "|b1", "<c16", "<c8")
_DTYPE_CODE = {name: code for code, name in enumerate(DTYPES)}


class Kind(enum.IntEnum):
    """What a frame says; the first group travels inwards, the second outwards."""

    LOAD = 1
    PROBES = 2
    FORK = 3
    KILL = 4

    HELLO = 16
    READY = 17
    LOADED = 18
    REPLY = 19
    ENDED = 20


_KINDS = frozenset(Kind)


class Violation(Exception):
    """Bytes that no honest inside half would have sent."""


def encode(value: Value) -> bytes:
    """The bytes of one value. Raises TypeError for anything that is not data."""
    parts: list[bytes] = []
    _write(value, parts)
    return b"".join(parts)


def _write(value: Value, parts: list[bytes]) -> None:
    if value is None:
        parts.append(b"N")
    elif isinstance(value, bool):
        parts.append(b"T" if value else b"F")
    elif isinstance(value, int):
        parts.append(b"i" + _INTEGER.pack(value))
    elif isinstance(value, float):
        parts.append(b"f" + _FLOAT.pack(value))
    elif isinstance(value, complex):
        parts.append(b"c" + _COMPLEX.pack(value.real, value.imag))
    elif isinstance(value, str):
        text = value.encode("utf-8", "replace")
        parts.append(b"s" + _COUNT.pack(len(text)) + text)
    elif isinstance(value, list):
        parts.append(b"l" + _COUNT.pack(len(value)))
        for item in value:
            _write(item, parts)
    elif isinstance(value, np.ndarray):
        _write_array(value, parts)
    else:
        raise TypeError(f"only data can be sent over the wire, not {type(value).__name__}")


def _write_array(array: np.ndarray[Any, Any], parts: list[bytes]) -> None:
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    code = _DTYPE_CODE.get(little.dtype.str)
    if code is None or array.ndim > MAX_DIMENSIONS:
        raise TypeError(f"arrays of dtype {array.dtype} with {array.ndim} dimensions cannot be sent over the wire")
    parts.append(b"a" + bytes([code, array.ndim]) + struct.pack(f"<{array.ndim}Q", *array.shape))
    parts.append(little.tobytes(order="C"))


def decode(payload: bytes) -> Value:
    """The value in `payload`, all of it. Raises Violation for anything else; allocates a small multiple at most."""
    return _decode(_Reader(payload, MAX_VALUES))


def _decode(reader: _Reader) -> Value:
    value = reader.value(0)
    left = len(reader.payload) - reader.position
    if left:
        raise Violation(f"{left} bytes follow the end of the value")
    return value


class _Reader:
    def __init__(self, payload: bytes, values: int) -> None:
        self.payload = payload
        self.position = 0
        self.values_left = values

    def take(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self.payload):
            raise Violation(f"{count} bytes announced, {len(self.payload) - self.position} received")
        piece = self.payload[self.position : end]
        self.position = end
        return piece

    def value(self, depth: int) -> Value:
        self.values_left -= 1
        if self.values_left < 0:
            raise Violation(f"more than {MAX_VALUES} values")
        tag = self.take(1)
        read = _READERS.get(tag)
        if read is None or depth > MAX_DEPTH:
            raise Violation(f"no value starts with {tag!r}" if read is None else "values are nested too deeply")
        return read(self, depth)

    def count(self) -> int:
        return int(_COUNT.unpack(self.take(4))[0])

    def text(self, depth: int) -> str:
        return self.take(self.count()).decode("utf-8", "replace")

    def items(self, depth: int) -> list[Value]:
        count = self.count()
        # Every item takes a byte at least, so a longer list than bytes is a lie.
        if count > len(self.payload) - self.position:
            raise Violation(f"a list of {count} items in {len(self.payload)} bytes")
        return [self.value(depth + 1) for _ in range(count)]

    def array(self, depth: int) -> np.ndarray[Any, Any]:
        code, dimensions = self.take(2)
        if code >= len(DTYPES) or dimensions > MAX_DIMENSIONS:
            raise Violation(f"an array of dtype code {code} with {dimensions} dimensions")
        shape = struct.unpack(f"<{dimensions}Q", self.take(8 * dimensions))
        dtype = np.dtype(DTYPES[code])
        # Python integers: a product that would wrap in 64 bits is simply too large here.
        content = self.take(math.prod(shape) * dtype.itemsize)
        # numpy refuses an empty array whose other sizes multiply to more than it can address.
        if math.prod(max(size, 1) for size in shape) > max(len(self.payload), 1):
            raise Violation(f"an array of shape {shape} in {len(self.payload)} bytes")
        return np.frombuffer(content, dtype).reshape(shape)

    def integer(self, depth: int) -> int:
        return int(_INTEGER.unpack(self.take(8))[0])

    def real(self, depth: int) -> float:
        return float(_FLOAT.unpack(self.take(8))[0])

    def complex(self, depth: int) -> complex:
        return complex(*_COMPLEX.unpack(self.take(16)))


_READERS: dict[bytes, Callable[[_Reader, int], Value]] = {
    b"N": lambda reader, depth: None,
    b"T": lambda reader, depth: True,
    b"F": lambda reader, depth: False,
    b"i": _Reader.integer,
    b"f": _Reader.real,
    b"c": _Reader.complex,
    b"s": _Reader.text,
    b"l": _Reader.items,
    b"a": _Reader.array,
}


def frame(kind: Kind, value: Value = None) -> bytes:
    """A whole frame. Raises ValueError when it is longer than the other side would read."""
    payload = encode(value)
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(f"a frame of {len(payload)} bytes is over the limit of {MAX_PAYLOAD}")
    return _HEADER.pack(MAGIC, VERSION, kind, len(payload)) + payload


class FrameReader:
    """Cuts a stream of bytes into frames. `limit` bounds the payload of one frame."""

    def __init__(self, limit: int = MAX_PAYLOAD) -> None:
        self._limit = limit
        self._values_left = MAX_VALUES
        self._buffer = bytearray()

    def feed(self, piece: bytes) -> Iterator[tuple[Kind, Value]]:
        """The frames that `piece` completes, one by one. Raises Violation where the stream ceases to be honest; the
        frames before that place have been given out by then."""
        self._buffer += piece
        while (complete := self._cut()) is not None:
            yield complete

    def _cut(self) -> tuple[Kind, Value] | None:
        if len(self._buffer) < _HEADER.size:
            return None
        magic, version, kind, length = _HEADER.unpack_from(self._buffer)
        if magic != MAGIC or version != VERSION or kind not in _KINDS or length > self._limit:
            raise Violation(f"not a frame: magic {magic!r}, version {version}, kind {kind}, {length} bytes")
        end = _HEADER.size + length
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[_HEADER.size : end])
        del self._buffer[:end]
        reader = _Reader(payload, self._values_left)
        value = _decode(reader)
        self._values_left = reader.values_left
        return Kind(kind), value
