"""The functions and operators of the language: one row each. A further function is a further row.

`value` is written once for numpy and torch: it gets the array library as its first argument and uses only what both
call by the same name. `shapes` are the signatures it has, tried in order: `m k, k n -> m n`; letters are sizes that
must agree, `...` is any shape (the same one wherever it occurs), `+` any shape that fits with the other `+` where
scalars fit with everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Function:
    """A row: name, signatures, value, and for operators how they are written."""

    name: str
    shapes: tuple[str, ...]
    value: Callable[..., Any]
    operator: str = ""

    @property
    def arity(self) -> int:
        """The number of arguments, from the first signature."""
        return self.shapes[0].partition("->")[0].count(",") + 1


_EACH = ("... -> ...",)
_PAIR = ("+, + -> +",)
_SQUARE_TO_NUMBER = ("n n ->",)

_ROWS = (
    Function("add", _PAIR, lambda xp, a, b: a + b, "+"),
    Function("sub", _PAIR, lambda xp, a, b: a - b, "-"),
    Function("mul", _PAIR, lambda xp, a, b: a * b, "*"),
    Function("truediv", _PAIR, lambda xp, a, b: a / b, "/"),
    Function("pow", ("..., -> ...",), lambda xp, a, b: a**b, "**"),
    Function("matmul", ("m k, k n -> m n", "m k, k -> m", "k, k n -> n", "k, k ->"), lambda xp, a, b: a @ b, "@"),
    Function("neg", _EACH, lambda xp, a: -a, "-"),
    Function("transpose", ("m n -> n m", "n -> n", "->"), lambda xp, a: a.T if a.ndim == 2 else a, ".T"),
    Function("sum", ("... ->",), lambda xp, a: xp.sum(a)),
    Function("mean", ("... ->",), lambda xp, a: xp.mean(a)),
    Function("tr", _SQUARE_TO_NUMBER, lambda xp, a: xp.trace(a)),
    Function("det", _SQUARE_TO_NUMBER, lambda xp, a: xp.linalg.det(a)),
    Function("logdet", _SQUARE_TO_NUMBER, lambda xp, a: xp.linalg.slogdet(a)[1]),
    Function("inv", ("n n -> n n",), lambda xp, a: xp.linalg.inv(a)),
    Function("solve", ("n n, n -> n", "n n, n k -> n k"), lambda xp, a, b: xp.linalg.solve(a, b)),
    Function("dot", ("n, n ->",), lambda xp, a, b: xp.dot(a, b)),
    Function("outer", ("m, n -> m n",), lambda xp, a, b: xp.outer(a, b)),
    Function("norm", ("n ->",), lambda xp, a: xp.linalg.vector_norm(a)),
    Function("sin", _EACH, lambda xp, a: xp.sin(a)),
    Function("cos", _EACH, lambda xp, a: xp.cos(a)),
    Function("tan", _EACH, lambda xp, a: xp.tan(a)),
    Function("exp", _EACH, lambda xp, a: xp.exp(a)),
    Function("log", _EACH, lambda xp, a: xp.log(a)),
    Function("sqrt", _EACH, lambda xp, a: xp.sqrt(a)),
    Function("tanh", _EACH, lambda xp, a: xp.tanh(a)),
)

FUNCTIONS = {row.name: row for row in _ROWS}
