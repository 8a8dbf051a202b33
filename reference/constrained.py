"""The mathematics of a task about extrema under constraints, as the author wrote it; no files, points or numpy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reference.domains import Domain
from reference.language import Expression, Node, Number, Span, Stack

MULTIPLIERS = "lam"
"""what they are called in signatures and conventions"""

CONVENTIONS = {"f - lam*g": -1.0, "f + lam*g": 1.0}
"""L as it is written -> the sign of the multipliers in it"""

BOTH, POINT, NOTHING = ("x", MULTIPLIERS), ("x",), ()
ARGUMENTS = {
    "lagrangian": BOTH,
    "system": BOTH,
    "multipliers": POINT,
    "solve": NOTHING,
    "stationary": NOTHING,
    "classify": BOTH,
    "sensitivity": BOTH,
    "tangent": POINT,
}
"""What may be asked -> the arguments of the function that answers it, before what is given; `x` stands for the unknown,
whatever its name."""

TO_FIND = ("solve", "stationary")
"""asks for stationary points; those with arguments of BOTH or POINT are handed points, whatever is given"""
AT_DRAWN_POINTS = ("lagrangian", "system")
"""asks about any point; those with arguments among the others are about stationary ones"""
WITH_NUMBERS = ("lagrangian", "system", "multipliers", "solve", "stationary", "sensitivity")
"""asks whose answers may be right to some digits only"""

MINIMUM, MAXIMUM, SADDLE, INCONCLUSIVE = KINDS = ("minimum", "maximum", "saddle", "inconclusive")
"""types of stationary points"""
STATIONARY, GLOBAL = "stationary", "global"
ACCEPTED = (MINIMUM, MAXIMUM, STATIONARY, GLOBAL)
"""what `solve` may ask for"""


_NOWHERE = Span(0, 0)


@dataclass(frozen=True)
class Ask:
    """One function that the student writes, and what it is worth."""

    id: str
    share: float
    """of the task's points, 0 to 1"""
    accept: str = ""
    """what a point must be, of `solve`"""
    accuracy: float = 0.0
    """relative error that is taken for right, zero where rounding alone is"""


@dataclass(frozen=True)
class ConstrainedProblem:
    """Extrema of f(x) subject to g(x) = 0, x a vector of fixed size. `lets` are named sub-expressions in order."""

    unknown: str
    domain: Domain
    """from which x is drawn for asks about any point"""
    lets: tuple[tuple[str, Expression], ...]
    f: Expression
    constraints: tuple[tuple[str, Expression], ...]
    """name and expression that is to be zero"""
    sign: float
    asks: tuple[Ask, ...]
    given: tuple[tuple[str, Domain], ...] = ()
    """numbers that are drawn, and that functions are called with; without any there is one problem, else a family"""

    @property
    def size(self) -> int:
        """Of the unknown."""
        return self.domain.shape[0].offset

    def ask(self, name: str) -> Ask | None:
        """What is asked under this name, if it is."""
        return next((ask for ask in self.asks if ask.id == name), None)

    def at(self, numbers: Mapping[str, Any]) -> ConstrainedProblem:
        """The one problem of the family with these numbers: as if they had been written in `let`."""
        lets = tuple((name, Expression("", _literal(numbers[name].tolist()))) for name, _ in self.given)
        return replace(self, given=(), lets=(*lets, *self.lets))

    def digest(self) -> str:
        """Changes whenever anything changes that the expected values depend on. What asks are worth does not count."""
        parts = (
            (self.unknown, self.size, _words(self.domain), self.sign),
            [(name, repr(domain.shape), _words(domain)) for name, domain in self.given],
            [(name, expression.text) for name, expression in self.lets],
            (self.f.text, [expression.text for _, expression in self.constraints]),
            sorted((ask.id, ask.accept) for ask in self.asks),
        )
        return hashlib.sha256(repr(("constrained", parts)).encode()).hexdigest()


def _words(domain: Domain) -> list[tuple[str, tuple[float, ...]]]:
    return [(word.name, parameters) for word, parameters in filter(None, (domain.entries, domain.structure))]


def _literal(values: Any) -> Node:
    """A number, a vector or a matrix as it would be written."""
    if not isinstance(values, list):
        return Number(values, _NOWHERE)
    return Stack(tuple(map(_literal, values)), _NOWHERE, of_rows=isinstance(values[0], list))
