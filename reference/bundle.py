"""A bundle: the points of one task with expected values, their error bars and typical wrong answers.

Content-addressed by the mathematics it was computed from. Reading one needs numpy only, takes microseconds and
trusts nothing: the bytes carry their own digest, and no pickle is involved.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from reference.points import Array, Inputs

VERSION = 4
"""Counts changes of the numbers that are computed or of how they are stored; others are not read."""

_MAGIC = b"NABLA-BUNDLE\n"
_DIGEST_BYTES = 32
_OWN = ("expected", "base", "error", "separation")


@dataclass(frozen=True)
class Point:
    """One set of inputs with what is right there.

    `expected` is the truth, `base` what one rounding of every input does to it, `error` the error that a standard
    library makes here, all of the shape of the answer. `separation` is the distance in units of the nearest wrong one.
    """

    inputs: Inputs
    expected: Array
    base: Array
    error: Array
    separation: float
    wrong: dict[str, Array]
    """`note` or `note:variant` -> what a misconception gives here"""

    @property
    def unit(self) -> Array:
        """In which errors are counted."""
        return np.asarray(self.base + self.error)


@dataclass(frozen=True)
class Block:
    """Points of equal sizes; the first axis of every array counts them."""

    inputs: Inputs
    expected: Array
    base: Array
    error: Array
    separation: Array
    wrong: dict[str, Array]

    def points(self) -> Iterator[Point]:
        """The points one by one."""
        for k in range(len(self.expected)):
            inputs = {name: values[k] for name, values in self.inputs.items()}
            wrong = {note: values[k] for note, values in self.wrong.items()}
            separation = float(self.separation[k])
            yield Point(inputs, self.expected[k], self.base[k], self.error[k], separation, wrong)

    def select(self, kept: list[int]) -> Block:
        """Some of its points."""
        inputs = {name: values[kept] for name, values in self.inputs.items()}
        wrong = {note: values[kept] for note, values in self.wrong.items()}
        parts = (self.expected[kept], self.base[kept], self.error[kept], self.separation[kept])
        return Block(inputs, *parts, wrong)


def joined(blocks: list[Block]) -> Block:
    """Blocks of equal sizes as one; wrong answers that one of them lacks are left out."""
    names = [name for name in blocks[0].wrong if all(name in block.wrong for block in blocks)]

    def all_of(part: str) -> Array:
        return np.concatenate([getattr(block, part) for block in blocks])

    inputs = {name: np.concatenate([block.inputs[name] for block in blocks]) for name in blocks[0].inputs}
    wrong = {name: np.concatenate([block.wrong[name] for block in blocks]) for name in names}
    return Block(inputs, all_of("expected"), all_of("base"), all_of("error"), all_of("separation"), wrong)


@dataclass(frozen=True)
class Bundle:
    """Blocks by group id; more points than one grading uses."""

    groups: dict[str, tuple[Block, ...]]

    def draw(self, group: str, count: int, rng: np.random.Generator) -> list[Point]:
        """`count` different points of a group, spread over the sizes that were drawn."""
        points = [point for block in self.groups[group] for point in block.points()]
        return [points[k] for k in rng.permutation(len(points))[:count]]

    def draw_together(self, groups: Sequence[str], count: int, rng: np.random.Generator) -> list[tuple[Point, ...]]:
        """`count` different points, each as it stands in all of these groups, which hold the same inputs."""
        columns = [[point for block in self.groups[group] for point in block.points()] for group in groups]
        rows = [*zip(*columns, strict=True)]
        return [rows[k] for k in rng.permutation(len(rows))[:count]]


class BundleDamaged(Exception):
    """Bytes that are not a whole bundle of this version; compute it again."""


class Part(Protocol):
    """The mathematics of a task, or of a part of it, of which there is a bundle."""

    def digest(self) -> str:
        """Changes whenever anything changes that the bundle depends on."""


def key(part: Part) -> str:
    """The name under which its bundle is kept."""
    return hashlib.sha256(f"{VERSION}:{part.digest()}".encode()).hexdigest()


def _arrays(block: Block) -> dict[str, Array]:
    inputs = {f"inputs/{name}": values for name, values in block.inputs.items()}
    wrong = {f"wrong/{note}": values for note, values in block.wrong.items()}
    return {**inputs, **wrong, **{name: getattr(block, name) for name in _OWN}}


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

    expected, base, error, separation = (arrays[name] for name in _OWN)
    return Block(below("inputs/"), expected, base, error, separation, below("wrong/"))
