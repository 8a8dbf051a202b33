"""Arguments for every signature of the function table, so that a further row is tested without a further line."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from reference.functions import FUNCTIONS
from reference.points import Array
from reference.shapes import Shape, Size

SIZES = {"m": 2, "k": 3, "n": 4}
PAIRS: list[tuple[str, ...]] = [("", ""), ("n", "n"), ("m k", "m k"), ("m k", ""), ("", "n")]


def patterns(signature: str) -> list[str]:
    """What is written before the arrow, argument by argument."""
    return [pattern.strip() for pattern in signature.partition("->")[0].split(",")]


def spelled_out(signature: str) -> Iterator[list[str]]:
    """The patterns with letters only: `...` and `+` stand for scalars, vectors and matrices."""
    written = patterns(signature)
    if "+" in written:
        yield from map(list, PAIRS)
    elif "..." in written:
        for shape in ("", "n", "m k"):
            yield [shape if pattern == "..." else pattern for pattern in written]
    else:
        yield written


def symbols(pattern: str) -> Shape:
    """`m k` as a shape of symbols."""
    return tuple(Size(letter, 0) for letter in pattern.split())


def drawn(pattern: str, rng: np.random.Generator) -> Array:
    """Positive numbers below pi/2, where every function is smooth; square matrices are far from singular."""
    shape = [SIZES[letter] for letter in pattern.split()]
    values = rng.uniform(0.3, 1.2, shape)
    return values + 2 * np.eye(shape[0]) if len(shape) == 2 and shape[0] == shape[1] else values


CASES = [
    pytest.param(row, case, id=f"{row.name}[{', '.join(case)}]")
    for row in FUNCTIONS.values()
    if not row.makes_shape
    for signature in row.shapes
    for case in spelled_out(signature)
]
"""(row, patterns with letters only)"""

EVERY_CASE = pytest.mark.parametrize(("row", "case"), CASES)
