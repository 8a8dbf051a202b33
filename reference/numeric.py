"""The value of an expression on any array library that speaks like numpy: numpy itself, or torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reference.functions import FUNCTIONS
from reference.language import CONSTANTS, Call, Expression, Index, Name, Node, Number, Vector


def evaluate(expression: Expression, values: Mapping[str, Any], library: Any) -> Any:
    """The value with names bound to arrays (or floats) of `library`, numpy or torch."""
    return _value(expression.root, values, library)


def _value(node: Node, values: Mapping[str, Any], library: Any) -> Any:
    match node:
        case Number():
            return node.value
        case Name():
            return values[node.name] if node.name in values else CONSTANTS[node.name]
        case Call():
            arguments = [_value(argument, values, library) for argument in node.arguments]
            row = FUNCTIONS[node.function]
            # Beside an array a literal is taken as it is. Functions want arrays, and so do literals among themselves:
            # Python's own numbers would raise (1 / 0) or turn complex ((-8) ** 0.5) where arrays give inf and nan.
            if not row.operator or all(isinstance(argument, float) for argument in arguments):
                arguments = [_array(argument, library) for argument in arguments]
            return row.value(library, *arguments)
        case Index():
            return _value(node.base, values, library)[node.items]
        case Vector():
            return library.stack([_array(_value(item, values, library), library) for item in node.items])


def _array(value: Any, library: Any) -> Any:
    return library.asarray(value, dtype=library.float64) if isinstance(value, float) else value
