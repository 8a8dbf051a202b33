"""The value of an expression on numbers of any kind: Python's own, and a student's in a program that is being written.

What is made of plain numbers alone is computed here; a student's objects meet one operation after the other, with
plain numbers on whichever side they are written.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.sandbox.probes import Handle, Writer
from reference.functions import FUNCTIONS
from reference.language import CONSTANTS, Call, Expression, Index, Name, Node, Number, Stack


@dataclass(frozen=True, eq=False)
class Term:
    """One of the student's numbers in a program: operators on it write instructions."""

    writer: Writer
    handle: Handle

    def _written(self, operation: str, *operands: Any) -> Term:
        held = [item.handle if isinstance(item, Term) else item for item in operands]
        return Term(self.writer, self.writer.operate(operation, *held))

    def __add__(self, other: Any) -> Term:
        return self._written("add", self, other)

    def __radd__(self, other: Any) -> Term:
        return self._written("add", other, self)

    def __sub__(self, other: Any) -> Term:
        return self._written("sub", self, other)

    def __rsub__(self, other: Any) -> Term:
        return self._written("sub", other, self)

    def __mul__(self, other: Any) -> Term:
        return self._written("mul", self, other)

    def __rmul__(self, other: Any) -> Term:
        return self._written("mul", other, self)

    def __truediv__(self, other: Any) -> Term:
        return self._written("truediv", self, other)

    def __rtruediv__(self, other: Any) -> Term:
        return self._written("truediv", other, self)

    def __pow__(self, other: Any) -> Term:
        return self._written("pow", self, other)

    def __rpow__(self, other: Any) -> Term:
        return self._written("pow", other, self)

    def __neg__(self) -> Term:
        return self._written("neg", self)

    def applied(self, function: str) -> Term:
        """What a function of the student's module makes of it, or a method where the name starts with a dot."""
        if function.startswith("."):
            return Term(self.writer, self.writer.method(self.handle, function[1:]))
        return Term(self.writer, self.writer.call(self.writer.name(function), self.handle))


def evaluate(
    f: Expression, lets: Iterable[tuple[str, Expression]], values: Mapping[str, Any], functions: Mapping[str, str]
) -> Any:
    """f at `values`, which are numbers and arrays of objects; `functions` says what the student calls each function."""
    known = dict(values)
    for name, expression in lets:
        known[name] = _value(expression.root, known, functions)
    return _value(f.root, known, functions)


def _value(node: Node, values: Mapping[str, Any], functions: Mapping[str, str]) -> Any:
    match node:
        case Number(value):
            return int(value) if value.is_integer() else value
        case Name(name):
            return values[name] if name in values else CONSTANTS[name]
        case Index(base, items):
            return _value(base, values, functions)[items]
        case Stack(items):
            return np.array([_value(item, values, functions) for item in items], dtype=object)
        case Call(function, arguments):
            rule = _RULES.get(function) or np.frompyfunc(functools.partial(_applied, function, functions), 1, 1)
            return rule(*(_value(argument, values, functions) for argument in arguments))


def _applied(function: str, functions: Mapping[str, str], number: Any) -> Any:
    if not isinstance(number, int | float | complex):
        return number.applied(functions[function])
    # Arrays overflow to infinity where Python's own numbers raise.
    return FUNCTIONS[function].value(np, np.asarray(number)[()]).item()


def _sum(numbers: Any) -> Any:
    return functools.reduce(operator.add, np.asarray(numbers, dtype=object).ravel())


def _product(numbers: Any) -> Any:
    return functools.reduce(operator.mul, np.asarray(numbers, dtype=object).ravel())


def _dot(left: Any, right: Any) -> Any:
    return _sum(_MUL(left, right))


def _matmul(left: Any, right: Any) -> Any:
    if left.ndim == 2:
        rows = [_matmul(row, right) for row in left]
        return np.array(rows, dtype=object).reshape(len(left), *right.shape[1:])
    if right.ndim == 2:
        return np.array([_dot(left, column) for column in right.T], dtype=object)
    return _dot(left, right)


def _transpose(matrix: Any) -> Any:
    return matrix.T if isinstance(matrix, np.ndarray) else matrix


_MUL = np.frompyfunc(operator.mul, 2, 1)
_RULES: dict[str, Callable[..., Any]] = {
    "add": np.frompyfunc(operator.add, 2, 1),
    "sub": np.frompyfunc(operator.sub, 2, 1),
    "mul": _MUL,
    "truediv": np.frompyfunc(operator.truediv, 2, 1),
    "pow": np.frompyfunc(operator.pow, 2, 1),
    "neg": np.frompyfunc(operator.neg, 1, 1),
    "matmul": _matmul,
    "transpose": _transpose,
    "sum": _sum,
    "prod": _product,
    "mean": lambda numbers: _sum(numbers) / np.size(numbers),
    "dot": _dot,
    "outer": np.frompyfunc(operator.mul, 2, 1).outer,
    "tr": lambda matrix: _sum(np.diagonal(matrix)),
}
