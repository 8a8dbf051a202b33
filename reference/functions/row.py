"""What a row of the function table says: everything that any interpreter has to know about a function."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

Rule: TypeAlias = Callable[..., Any]
"""(library, bar, out, *arguments) -> the adjoint of one argument, given that of the result"""
Size: TypeAlias = tuple[int, ...]

ATOM, POWER, CHAIN, SCALED, PRODUCT, SUM = 6, 5, 4, 3, 2, 1
"""How strongly what is written holds together; a weaker part is put in parentheses. A chain is a product of matrices
that may be a number; chains that never are one need no parentheses behind a factor and count as powers. What is scaled
has a number before or after it."""


@dataclass(frozen=True)
class Mutation:
    """A misconception about one derivative rule: its stable note and the rules that it has instead.

    `None` stands for the right rule, so `(None, nothing)` differentiates in the first argument only.
    """

    note: str
    rules: tuple[Rule | None, ...]


@dataclass(frozen=True)
class Written:
    """How a call looks in LaTeX: `{0:2}` is the first argument, in parentheses if it holds less strongly than 2.

    `{1:4.}` stands right after another factor and gets a dot before it if it begins with a digit; `{*}` are all
    arguments, sizes of an array. `arrays` is used instead where every argument that may be an array is one, `matrices`
    where the first is a matrix. `lies` says for each argument whether a vector is written as a row (`r`), as a column
    (`c`) or as it is (`-`); without it, all vectors lie the same way.
    """

    latex: str
    strength: int = ATOM
    arrays: Written | None = None
    matrices: Written | None = None
    lies: str = ""


def entries(*shapes: Size) -> int:
    """One operation for every entry of the largest argument."""
    return max((math.prod(shape) for shape in shapes), default=0)


@dataclass(frozen=True)
class Function:
    """A row of the table.

    `value` is written once for every array library: it gets numpy, torch or `truth.Exact` as its first argument and
    uses only what all of them call by the same name. `adjoints` holds a rule for each argument.

    `shapes` are the signatures it has, tried in order: `m k, k n -> m n`; letters are sizes that must agree, `...` is
    any shape (the same one wherever it occurs), `+` any shape that fits with the other `+` where scalars fit with
    everything. With `makes_shape` the arguments are sizes themselves, and a signature says which shape they make.
    """

    name: str
    shapes: tuple[str, ...]
    value: Callable[..., Any]
    adjoints: tuple[Rule, ...]
    written: Written
    operator: str = ""
    makes_shape: bool = False
    kink: Callable[..., Any] | None = None
    """(library, *arguments) -> what must stay away from zero for the function to be differentiable"""
    hazard: str = ""
    """where it has no finite value or derivative, for messages"""
    cost: Callable[..., int] = entries
    """(*shapes of the arguments) -> primitive operations of the value"""
    mutations: tuple[Mutation, ...] = ()
    elementwise: bool = False
    """each entry of the result depends on the same entry of the only argument"""
    linear: tuple[tuple[int, ...], ...] = ()
    """arguments in which it is linear while all others stay the same: `((0, 1),)` in both together, `((0,), (1,))` in
    each by itself"""
    factored: bool = False
    """computed from a factorisation for which torch's forward mode is wrong in a batch"""

    @property
    def arities(self) -> tuple[int, ...]:
        """The numbers of arguments it takes, smallest first."""
        return tuple(sorted({shape.partition("->")[0].count(",") + 1 for shape in self.shapes}))


def nothing(xp: Any, bar: Any, out: Any, *arguments: Any) -> float:
    """The rule of an argument that is taken for a constant."""
    return 0.0
