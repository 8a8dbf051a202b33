"""Programs of scalars: expressions that a student's own numbers are put through, with their value and every derivative.

A part of a task holds one or more programs; how a bundle is made of it stands in `programs`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from reference.domains import Domain
from reference.language import Expression
from reference.problem import Group, Problem

SPARE = 3
"""A bundle holds this many times the points of one grading."""
FURTHER = 8
"""points that are asked in addition where the first ones leave it open"""
VALUE = "value"
ALONG = "along"
"""the derivative along a direction, which the inputs hold as well"""


@dataclass(frozen=True)
class Program:
    """An expression of scalars; with `kink`, at points where that expression is 10^-9 away from zero."""

    given: tuple[tuple[str, Domain], ...]
    f: Expression
    points: int
    kink: Expression | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Of its arguments."""
        return tuple(name for name, _ in self.given)

    @property
    def stored(self) -> int:
        """How many points a bundle holds."""
        return max(SPARE * self.points, self.points + FURTHER)

    @property
    def group(self) -> Group:
        """Its points, as those of a derivative task."""
        special = (("kink", (self.kink,)),) if self.kink else ()
        return Group("points", self.points, 100.0, special)

    def problem(self, name: str) -> Problem:
        """Its derivative in one argument."""
        return Problem(self.given, (), (), self.f, name, "gradient", "like-variable", (), (self.group,))


@dataclass(frozen=True)
class Programs:
    """Programs that are checked together, each with a name of its own."""

    cases: tuple[tuple[str, Program], ...]

    def digest(self) -> str:
        """Changes whenever anything changes that the expected values depend on."""
        parts = [(case, program.problem(program.names[0]).digest()) for case, program in self.cases]
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def group_of(case: str, quantity: str) -> str:
    """Under which name a bundle keeps `value`, `along` or an argument's derivative of one program."""
    return f"{case}|{quantity}"


def groups_of(case: str, program: Program) -> Iterator[str]:
    """All names of one program: its value, the derivative along a direction, and that in every argument."""
    yield from (group_of(case, quantity) for quantity in (VALUE, ALONG, *map(derivative_in, program.names)))


def derivative_in(name: str) -> str:
    """The quantity that is the derivative in an argument."""
    return f"in {name}"


def tangent_of(name: str) -> str:
    """The input that holds the direction's entry of an argument."""
    return f"tangent {name}"
