"""The value of an expression on any array library that speaks like numpy: numpy itself, torch, or `truth.Exact`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reference.functions import FUNCTIONS, Function
from reference.language import CONSTANTS, Call, Expression, Index, Name, Node, Number, Stack


def evaluate(expression: Expression, values: Mapping[str, Any], library: Any) -> Any:
    """The value with names bound to arrays (or Python numbers) of `library`; names of sizes to whole numbers."""
    return _value(expression.root, values, library)


def _value(node: Node, values: Mapping[str, Any], library: Any) -> Any:
    match node:
        case Number():
            return node.value
        case Name():
            return values[node.name] if node.name in values else CONSTANTS[node.name]
        case Call("matmul", (left, right)):
            return _product(_factor(left, values, library), _factor(right, values, library), library)
        case Call():
            return apply(FUNCTIONS[node.function], [_value(a, values, library) for a in node.arguments], library)
        case Index():
            return _value(node.base, values, library)[node.items]
        case Stack():
            return stack([_value(item, values, library) for item in node.items], library)


def _factor(node: Node, values: Mapping[str, Any], library: Any) -> tuple[Any, bool]:
    """The value of a factor of a matrix product; of `diag(w)` with a vector w, w itself and True."""
    if not (isinstance(node, Call) and node.function == "diag"):
        return _value(node, values, library), False
    inside = _value(node.arguments[0], values, library)
    return (inside, True) if inside.ndim == 1 else (apply(FUNCTIONS["diag"], [inside], library), False)


def _product(left: tuple[Any, bool], right: tuple[Any, bool], library: Any) -> Any:
    """Diagonal factors scale rows and columns: a matrix of n^2 numbers, nearly all of them zero, is not made."""
    (a, scales_rows), (b, scales_columns) = left, right
    if scales_rows and scales_columns:
        return apply(FUNCTIONS["diag"], [a * b], library)
    if scales_columns:
        return a * b
    if scales_rows:
        return a[:, None] * b if b.ndim == 2 else a * b
    return apply(FUNCTIONS["matmul"], [a, b], library)


def apply(row: Function, arguments: list[Any], library: Any) -> Any:
    """The value of one call.

    Beside an array a literal is taken as it is. Functions want arrays, and so do literals among themselves: Python's
    own numbers would raise (1 / 0) or turn complex ((-8) ** 0.5) where arrays give inf and nan.
    """
    if row.makes_shape:
        return row.value(library, *map(int, arguments))
    if not row.operator or all(isinstance(argument, float | int) for argument in arguments):
        arguments = [as_array(argument, library) for argument in arguments]
    return row.value(library, *arguments)


def stack(items: list[Any], library: Any) -> Any:
    """Scalars as a vector, vectors as the rows of a matrix."""
    return library.stack([as_array(item, library) for item in items])


def as_array(value: Any, library: Any) -> Any:
    """A bare number (Python's own, or an element of an array of objects) as an array; arrays as they are."""
    return value if hasattr(value, "ndim") else library.asarray(value, dtype=library.float64)
