"""Graphs of sums, differences and products, whose results are used more than once: what backward passes stumble over.

Nodes are numbered: the leaves first, then one operation after another, the root last. How a bundle is made of graphs
stands in `dags`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

OPERATORS = ("add", "sub", "mul", "neg")
VALUE, GRADIENT, TWICE = "value", "gradient", "twice"
"""what a bundle holds of each graph; the last is the gradient after a second backward pass"""

_SIGNS = {"+": "add", "-": "sub", "*": "mul"}


@dataclass(frozen=True)
class Dag:
    """Operations on numbered nodes: (operator, first operand, second operand); `neg` has its operand twice."""

    leaves: int
    steps: tuple[tuple[str, int, int], ...]
    text: str = ""
    """as a student would write it"""

    def consumers(self) -> list[list[int]]:
        """For every node, the nodes that use it."""
        found: list[list[int]] = [[] for _ in range(self.leaves + len(self.steps))]
        for number, (_, first, second) in enumerate(self.steps, self.leaves):
            for operand in {first, second}:
                found[operand].append(number)
        return found


def read(text: str) -> Dag:
    """A graph written as `a, b: c = a + b; d = a * c`."""
    leaves, _, body = text.partition(":")
    names = {name.strip(): number for number, name in enumerate(leaves.split(","))}
    count = len(names)
    steps = []
    for line in body.split(";"):
        target, first, sign, second = line.replace("=", " ").split()
        steps.append((_SIGNS[sign], names[first], names[second]))
        names[target] = len(names)
    return Dag(count, tuple(steps), body.strip())


FIXED: dict[str, tuple[Dag, ...]] = {
    "diamond": (
        read("a, b: c = a + b; d = a * c"),
        read("a, b: c = a + b; d = c * a"),
        read("a: c = a * a; d = c * a; e = d * a"),
        read("a, b: c = a * b; d = a + b; e = c * d"),
    ),
    "unequal-paths": (
        read("a, b: c = a + b; e = c * a; f = e + c"),
        read("a, b: c = a + b; e = c * a; f = c + e"),
        read("a, b: c = a + b; d = c * a; e = d * b; f = c + e"),
        read("a, b: c = a + b; d = c * a; e = d * b; f = e + c"),
        read("a, b: c = a * b; d = c + a; e = d * b; g = e * c; f = c * g"),
        read("a, b: c = a * b; d = c + a; e = d * b; g = c * e; f = g * c"),
    ),
    "shared-subexpression": (
        read("a, b: s = a * b; t = s + a; u = s * t; v = u + s"),
        read("a, b: s = a + b; t = s * s; u = t * s; v = u + t"),
        read("a, b, c: s = a * b; t = s * c; u = s + c; v = t * u"),
    ),
    "unused-input": (
        read("a, b, c: d = a * b"),
        read("a, b, c: d = b * c; e = d + b"),
    ),
    "backward-twice": (
        read("a, b: c = a + b; d = a * c"),
        read("a, b: c = a * b; d = c + a; e = d * c"),
        read("a, b: c = a * b; d = c * b; e = d * a; f = e + d"),
    ),
}  # fmt: skip
"""by the word that an author writes"""


@dataclass(frozen=True)
class Graphs:
    """The graphs of one word, at drawn leaves."""

    word: str

    def digest(self) -> str:
        """Changes whenever anything changes that the expected values depend on."""
        return hashlib.sha256(repr((self.word, FIXED[self.word])).encode()).hexdigest()


@dataclass(frozen=True)
class RandomGraphs:
    """Drawn graphs of so many operations, `count` of them for one grading."""

    nodes: int
    count: int
    operators: tuple[str, ...]

    def digest(self) -> str:
        """Changes whenever anything changes that the expected values depend on."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


RANDOM = "random-dag"


def group_of(word: str, number: int, quantity: str) -> str:
    """Under which name a bundle keeps a quantity of one graph; drawn graphs all have the number 0."""
    return f"{word} {number}|{quantity}"
