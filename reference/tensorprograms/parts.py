"""Programs of tensors as parts of a task: with the domains of their arguments, and what a bundle holds of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reference.domains import Domain, sizes_of
from reference.language import Expression
from reference.program import FURTHER, SPARE, VALUE, derivative_in, group_of
from reference.tensorprograms.steps import Steps, of_expression

COTANGENT = "the cotangent"
"""Among the inputs of a point; no name of the language has a space in it."""
COTANGENT_ONES = "cotangent.ones"
"""the note of whoever takes ones in its place"""
FURTHER_FORMS = 1
"""points of one form of an operation that are asked in addition where the first ones leave it open"""

Given = tuple[tuple[str, Domain], ...]


@dataclass(frozen=True)
class TensorProgram:
    """An expression, or one form of an operation written as steps."""

    given: Given
    dims: tuple[tuple[str, tuple[int, int]], ...]
    form: Expression | Steps
    points: int
    text: str
    """as a student would write it"""

    @property
    def names(self) -> tuple[str, ...]:
        """Of its arguments."""
        return tuple(name for name, _ in self.given)

    @property
    def moving(self) -> tuple[str, ...]:
        """The arguments in which it is differentiated: all but those that are whole numbers by meaning."""
        return tuple(name for name, domain in self.given if not domain.exact)

    @property
    def further(self) -> int:
        """How many points are asked in addition where the first ones leave it open."""
        return FURTHER if isinstance(self.form, Expression) else FURTHER_FORMS

    @property
    def stored(self) -> int:
        """How many points a bundle holds."""
        return max(SPARE * self.points, self.points + self.further)

    def sizes(self, inputs: Mapping[str, Any]) -> dict[str, int]:
        """The number that every size is at one point."""
        return sizes_of(self.given, inputs)

    def steps(self, inputs: Mapping[str, Any]) -> Steps:
        """What is computed at one point."""
        if isinstance(self.form, Expression):
            return of_expression(self.form, self.names, self.sizes(inputs))
        return self.form

    def key(self) -> object:
        """Changes whenever anything changes that the expected values depend on."""
        form = self.form.text if isinstance(self.form, Expression) else self.form
        return ([(name, repr(domain)) for name, domain in self.given], self.dims, form, self.points)


@dataclass(frozen=True)
class TensorPrograms:
    """Programs that are checked together, each with a name of its own."""

    cases: tuple[tuple[str, TensorProgram], ...]

    def digest(self) -> str:
        """Changes whenever anything changes that the expected values depend on."""
        return hashlib.sha256(repr([(case, program.key()) for case, program in self.cases]).encode()).hexdigest()


@dataclass(frozen=True)
class Descent:
    """Steps of gradient descent on a program whose value is a number."""

    program: TensorProgram
    variables: tuple[str, ...]
    rate: float
    steps: int

    def digest(self) -> str:
        """Changes whenever anything changes that the expected values depend on."""
        return hashlib.sha256(repr((self.program.key(), self.variables, self.rate, self.steps)).encode()).hexdigest()


def groups_of(case: str, program: TensorProgram) -> Iterator[str]:
    """All groups of one program in a bundle: its value, and the gradient in every argument that moves."""
    yield from (group_of(case, quantity) for quantity in (VALUE, *map(derivative_in, program.moving)))
