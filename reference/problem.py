"""The mathematics of one derivative task, as the author wrote it and checked for shapes; no files, no points."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from reference.domains import Domain
from reference.language import Expression
from reference.shapes import Shape

LAYOUTS = {"gradient": ("like-variable",), "jacobian": ("numerator", "denominator")}
POINT_WORDS = {"zero": 0.0, "ones": 1.0, "tiny": 1e-150, "huge": 1e150}
"""Words that make the points of a group special, and what they do to the arguments they name: `zero` and `ones`
set every entry, `tiny` and `huge` multiply."""


class ProblemFault(Exception):
    """The author's mathematics does not hold at the drawn points; `where` is the key of the assignment to blame."""

    def __init__(self, where: str, text: str) -> None:
        super().__init__(text)
        self.where = where
        self.text = text


@dataclass(frozen=True)
class Group:
    """Points of one character that earn together."""

    id: str
    points: int
    weight: float
    special: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(point word, names it applies to)"""


@dataclass(frozen=True)
class Misconception:
    """A wrong answer the author expects: its stable note, what it evaluates to, what to tell the student."""

    note: str
    when: Expression
    say: str


@dataclass(frozen=True)
class Problem:
    """d f / d wrt over drawn points. `lets` are named sub-expressions in order of use."""

    given: tuple[tuple[str, Domain], ...]
    dims: tuple[tuple[str, tuple[int, int]], ...]
    lets: tuple[tuple[str, Expression], ...]
    f: Expression
    wrt: str
    ask: str
    layout: str
    shape: Shape
    """of the expected answer"""
    groups: tuple[Group, ...]
    solution: Expression | None = None
    misconceptions: tuple[Misconception, ...] = ()

    def digest(self) -> str:
        """Changes whenever anything changes that the expected values depend on. Wording does not count."""
        misconceptions = [(item.note, item.when.text) for item in self.misconceptions]
        parts = (
            [(name, repr(domain.shape), _words(domain)) for name, domain in self.given],
            self.dims,
            [(name, expression.text) for name, expression in self.lets],
            (self.f.text, self.wrt, self.ask, self.layout, self.solution.text if self.solution else ""),
            [(group.id, group.points, group.special) for group in self.groups],
            misconceptions,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def _words(domain: Domain) -> str:
    chosen = [domain.entries] + ([domain.structure] if domain.structure else [])
    return repr([(word.name, parameters) for word, parameters in chosen])
