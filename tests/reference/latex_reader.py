"""What a formula means to a mathematician: LaTeX, as `reference.latex` writes it, evaluated on numpy arrays.

It shares nothing with the function table. Vectors are matrices of one column, or of one row once transposed, and only
what has the same shape is added or multiplied entry by entry: a transpose that is missing is an error, as on paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

Value: TypeAlias = Any
"""A number, or an array of two axes"""

ENTRY_BY_ENTRY: dict[str, Callable[..., Value]] = {
    r"\sin": np.sin, r"\cos": np.cos, r"\tan": np.tan, r"\exp": np.exp, r"\ln": np.log, r"\tanh": np.tanh,
    r"\operatorname{sigmoid}": lambda a: 1 / (1 + np.exp(-a)), r"\operatorname{relu}": lambda a: (a + np.abs(a)) / 2,
    r"\operatorname{abs}": np.abs,
}  # fmt: skip
OF_ARRAYS: dict[str, Callable[..., Value]] = {
    r"\max": lambda a, b: np.maximum(*together(a, b)),
    r"\min": lambda a, b: np.minimum(*together(a, b)),
    r"\det": lambda a: np.linalg.det(a),
    r"\operatorname{sum}": lambda a: np.sum(a),
    r"\operatorname{mean}": lambda a: np.sum(a) / np.size(a),
    r"\operatorname{prod}": lambda a: np.prod(a),
    r"\operatorname{tr}": lambda a: np.sum(np.eye(len(a)) * a),
    r"\operatorname{diag}": lambda a: np.eye(np.size(a)) * np.ravel(a) if is_vector(a) else np.diag(a)[:, None],
    r"\operatorname{logsumexp}": lambda a: np.log(np.sum(np.exp(a), axis=axis_of(a), keepdims=not is_vector(a))),
    r"\operatorname{softmax}": lambda a: np.exp(a) / np.sum(np.exp(a), axis=axis_of(a), keepdims=True),
}
FUNCTIONS = {**ENTRY_BY_ENTRY, **OF_ARRAYS}
NUMBER = re.compile(r"\d+(\.\d+)?")
COMMAND = re.compile(r"\\(operatorname\{\w+\}|[A-Za-z]+)")
END = re.compile(r"$|[-+)\]},|&:]|\\right|\\\\|\\end|\\odot|\\oslash")
SIZE = re.compile(r"(?P<symbol>[^-+\d]\S*?)?(?P<offset>[-+]?\d+)?")


def is_vector(a: Value) -> bool:
    """A row or a column."""
    return np.ndim(a) == 2 and 1 in a.shape


def axis_of(a: Value) -> int | None:
    """Along which a function of every row works; a vector is one row, whichever way it lies."""
    return None if is_vector(a) else 1


def together(a: Value, b: Value) -> tuple[Value, Value]:
    """Two values that may be added."""
    assert not np.ndim(a) or not np.ndim(b) or a.shape == b.shape, f"{a.shape} meets {b.shape}"
    return a, b


def multiplied(a: Value, b: Value) -> Value:
    """Side by side: the product of matrices, or by a number; a row times a column is a number."""
    if not np.ndim(a) or not np.ndim(b):
        return a * b
    product = a @ b
    return product[0, 0] if product.shape == (1, 1) else product


def upright(values: Mapping[str, Any]) -> dict[str, Value]:
    """Values by their symbols, vectors as columns."""
    return {symbol: np.asarray(v)[:, None] if np.ndim(v) == 1 else v for symbol, v in values.items()}


def read(text: str, values: Mapping[str, Any]) -> Value:
    """The value of a formula, given those of its symbols; vectors have one axis, here and in the result."""
    reader = Reader(text, upright(values))
    value = reader.sum()
    assert reader.rest() == "", reader.rest()
    return np.ravel(value) if is_vector(value) else value


class Reader:
    """One method for each level of a formula: sums of products of chains of factors with exponents and subscripts."""

    def __init__(self, text: str, values: Mapping[str, Value]) -> None:
        self._text = text
        self._at = 0
        self._values = {r"\pi": np.pi, **values}

    def rest(self) -> str:
        """What was not read yet."""
        self._at += len(self._text[self._at :]) - len(self._text[self._at :].lstrip())
        return self._text[self._at :]

    def _took(self, *tokens: str) -> str:
        """The token that comes next, if it is one of these."""
        for token in tokens:
            after = self.rest()[len(token) : len(token) + 1]
            if self.rest().startswith(token) and not (token[-1].isalpha() and token[0] == "\\" and after.isalpha()):
                self._at += len(token)
                return token
        return ""

    def _expect(self, token: str) -> None:
        assert self._took(token), f"{token} expected at {self.rest()}"

    def sum(self) -> Value:
        """a + b - c; a minus before the first holds for that term."""
        total = -self._product() if self._took("-") else self._product()
        while sign := self._took("+", "-"):
            left, right = together(total, self._product())
            total = left + right if sign == "+" else left - right
        return total

    def _product(self) -> Value:
        total = self._chain()
        while sign := self._took(r"\odot", r"\oslash"):
            left, right = together(total, self._chain())
            total = left * right if sign == r"\odot" else left / right
        return total

    def _chain(self) -> Value:
        total = self._power()
        while self._took(r"\cdot", r"\,") or not END.match(self.rest()):
            total = multiplied(total, self._power())
        return total

    def _power(self) -> Value:
        value = self._atom()
        if self._took("_{"):
            value = self._entries(value)
        if not self._took("^{"):
            return value
        value = self._raised(value)
        assert not self.rest().startswith("^"), "a second exponent"
        return value

    def _raised(self, base: Value) -> Value:
        if self._took(r"\top}"):
            assert np.ndim(base) == 2
            return base.T
        each = self._took(r"\circ")
        exponent = self.sum()
        self._expect("}")
        if np.ndim(base) and not each:
            assert exponent == -1
            return np.linalg.inv(base)
        return np.power(np.asarray(base, dtype=float), exponent)

    def _atom(self) -> Value:
        if number := NUMBER.match(self.rest()):
            self._at += number.end()
            return float(number[0])
        if symbol := self._took(*sorted(self._values, key=len, reverse=True)):
            return self._values[symbol]
        if bracket := self._took(r"\left(", r"\left[", r"\left|", r"\left\|", r"\left\langle"):
            return self._bracketed(bracket.removeprefix(r"\left"))
        command = COMMAND.match(self.rest())
        assert command, self.rest()
        self._at += command.end()
        return self._command(command[0])

    def _bracketed(self, bracket: str) -> Value:
        values = [self.sum()]
        while self._took(","):
            values.append(self.sum())
        self._expect(r"\right" + {"(": ")", "[": "]", r"\langle": r"\rangle"}.get(bracket, bracket))
        if bracket == r"\|":
            assert bool(self._took("_{F}")) == (np.ndim(values[0]) == 2 and not is_vector(values[0]))
            return np.sqrt(np.sum(np.square(values[0])))
        if bracket == r"\langle":
            return np.sum(np.multiply(*together(values[0], values[1])))
        if bracket == "|":
            assert not np.ndim(values[0]) or is_vector(values[0]), "a determinant"
            return np.abs(values[0])
        return values[0]

    def _command(self, command: str) -> Value:
        match command:
            case r"\frac":
                above, below = together(self._group(), self._group())
                return above / below
            case r"\sqrt":
                return np.sqrt(self._group())
            case r"\begin":
                return self._matrix()
            case r"\mathbf":
                return self._made()
        bracket = self._took(r"\left(", r"\left|")
        arguments = [self.sum()]
        while self._took(","):
            arguments.append(self.sum())
        self._expect({r"\left(": r"\right)", r"\left|": r"\right|"}[bracket])
        return FUNCTIONS[command](*(np.abs(a) if bracket == r"\left|" else a for a in arguments))

    def _group(self) -> Value:
        self._expect("{")
        value = self.sum()
        self._expect("}")
        return value

    def _matrix(self) -> Value:
        self._expect("{bmatrix}")
        rows = [self.sum()]
        while self._took(r"\\"):
            rows.append(self.sum())
        self._expect(r"\end{bmatrix}")
        assert all(np.ndim(row) == 0 or row.shape[0] == 1 for row in rows), "a column among the rows of a matrix"
        return np.vstack(rows)

    def _made(self) -> Value:
        kind = self._took("{I}_{", "{0}_{", "{1}_{")
        sizes = [self._size(size) for size in self._until("}").split(r"\times")]
        shape = sizes if len(sizes) == 2 else [sizes[0], 1]
        return np.eye(sizes[0]) if kind == "{I}_{" else np.full(shape, float(kind[1]))

    def _until(self, end: str) -> str:
        text, found, _ = self.rest().partition(end)
        assert found
        self._at += len(text) + len(end)
        return text

    def _size(self, text: str) -> int:
        found = SIZE.fullmatch(text.strip())
        assert found, text
        return int(self._values[found["symbol"]] if found["symbol"] else 0) + int(found["offset"] or 0)

    def _entries(self, base: Value) -> Value:
        text = self._until("}")
        places = [self._place(place) for place in text.split(",")]
        if is_vector(base):
            places.insert(0 if base.shape[0] == 1 else 1, slice(None))
        picked = base[tuple(places)]
        return picked if ":" in text else picked[0, 0]

    def _place(self, text: str) -> slice:
        """From one, with the last entry; a single place is a slice of length one here."""
        start, colon, stop = text.partition(":")
        if not colon:
            return slice(self._size(start) - 1, self._size(start))
        return slice(self._size(start) - 1 if start else None, self._size(stop) if stop else None)
