"""The expression language: text to a small typed tree, with a position for every fault.

The syntax is Python's, parsed by `ast` and reduced to five kinds of node; nothing is ever executed. Operators and
functions are both calls of a row in `functions.FUNCTIONS`, so every interpreter sees one kind of operation.
"""

from __future__ import annotations

import ast
import difflib
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from reference.functions import FUNCTIONS

MAX_CHARACTERS = 4000
MAX_NODES = 400
MAX_DEPTH = 60
MAX_EXPONENT = 100
CONSTANTS = {"pi": 3.141592653589793}


class LanguageError(Exception):
    """A fault in an expression or declaration, at a character of its text (from 0)."""

    def __init__(self, text: str, offset: int = 0) -> None:
        super().__init__(text)
        self.text = text
        self.offset = offset


@dataclass(frozen=True)
class Span:
    """The characters of an expression's text that a node was read from."""

    start: int
    end: int


@dataclass(frozen=True)
class Number:
    """A literal."""

    value: float
    span: Span


@dataclass(frozen=True)
class Name:
    """A declared name or a constant such as pi."""

    name: str
    span: Span


@dataclass(frozen=True)
class Call:
    """An operator or function of the table applied to nodes."""

    function: str
    arguments: tuple[Node, ...]
    span: Span


@dataclass(frozen=True)
class Index:
    """base[items]; an item is a position or a slice with constant ends."""

    base: Node
    items: tuple[int | slice, ...]
    span: Span


@dataclass(frozen=True)
class Stack:
    """A list: of scalars a vector; in `stack([x, y])`, of vectors the rows of a matrix."""

    items: tuple[Node, ...]
    span: Span
    of_rows: bool = False


Node: TypeAlias = Number | Name | Call | Index | Stack


@dataclass(frozen=True)
class Expression:
    """A parsed expression and the text it came from."""

    text: str
    root: Node

    def source(self, node: Node) -> str:
        """The text of a node, on one line."""
        return " ".join(self.text[node.span.start : node.span.end].split())


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` for the nearest known word, or the list of those there are."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else f"; known here: {', '.join(words)}"


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case Call():
            return node.arguments
        case Stack():
            return node.items
        case Index():
            return (node.base,)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def names(expression: Expression) -> dict[str, Name]:
    """The names an expression uses, each with the node where it first occurs."""
    found: dict[str, Name] = {}
    for node in walk(expression.root):
        if isinstance(node, Name) and node.name not in CONSTANTS:
            found.setdefault(node.name, node)
    return found


def parse(text: str) -> Expression:
    """The expression written in `text`. Raises LanguageError at the first fault."""
    _refuse_oddities(text)
    # On one line, a line break needs no parentheses; the numbers of the characters stay the same.
    line = text.replace("\n", " ")
    indent = len(line) - len(line.lstrip())
    try:
        expression = Expression(text, _Reader(line, indent).read(_python_tree(line, indent).body))
    except (RecursionError, MemoryError):
        raise LanguageError(_TOO_DEEP) from None
    if sum(1 for _ in walk(expression.root)) > MAX_NODES:
        raise LanguageError(_TOO_MANY)
    return expression


_TOO_DEEP = f"the expression is nested more than {MAX_DEPTH} deep; name parts of it in `let`"
_TOO_MANY = f"the expression has more than {MAX_NODES} parts; name parts of it in `let`"


def _python_tree(line: str, indent: int) -> ast.Expression:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(line.strip(), mode="eval")
    except SyntaxError as error:
        # Python says 0 where the text ends too early.
        offset = indent + (error.offset or len(line.strip())) - 1
        raise LanguageError(f"this is not an expression: {error.msg}", offset) from None
    if sum(1 for _ in ast.walk(tree)) > 3 * MAX_NODES:
        raise LanguageError(_TOO_MANY)
    return tree


def _refuse_oddities(text: str) -> None:
    if not text.strip():
        raise LanguageError("an expression is expected here, this is empty")
    if len(text) > MAX_CHARACTERS:
        raise LanguageError(f"the expression has {len(text)} characters, at most {MAX_CHARACTERS} are allowed")
    for offset, character in enumerate(text):
        if character == "#":
            raise LanguageError("a `#` has no meaning in an expression; write comments beside it in the YAML", offset)
        if not (character.isascii() and (character.isprintable() or character in "\t\n")):
            raise LanguageError(f"unexpected character {character!r}; expressions are written in ASCII", offset)


_STACK = "stack"
"""Reads a list; the only function that is not a row, because it takes any number of arguments."""

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
}


class _Fault(Exception):
    """A fault at a node of Python's tree, before its place in the author's text is known."""

    def __init__(self, text: str, tree: ast.expr) -> None:
        super().__init__(text)
        self.text = text
        self.offset = tree.col_offset


class _Reader:
    """From Python's syntax tree to ours; one method for each kind of Python node that has a meaning here."""

    def __init__(self, line: str, indent: int) -> None:
        self._line = line
        self._indent = indent

    def read(self, tree: ast.expr) -> Node:
        """The node for a Python node. Raises LanguageError."""
        try:
            return self._read(tree, 0)
        except _Fault as fault:
            raise LanguageError(fault.text, self._indent + fault.offset) from None

    def _source(self, tree: ast.expr) -> str:
        span = self._span(tree)
        return self._line[span.start : min(span.end, span.start + 40)]

    def _span(self, tree: ast.expr) -> Span:
        return Span(self._indent + tree.col_offset, self._indent + (tree.end_col_offset or tree.col_offset))

    def _read(self, tree: ast.expr, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise _Fault(_TOO_DEEP, tree)
        match tree:
            case ast.Constant():
                return self._number(tree)
            case ast.Name():
                return Name(tree.id, self._span(tree))
            case ast.BinOp():
                return self._binary(tree, depth)
            case ast.UnaryOp():
                return self._unary(tree, depth)
            case ast.Attribute():
                return self._transpose(tree, depth)
            case ast.Call():
                return self._call(tree, depth)
            case ast.Subscript():
                return self._index(tree, depth)
            case ast.List():
                return self._list(tree, depth)
        what = type(tree).__name__.lower()
        raise _Fault(
            f"{what} is not part of the language; it has + - * / ** @, .T, subscripts, lists and functions", tree
        )

    def _number(self, tree: ast.Constant) -> Number:
        value = tree.value
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
            raise _Fault(f"`{self._source(tree)}` is not a number that can stand here", tree)
        return Number(float(value), self._span(tree))

    def _binary(self, tree: ast.BinOp, depth: int) -> Node:
        function = _BINARY.get(type(tree.op))
        if function is None:
            raise _Fault("this operator is not part of the language; known here: + - * / @, and ** for a power", tree)
        left, right = self._read(tree.left, depth + 1), self._read(tree.right, depth + 1)
        if function == "pow":
            _require_plain_exponent(right, tree.right)
        return Call(function, (left, right), self._span(tree))

    def _unary(self, tree: ast.UnaryOp, depth: int) -> Node:
        inner = self._read(tree.operand, depth + 1)
        if not isinstance(tree.op, ast.USub):
            raise _Fault("of the signs only `-` is part of the language", tree)
        return (
            Number(-inner.value, self._span(tree))
            if isinstance(inner, Number)
            else Call("neg", (inner,), self._span(tree))
        )

    def _transpose(self, tree: ast.Attribute, depth: int) -> Node:
        if tree.attr != "T":
            raise _Fault(f"`.{tree.attr}` is not part of the language; the only attribute is `.T`", tree)
        return Call("transpose", (self._read(tree.value, depth + 1),), self._span(tree))

    def _call(self, tree: ast.Call, depth: int) -> Node:
        callable_names = [_STACK, *(row.name for row in FUNCTIONS.values() if not row.operator)]
        if not isinstance(tree.func, ast.Name) or tree.func.id not in callable_names:
            called = self._source(tree.func)
            raise _Fault(f"unknown function `{called}`" + nearest(called, callable_names), tree)
        if tree.keywords:
            raise _Fault(f"`{tree.func.id}` takes its arguments by position, without names", tree)
        if tree.func.id == _STACK:
            return self._stack(tree, depth)
        row = FUNCTIONS[tree.func.id]
        if len(tree.args) not in row.arities:
            takes = " or ".join(map(str, row.arities))
            raise _Fault(f"`{row.name}` takes {takes} argument{'s' * (takes != '1')}, {len(tree.args)} given", tree)
        return Call(row.name, tuple(self._read(argument, depth + 1) for argument in tree.args), self._span(tree))

    def _list(self, tree: ast.List, depth: int) -> Node:
        if not tree.elts:
            raise _Fault("a list has at least one entry", tree)
        return Stack(tuple(self._read(item, depth + 1) for item in tree.elts), self._span(tree))

    def _stack(self, tree: ast.Call, depth: int) -> Node:
        if len(tree.args) != 1 or not isinstance(tree.args[0], ast.List) or not tree.args[0].elts:
            raise _Fault("`stack` takes a list of vectors, the rows of a matrix: `stack([x, y])`", tree)
        items = tuple(self._read(item, depth + 1) for item in tree.args[0].elts)
        return Stack(items, self._span(tree), of_rows=True)

    def _index(self, tree: ast.Subscript, depth: int) -> Node:
        items = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
        return Index(self._read(tree.value, depth + 1), tuple(_index_item(item) for item in items), self._span(tree))


def _require_plain_exponent(exponent: Node, tree: ast.expr) -> None:
    if isinstance(exponent, Number) and abs(exponent.value) > MAX_EXPONENT:
        raise _Fault(f"the exponent {exponent.value:g} is beyond {MAX_EXPONENT}", tree)
    if not isinstance(exponent, Number | Name):
        raise _Fault("an exponent is a number or a declared scalar, not an expression", tree)


_ANY_LARGE = 10**9
"""Out of range for every size there is; a number of thousands of digits cannot even be shown."""


def _position(tree: ast.expr | None) -> int | None:
    match tree:
        case None:
            return None
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return min(value, _ANY_LARGE)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -min(value, _ANY_LARGE)
    raise _Fault("a subscript is made of whole numbers", tree)


def _index_item(tree: ast.expr) -> int | slice:
    if isinstance(tree, ast.Slice):
        if tree.step is not None:
            raise _Fault("a slice has a start and an end, no step", tree.step)
        return slice(_position(tree.lower), _position(tree.upper))
    position = _position(tree)
    assert position is not None
    return position
