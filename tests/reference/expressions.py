"""Random well-shaped expressions over the whole function table, for property tests.

Whatever the table says fits is put together, from scalars, vectors and matrices of the sizes n, m and 2. Where a function
has no value for some arguments, what it is applied to is first brought to where it has one.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from hypothesis import strategies as st

from reference.functions import FUNCTIONS, Function
from reference.shapes import Shape, Size, apply
from tests.reference.signatures import patterns

GIVEN = {
    "s": "scalar real[-1.2,1.2]", "t": "scalar positive",
    "x": "vector[n] real[-1.2,1.2]", "y": "vector[n] positive", "u": "vector[m] real[-1.2,1.2]",
    "A": "matrix[n, n] real[-1.2,1.2]", "B": "matrix[m, n] real[-1.2,1.2]", "C": "matrix[m, m] positive",
}  # fmt: skip
SIZES = {"n": 3, "m": 4}

_AXES = {"n": Size("n", 0), "m": Size("m", 0), "2": Size(None, 2)}
_LETTERS = {size: letter for letter, size in _AXES.items()}
_LEAVES: dict[Shape, list[str]] = {
    (): ["s", "t", "2", "0.5", "-3", "1e-3", "pi", "n"],
    (_AXES["n"],): ["x", "y", "ones(n)"],
    (_AXES["m"],): ["u", "zeros(m)"],
    (_AXES["2"],): ["x[1:3]", "u[-2:]", "[s, t]", "[2, s]"],
    (_AXES["n"], _AXES["n"]): ["A", "eye(n)"],
    (_AXES["m"], _AXES["n"]): ["B", "ones(m, n)"],
    (_AXES["m"], _AXES["m"]): ["C", "eye(m)"],
}
_SCALAR: Shape = ()
_POSITIVE, _BOUNDED, _REGULAR = "(1.5 + sin({}))", "sin({})", "(5*eye({axis}) + sin({}))"
_GUARDS = {
    "log": (_POSITIVE,), "sqrt": (_POSITIVE,), "exp": (_BOUNDED,), "tan": (_BOUNDED,), "norm": (_POSITIVE,),
    "truediv": ("{}", _POSITIVE), "pow": (_POSITIVE, "{exponent}"), "solve": (_REGULAR, "{}"),
    "inv": (_REGULAR,), "det": (_REGULAR,), "logdet": (_REGULAR,),
}  # fmt: skip
_EXPONENTS = ["2", "3", "-1", "0.5", "s", "t"]


@dataclass(frozen=True)
class Production:
    """A way to an array of some shape: a template with places for parts of these shapes."""

    template: str
    parts: tuple[Shape, ...]


def _template(row: Function, arguments: list[str]) -> str:
    if not row.operator:
        return f"{row.name}({', '.join(arguments)})"
    if row.operator == ".T":
        return f"({arguments[0]}).T"
    return row.operator.join(["", *arguments] if len(arguments) == 1 else [f"({part})" for part in arguments])


def _production(row: Function, shapes: tuple[Shape, ...]) -> Production:
    guards = _GUARDS.get(row.name, ("{}" if len(shapes) > 1 else "({})",) * len(shapes))
    axis = _LETTERS[shapes[0][0]] if shapes[0] else ""
    parts = tuple(shape for shape, guard in zip(shapes, guards, strict=True) if "{}" in guard)
    return Production(_template(row, [guard.replace("{axis}", axis) for guard in guards]), parts)


def _bound(signature: str) -> list[tuple[Shape, ...]]:
    """Shapes of arguments for a signature: every letter is every size, `...` and `+` are scalars and all arrays."""
    letters = sorted({letter for pattern in patterns(signature) for letter in pattern.split()} - {"...", "+"})
    found = []
    for free in _LEAVES if "..." in signature or "+" in signature else [_SCALAR]:
        for sizes in itertools.product(_AXES.values(), repeat=len(letters)):
            sized = dict(zip(letters, sizes, strict=True))
            found.append(tuple(_shape(pattern, sized, free) for pattern in patterns(signature)))
    return found


def _shape(pattern: str, sized: dict[str, Size], free: Shape) -> Shape:
    return free if pattern in ("...", "+") else tuple(sized[letter] for letter in pattern.split())


def _mixed(shapes: tuple[Shape, ...], signature: str) -> list[tuple[Shape, ...]]:
    """A scalar in place of either of two arguments that may have any shape."""
    return [shapes, (_SCALAR, shapes[1]), (shapes[0], _SCALAR)] if "+" in signature else [shapes]


def _calls() -> dict[Shape, dict[str, list[Production]]]:
    """For every shape that has leaves, the calls of the table that give it, by the names of rows."""
    found: dict[Shape, dict[str, list[Production]]] = {
        shape: {"subscript": more} for shape, more in _subscripts().items()
    }
    rows = [(row, signature) for row in FUNCTIONS.values() if not row.makes_shape for signature in row.shapes]
    for row, signature in rows:
        for shapes in itertools.chain.from_iterable(_mixed(found, signature) for found in _bound(signature)):
            made = apply(signature, list(shapes))
            if made in _LEAVES and all(shape in _LEAVES for shape in shapes):
                found.setdefault(made, {}).setdefault(row.name, []).append(_production(row, shapes))
    return found


def _subscripts() -> dict[Shape, list[Production]]:
    n, m = (_AXES["n"],), (_AXES["m"],)
    square, wide = n + n, m + n
    return {
        _SCALAR: [Production("({})[0]", (n,)), Production("({})[-1]", (m,)), Production("({})[1, -2]", (wide,))],
        n: [Production("({})[1]", (wide,)), Production("({})[:, 0]", (square,)), Production("stack([{}, {}])[0]", (n, n))],
        m: [Production("({})[:, -1]", (wide,))],
        (_AXES["2"],): [Production("[{}, {}]", ((), ())), Production("({})[-2:]", (n,)), Production("({})[0, -2:]", (square,))],
    }  # fmt: skip


_CALLS = _calls()
COVERED = {name for calls in _CALLS.values() for name in calls}
"""The rows that occur"""


@st.composite
def texts(draw: st.DrawFn, shape: Shape = _SCALAR, depth: int = 3) -> str:
    """An expression of this shape, at most so many calls deep."""
    if depth == 0 or (depth < 3 and draw(st.integers(0, 3)) == 0):
        return draw(st.sampled_from(_LEAVES[shape]))
    calls = _CALLS[shape]
    production = draw(st.sampled_from(calls[draw(st.sampled_from(sorted(calls)))]))
    parts = [draw(texts(part, depth - 1)) for part in production.parts]
    return production.template.format(*parts, exponent=draw(st.sampled_from(_EXPONENTS)))
