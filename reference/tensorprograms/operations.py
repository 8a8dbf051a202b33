"""The operations that a class of tensors may have beside those of scalars: one row each, with the forms that are tried.

Sizes differ, so that shapes tell what is wrong; one form of most operations is square, so that numbers do. What belongs
to every entry by itself is tried with the programs of scalars, an entry a point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from reference.domains import Domain
from reference.operations import OPERATIONS
from reference.shapes import Size
from reference.tensorprograms.parts import TensorProgram, TensorPrograms
from reference.tensorprograms.steps import Step, Steps
from reference.words import WORDS

POINTS = 2
BROADCAST = "broadcast"
_SIGNS = {"mul": "*", "add": "+", "truediv": "/", "sub": "-"}

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Form:
    """One way of using an operation: what is written, the arguments' shapes, the steps."""

    text: str
    shapes: tuple[Shape, ...]
    steps: Steps
    large: bool = False
    """entries whose exponentials overflow"""

    def program(self) -> TensorProgram:
        """At drawn numbers."""
        word = (WORDS["real"], (795.0, 799.0)) if self.large else (WORDS["nonzero"], ())
        given = tuple(
            (name, Domain("tensor", tuple(Size(None, length) for length in shape), word, None))
            for name, shape in zip("ABC", self.shapes, strict=False)
        )
        return TensorProgram(given, (), self.steps, POINTS, self.text)


def _one(operation: str, text: str, *shapes: Shape, settings: tuple[object, ...] = (), large: bool = False) -> Form:
    return Form(text, shapes, (Step(operation, tuple(range(len(shapes))), settings),), large)


def _reduced(name: str) -> tuple[Form, ...]:
    return (
        _one(name, f"{name}(A)", (2, 3), settings=(None, False)),
        _one(name, f"{name}(A, 0)", (2, 3), settings=(0, False)),
        _one(name, f"{name}(A, 1)", (3, 3), settings=(1, False)),
        _one(name, f"{name}(A, -1)", (2, 3), settings=(-1, False)),
        _one(name, f"{name}(A, 1, True)", (2, 3), settings=(1, True)),
        _one(name, f"{name}(A, 1) with three axes", (2, 3, 4), settings=(1, False)),
        _one(name, f"{name}(A) of a vector", (4,), settings=(None, False)),
    )


def _rows(name: str) -> tuple[Form, ...]:
    return (
        _one(name, f"{name}(A)", (2, 3)),
        _one(name, f"{name}(A) of a vector", (4,)),
        _one(name, f"{name}(A) where exp(A) overflows", (2, 3), large=True),
    )


_MATMUL = (
    _one("matmul", "A @ B", (2, 3), (3, 4)),
    _one("matmul", "A @ B with square matrices", (3, 3), (3, 3)),
    _one("matmul", "A @ B of two vectors", (4,), (4,)),
    _one("matmul", "A @ B of a matrix and a vector", (3, 4), (4,)),
    _one("matmul", "A @ B of a vector and a matrix", (3,), (3, 4)),
    _one("matmul", "A @ B of two stacks", (2, 3, 4), (2, 4, 3)),
    _one("matmul", "A @ B of two stacks of square matrices", (3, 3, 3), (3, 3, 3)),
    _one("matmul", "A @ B of a stack and a matrix", (2, 3, 4), (4, 2)),
    Form("(A @ B) @ C", ((2, 3), (3, 4), (4, 2)), (Step("matmul", (0, 1)), Step("matmul", (3, 2)))),
)

_RESHAPE = (
    _one("reshape", "reshape(A, (3, 4))", (2, 6), settings=((3, 4),)),
    _one("reshape", "reshape(A, (6,))", (2, 3), settings=((6,),)),
    _one("reshape", "reshape(A, (3, 2)) of a vector", (6,), settings=((3, 2),)),
    _one("reshape", "reshape(A, (2, 3, 2))", (6, 2), settings=((2, 3, 2),)),
)

_TRANSPOSE = (_one("transpose", "A.T", (2, 3)), _one("transpose", "A.T of a square matrix", (3, 3)))
_REORDER = (
    _one("transpose", "transpose(A, (1, 0))", (2, 3), settings=((1, 0),)),
    _one("transpose", "transpose(A, (1, 2, 0))", (2, 3, 4), settings=((1, 2, 0),)),
    _one("transpose", "transpose(A, (1, 2, 0)) with equal sizes", (3, 3, 3), settings=((1, 2, 0),)),
)

_PAIRS: tuple[tuple[Shape, Shape], ...] = (
    ((2, 3), (3,)), ((3,), (2, 3)), ((3, 3), (3,)), ((2, 3), (2, 1)), ((1, 3), (2, 3)), ((3, 3), (3, 1)),
    ((2, 1), (1, 3)), ((), (2, 3)), ((2, 3), ()), ((2, 3, 4), (4,)), ((2, 3, 4), (3, 1)),
)  # fmt: skip
"""shapes that are broadcast: an axis before, an axis that is stretched, both, on either side, and numbers"""

FORMS: dict[str, tuple[Form, ...]] = {
    "matmul": _MATMUL,
    "sum": _reduced("sum"),
    "mean": _reduced("mean"),
    "max": _reduced("max"),
    "reshape": _RESHAPE,
    "transpose": _TRANSPOSE,
    "logsumexp": _rows("logsumexp"),
    "softmax": _rows("softmax"),
}
FUNCTIONS = ("sum", "mean", "max", "reshape", "logsumexp", "softmax", "transpose")
"""that are called by a name, which the interface says; of `transpose`, with an order of the axes, it may say none"""
WORDS_OF_TENSORS = (*OPERATIONS, *FORMS, BROADCAST)


def forms(word: str, ops: Sequence[str], functions: Sequence[str]) -> TensorPrograms | None:
    """The forms of an operation, None where it is one of every entry by itself."""
    chosen = _broadcast(ops) if word == BROADCAST else FORMS.get(word, ())
    if word == "transpose" and "transpose" in functions:
        chosen = (*chosen, *_REORDER)
    return TensorPrograms(tuple((form.text, form.program()) for form in chosen)) if chosen else None


def _broadcast(ops: Sequence[str]) -> tuple[Form, ...]:
    signs = cycle(name for name in _SIGNS if name in ops)
    pairs = zip(_PAIRS, signs, strict=False)
    return tuple(_one(name, f"A {_SIGNS[name]} B of shapes {a} and {b}", a, b) for (a, b), name in pairs)
