"""Shapes with symbolic sizes, inferred before any number is drawn.

A size is a number or a declared symbol plus a number (`n-1` after `x[1:]`). Different symbols are independent: they
are drawn unequal, so `A @ x` with A (m, k) and x (m,) is an error and not a matter of luck.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from reference.functions import FUNCTIONS
from reference.language import (
    CONSTANTS,
    Call,
    Expression,
    Index,
    LanguageError,
    Name,
    Node,
    Number,
    Span,
    Stack,
    nearest,
    walk,
)


@dataclass(frozen=True)
class Size:
    """`symbol + offset`; without a symbol a plain number."""

    symbol: str | None
    offset: int

    def __str__(self) -> str:
        if self.symbol is None:
            return str(self.offset)
        return self.symbol + (f"{self.offset:+d}" if self.offset else "")

    def at(self, sizes: Mapping[str, int]) -> int:
        """The number, once sizes are drawn."""
        return self.offset + (sizes[self.symbol] if self.symbol else 0)


Shape: TypeAlias = tuple[Size, ...]
MAX_SIZE = 400
Ranges: TypeAlias = Mapping[str, tuple[int, int]]


def show(shape: Shape) -> str:
    """`(m, k)`, `(n,)`, `a scalar`."""
    if not shape:
        return "a scalar"
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


ONE = Size(None, 1)


def broadcast(one: Shape, other: Shape) -> Shape | None:
    """The shape of two arrays together, whose missing axes and those of size one are as long as those of the other."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    filled = (ONE,) * (len(longer) - len(shorter)) + shorter
    if not all(a == b or ONE in (a, b) for a, b in zip(longer, filled, strict=True)):
        return None
    return tuple(b if a == ONE else a for a, b in zip(longer, filled, strict=True))


def _match_one(pattern: str, shape: Shape, bound: dict[str, Shape]) -> bool:
    """Whether a shape fits one argument's pattern, given what the letters stand for so far; binds new letters."""
    if pattern == "...":
        return bound.setdefault(pattern, shape) == shape
    if pattern == "+":
        known = bound.get(pattern, ())
        bound[pattern] = known or shape
        return not known or not shape or known == shape
    letters = pattern.split()
    if len(letters) != len(shape):
        return False
    return all(bound.setdefault(letter, (size,)) == (size,) for letter, size in zip(letters, shape, strict=True))


def apply(signature: str, shapes: list[Shape]) -> Shape | None:
    """The shape that `signature` gives for these arguments, None where they do not fit."""
    inputs, _, output = signature.partition("->")
    patterns = [pattern.strip() for pattern in inputs.split(",")]
    bound: dict[str, Shape] = {}
    if len(patterns) != len(shapes):
        return None
    if not all(_match_one(pattern, shape, bound) for pattern, shape in zip(patterns, shapes, strict=True)):
        return None
    return tuple(size for letter in output.split() for size in bound[letter])


class Inference:
    """The shape of an expression, given the shapes of names and the ranges of the symbols."""

    def __init__(
        self, expression: Expression, names: Mapping[str, Shape], ranges: Ranges, *, broadcasting: bool = False
    ) -> None:
        self._expression = expression
        self._names = names
        self._ranges = ranges
        self._broadcasting = broadcasting
        """whether operators of every entry take shapes that are as long as one another where neither is one"""

    def shape(self) -> Shape:
        """Raises LanguageError where shapes do not fit or a name is not declared."""
        return self._of(self._expression.root)

    def shapes(self) -> dict[Span, Shape]:
        """The shape of every part, by its place in the text. Raises LanguageError where `shape` does."""
        return {node.span: self._of(node) for node in walk(self._expression.root)}

    def _of(self, node: Node) -> Shape:
        match node:
            case Number():
                return ()
            case Name():
                return self._name(node)
            case Call():
                return self._call(node)
            case Index():
                return self._index(node)
            case Stack():
                return self._stack(node)

    def _fault(self, text: str, node: Node) -> LanguageError:
        return LanguageError(text, node.span.start)

    def _name(self, node: Name) -> Shape:
        if node.name in CONSTANTS or (node.name in self._ranges and node.name not in self._names):
            return ()
        if node.name not in self._names:
            raise self._fault(f"unknown name `{node.name}`" + nearest(node.name, {*self._names, *self._ranges}), node)
        return self._names[node.name]

    def _call(self, node: Call) -> Shape:
        if FUNCTIONS[node.function].makes_shape:
            return self._made(node)
        shapes = [self._of(argument) for argument in node.arguments]
        together = self._together(node, shapes) if self._broadcasting else None
        if together is not None:
            return together
        for signature in FUNCTIONS[node.function].shapes:
            shape = apply(signature, shapes)
            if shape is not None:
                return shape
        raise self._fault(self._explain(node, shapes), node)

    def _together(self, node: Call, shapes: list[Shape]) -> Shape | None:
        """By broadcasting, None where that is not how the function goes."""
        if FUNCTIONS[node.function].shapes == ("+, + -> +",):
            return broadcast(*shapes)
        if node.function == "matmul" and all(len(shape) >= 2 for shape in shapes):
            (*before, rows, inner), (*behind, other, columns) = shapes
            stacks = broadcast(tuple(before), tuple(behind))
            return (*stacks, rows, columns) if stacks is not None and inner == other else None
        if node.function in ("softmax", "logsumexp") and shapes[0]:
            return shapes[0] if node.function == "softmax" else shapes[0][:-1]
        return None

    def _explain(self, node: Call, shapes: list[Shape]) -> str:
        row = FUNCTIONS[node.function]
        text = f"shapes do not fit: in `{self._expression.source(node)}` "
        parts = [f"`{self._expression.source(a)}` is {show(s)}" for a, s in zip(node.arguments, shapes, strict=True)]
        text += " and ".join(parts)
        if row.name == "matmul" and all(0 < len(shape) <= 2 for shape in shapes):
            return text + f"; inner sizes {shapes[0][-1]} and {shapes[1][0]} differ"
        wanted = " or ".join(_show_inputs(signature) for signature in row.shapes)
        return text if row.operator else text + f"; `{row.name}` takes {wanted}"

    def _made(self, node: Call) -> Shape:
        """The shape that `eye(n)` or `zeros(m, 3)` is asked to make."""
        sizes = [self._size(argument, node) for argument in node.arguments]
        for signature in FUNCTIONS[node.function].shapes:
            letters = [letter.strip() for letter in signature.partition("->")[0].split(",")]
            if len(letters) == len(sizes):
                bound = dict(zip(letters, sizes, strict=True))
                return tuple(bound[letter] for letter in signature.partition("->")[2].split())
        raise AssertionError("the number of arguments was checked when the text was read")

    def _size(self, argument: Node, call: Call) -> Size:
        match argument:
            case Number(value) if value.is_integer() and 1 <= value <= MAX_SIZE:
                return Size(None, int(value))
            case Name(name) if name in self._ranges and name not in self._names:
                return Size(name, 0)
        written = self._expression.source(argument)
        raise self._fault(
            f"`{call.function}` takes sizes: a whole number from 1 to {MAX_SIZE} or a name of `dims`, not `{written}`",
            argument,
        )

    def _stack(self, node: Stack) -> Shape:
        shapes = [self._of(item) for item in node.items]
        for item, shape in zip(node.items, shapes, strict=True):
            if node.of_rows and (len(shape) != 1 or shape != shapes[0]):
                raise self._fault(
                    f"`stack` takes vectors of one length: the first is {show(shapes[0])}, this is {show(shape)}", item
                )
            if not node.of_rows and shape:
                text = f"a list is made of scalars, this entry is {show(shape)}"
                raise self._fault(text + "; rows of a matrix are written `stack([...])`" * (len(shape) == 1), item)
        return (Size(None, len(node.items)), *shapes[0])

    def _index(self, node: Index) -> Shape:
        base = self._of(node.base)
        if len(node.items) > len(base):
            raise self._fault(
                f"{len(node.items)} subscripts for `{self._expression.source(node.base)}`, which is {show(base)}", node
            )
        kept = [self._axis(item, size, node) for item, size in zip(node.items, base, strict=False)]
        return (*(size for size in kept if size is not None), *base[len(node.items) :])

    def _smallest(self, size: Size) -> int:
        return size.offset + (self._ranges[size.symbol][0] if size.symbol else 0)

    def _axis(self, item: int | slice, size: Size, node: Index) -> Size | None:
        smallest = self._smallest(size)
        if isinstance(item, int):
            if not -smallest <= item < smallest:
                where = f" where {size} is {smallest}" if size.symbol else f": the entries are 0 to {smallest - 1}"
                raise self._fault(f"subscript {item} is out of range{where}", node)
            return None
        start, end = position(item.start, size, Size(None, 0)), position(item.stop, size, size)
        length = Size(end.symbol if end.symbol != start.symbol else None, end.offset - start.offset)
        bounds = 0 <= self._smallest(start) < self._smallest(end) <= smallest
        if (start.symbol and not end.symbol) or not bounds:
            where = f"{size} is {smallest}" if size.symbol else f"there are {smallest} entries"
            raise self._fault(f"this slice is empty or runs over the end where {where}", node)
        return length


def _show_inputs(signature: str) -> str:
    patterns = signature.partition("->")[0].split(",")
    return ", ".join(f"({', '.join(pattern.split())})" for pattern in patterns)


def position(item: int | None, size: Size, default: Size) -> Size:
    """A subscript, or one end of a slice, as a size: counted from the start, or back from the end of an axis."""
    if item is None:
        return default
    return Size(None, item) if item >= 0 else Size(size.symbol, size.offset + item)


def named(lets: Iterable[tuple[str, Expression]], names: Mapping[str, Shape], ranges: Ranges) -> dict[str, Shape]:
    """The shapes of names and of the `lets` that use them. Raises LanguageError."""
    shapes = dict(names)
    for name, expression in lets:
        shapes[name] = Inference(expression, shapes, ranges).shape()
    return shapes
