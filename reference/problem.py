"""The mathematics of one derivative task, as the author wrote it and checked for shapes; no files, no points."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reference.domains import Domain, sizes_of
from reference.language import Expression
from reference.shapes import Shape

ASKS = ("gradient", "jacobian", "jvp", "vjp", "hessian", "hvp")
STRUCTURED = "structured"
"""the layout of a gradient in a symmetric matrix whose mirrored entries are one variable"""
LAYOUTS = {
    **{ask: ("like-variable",) for ask in ASKS},
    "gradient": ("like-variable", STRUCTURED),
    "jacobian": ("numerator", "denominator"),
}
ALONG = {"jvp": "direction", "hvp": "direction", "vjp": "cotangent"}
"""asks with a vector along which they differentiate, and what its key is called"""

NAME_WORDS = ("zero", "ones", "tiny", "huge", "ill")
EXPRESSION_WORDS = ("near_null", "at_zero", "kink", "ties")
POINT_WORDS = (*NAME_WORDS, *EXPRESSION_WORDS)
"""Words that make the points of a group special; `points.special` says what they do."""


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
    special: tuple[tuple[str, tuple[str | Expression, ...]], ...] = ()
    """(point word, what it applies to: names, or expressions for EXPRESSION_WORDS)"""


@dataclass(frozen=True)
class Misconception:
    """A wrong answer the author expects: its stable note, what it evaluates to, what to tell the student."""

    note: str
    when: Expression
    say: str


@dataclass(frozen=True)
class Problem:
    """A derivative of f in the variable `wrt` over drawn points. `lets` are named sub-expressions in order of use."""

    given: tuple[tuple[str, Domain], ...]
    """every input, with `along` where there is one"""
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
    along: str = ""
    """the input that holds the direction of a jvp or hvp, the cotangent of a vjp"""
    counterexample: bool = False
    """whether students with wrong values are shown a small case in which they are"""
    copies: tuple[tuple[str, str], ...] = ()
    """(input, other input) whose numbers are the same at every point: the variable where it is held constant"""

    def digest(self) -> str:
        """Changes whenever anything changes that the expected values depend on. Wording does not count."""
        parts = (
            [(name, repr(domain.shape), _words(domain)) for name, domain in self.given],
            self.dims,
            [(name, expression.text) for name, expression in self.lets],
            (self.f.text, self.wrt, self.ask, self.layout, self.solution.text if self.solution else "", self.along),
            [(group.id, group.points, _applied(group)) for group in self.groups],
            [(item.note, item.when.text) for item in self.misconceptions],
            *self.copies,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def sizes(self, inputs: Mapping[str, Any]) -> dict[str, int]:
        """The number that every size of `dims` is at one point, read off the shapes of its inputs."""
        return sizes_of(self.given, inputs)

    def in_layout(self, rows: Any) -> Any:
        """Jacobians (..., m, n), and gradients with all entries free, as they were asked for."""
        if self.layout == STRUCTURED:
            return structured(rows)
        return rows.swapaxes(-1, -2) if self.layout == "denominator" else rows


def structured(rows: Any) -> Any:
    """Gradients (..., n, n) with all entries free, as gradients in a symmetric matrix: mirrored entries move together,
    so that what they do adds up; an entry of the diagonal stands alone."""
    joined = rows + rows.swapaxes(-1, -2)
    for k in range(rows.shape[-1]):
        joined[..., k, k] = rows[..., k, k]
    return joined


def _words(domain: Domain) -> str:
    chosen = [domain.entries] + ([domain.structure] if domain.structure else [])
    return repr([(word.name, parameters) for word, parameters in chosen])


def _applied(group: Group) -> list[tuple[str, list[str]]]:
    return [(word, [item if isinstance(item, str) else item.text for item in items]) for word, items in group.special]
