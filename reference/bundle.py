"""A bundle: the points of one task with expected values, units of error and the author's wrong answers.

Content-addressed by the mathematics it was computed from. Reading one needs numpy only, takes microseconds and
trusts nothing: the bytes carry their own digest, and no pickle is involved.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.points import Array, Inputs
from reference.problem import Problem

VERSION = 1
"""Counts changes of the numbers that are computed or of how they are stored; others are not read."""

_MAGIC = b"NABLA-BUNDLE\n"
_DIGEST_BYTES = 32


@dataclass(frozen=True)
class Point:
    """One set of inputs with what is right there."""

    inputs: Inputs
    expected: Array
    unit: Array
    wrong: dict[str, Array]
    """note -> what an expected misconception gives here"""


@dataclass(frozen=True)
class Block:
    """Points of equal sizes; the first axis of every array counts them."""

    inputs: Inputs
    expected: Array
    unit: Array
    wrong: dict[str, Array]

    def points(self) -> Iterator[Point]:
        """The points one by one."""
        for k in range(len(self.expected)):
            inputs = {name: values[k] for name, values in self.inputs.items()}
            wrong = {note: values[k] for note, values in self.wrong.items()}
            yield Point(inputs, self.expected[k], self.unit[k], wrong)


@dataclass(frozen=True)
class Bundle:
    """Blocks by group id; more points than one grading uses."""

    groups: dict[str, tuple[Block, ...]]

    def draw(self, group: str, count: int, rng: np.random.Generator) -> list[Point]:
        """`count` different points of a group, spread over the sizes that were drawn."""
        points = [point for block in self.groups[group] for point in block.points()]
        return [points[k] for k in rng.permutation(len(points))[:count]]


class BundleDamaged(Exception):
    """Bytes that are not a whole bundle of this version; compute it again."""


def key(problem: Problem) -> str:
    """The name under which a problem's bundle is kept."""
    return hashlib.sha256(f"{VERSION}:{problem.digest()}".encode()).hexdigest()


def _arrays(block: Block) -> dict[str, Array]:
    inputs = {f"inputs/{name}": values for name, values in block.inputs.items()}
    wrong = {f"wrong/{note}": values for note, values in block.wrong.items()}
    return {**inputs, **wrong, "expected": block.expected, "unit": block.unit}


def to_bytes(bundle: Bundle) -> bytes:
    """The bundle as digest, table of contents and raw little-endian float64."""
    contents: list[list[Any]] = []
    pieces: list[bytes] = []
    for group, blocks in bundle.groups.items():
        for number, block in enumerate(blocks):
            for name, values in _arrays(block).items():
                contents.append([group, number, name, list(values.shape)])
                pieces.append(values.astype("<f8").tobytes())
    table = json.dumps(contents).encode()
    body = len(table).to_bytes(8, "little") + table + b"".join(pieces)
    return _MAGIC + hashlib.sha256(body).digest() + body


def from_bytes(content: bytes) -> Bundle:
    """The bundle in `content`. Raises BundleDamaged for anything cut short, changed or of another kind."""
    start = len(_MAGIC) + _DIGEST_BYTES
    body = content[start:]
    if not content.startswith(_MAGIC) or hashlib.sha256(body).digest() != content[len(_MAGIC) : start]:
        raise BundleDamaged("not a whole bundle")
    try:
        return _read(body)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise BundleDamaged(f"not a bundle of this version: {error}") from error


def _read(body: bytes) -> Bundle:
    offset = 8 + int.from_bytes(body[:8], "little")
    arrays: dict[str, dict[int, dict[str, Array]]] = {}
    for group, number, name, shape in json.loads(body[8:offset]):
        values = np.frombuffer(body, "<f8", math.prod(shape), offset).reshape(shape)
        arrays.setdefault(group, {}).setdefault(number, {})[name] = values
        offset += values.nbytes
    return Bundle({group: tuple(_block(named) for named in blocks.values()) for group, blocks in arrays.items()})


def _block(arrays: dict[str, Array]) -> Block:
    def below(prefix: str) -> dict[str, Array]:
        return {name.removeprefix(prefix): values for name, values in arrays.items() if name.startswith(prefix)}

    return Block(below("inputs/"), arrays["expected"], arrays["unit"], below("wrong/"))
