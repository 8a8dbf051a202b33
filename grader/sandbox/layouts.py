"""How arrays lie in a payload: a dtype from a white list and sizes, as in `<f8 3 2,`."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

MAX_DIMENSIONS = 8
MAX_EMPTY = 1 << 20
"""The product of the other sizes of an empty array, which cost its sender no bytes."""

DTYPES = ("<f8", "<f4", "<f2", "<i8", "<i4", "<i2", "|i1", "<u8", "<u4", "<u2", "|u1", "|b1", "<c16", "<c8")

ALIGNMENT = 8
_MAX_LAYOUT = 180


class Violation(Exception):
    """Bytes that no honest inside half would have sent."""


# A run sends and receives a hundred arrays of a few layouts.
@functools.lru_cache(maxsize=256)
def layout_of(dtype: np.dtype[Any], shape: tuple[int, ...]) -> tuple[bytes, np.dtype[Any] | None, bytes]:
    """The layout, the dtype to convert to if there is need, and the padding."""
    little = dtype.newbyteorder("<")
    if little.str not in DTYPES or len(shape) > MAX_DIMENSIONS:
        raise TypeError(f"arrays of dtype {dtype} with {len(shape)} dimensions cannot be sent over the wire")
    layout = " ".join([little.str, *map(str, shape)]) + ","
    padding = bytes(-math.prod(shape) * dtype.itemsize % ALIGNMENT)
    return layout.encode("ascii"), None if little == dtype else little, padding


@functools.lru_cache(maxsize=256)
def read_layout(layout: bytes) -> tuple[np.dtype[Any], tuple[int, ...], int]:
    """Dtype, shape, and the bytes that the array takes with its padding."""
    text = "<c16" if layout == b"complex" else layout[:_MAX_LAYOUT].decode("latin-1")
    name, *sizes = text.split(" ")
    right = len(layout) < _MAX_LAYOUT and len(sizes) <= MAX_DIMENSIONS and all(map(str.isdecimal, sizes))
    if name not in DTYPES or not right:
        raise Violation(f"an array of layout {text!r}")
    # Python integers: a product that would wrap in 64 bits is simply too large for the bytes received.
    shape = tuple(map(int, sizes))
    size = math.prod(shape) * np.dtype(name).itemsize
    if not size and math.prod(max(length, 1) for length in shape) > MAX_EMPTY:
        raise Violation(f"an empty array of shape {shape}")
    return np.dtype(name), shape, size + -size % ALIGNMENT
