"""Expressions as LaTeX, by the templates of the function table.

What comes out is mathematics, not a transcript: vectors are columns, transposed where a product needs a row
(`orientation`); a product of arrays entry by entry is a circled dot, that of matrices none; entries count from one, so
that `x[0]` is x_1 and `x[1:]` is x_{2:n}. Of the same text KaTeX and LaTeX make the same formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reference.functions import FUNCTIONS, Function, Written
from reference.functions.row import ATOM, POWER, SCALED
from reference.language import Call, Expression, Index, Name, Node, Number, Span, Stack
from reference.orientation import Orientation
from reference.shapes import Inference, Ranges, Shape, Size, named, position

_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|mu|nu|xi|pi|rho|sigma|tau|upsilon|phi|chi|psi|omega"
    "|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega"
)
_SHORT = {"lam": "lambda", "eps": "varepsilon"}
"""Greek letters by other names; `lambda` is a word of Python."""
_SYMBOL = re.compile(r"([A-Za-z]+)(\d*)((?:_[A-Za-z0-9]+)*)")
_FIELD = re.compile(r"\{(?P<argument>\d):(?P<strength>\d)(?P<joined>\.?)\}|\{\*\}")
_SIGNLESS = re.compile(r"[0-9]|\\frac")
"""What would be read as one number with a factor before it: 2 3, or 2 1/2."""


def latex(expression: Expression, names: Mapping[str, Shape], ranges: Ranges) -> str:
    """An expression, given the shapes of names and the ranges of sizes. Raises LanguageError where they do not fit."""
    return _Writer(Inference(expression, names, ranges).shapes(), names).whole(expression.root)


def definitions(lets: Iterable[tuple[str, Expression]], names: Mapping[str, Shape], ranges: Ranges) -> tuple[str, ...]:
    """`name = expression` for every name, each of which the next may use. Raises LanguageError as `latex` does."""
    lets = tuple(lets)
    shapes = named(lets, names, ranges)
    return tuple(f"{symbol(name)} = {latex(expression, shapes, ranges)}" for name, expression in lets)


def symbol(name: str) -> str:
    """A name: `lam` is a lambda, `x1` and `x_1` have a subscript, words of several letters are upright."""
    found = _SYMBOL.fullmatch(name)
    if found is None:
        return rf"\mathrm{{{name}}}".replace("_", r"\_")
    subscripts = [found[2], *found[3].split("_")]
    written = ",".join(_word(part) for part in subscripts if part)
    return _word(found[1]) + (f"_{{{written}}}" if written else "")


def number(value: float) -> str:
    """The shortest decimal number that is this float64; powers of ten where Python writes them."""
    digits, _, exponent = repr(abs(value)).partition("e")
    text = digits.removesuffix(".0")
    if exponent:
        power = f"10^{{{int(exponent)}}}"
        text = power if text == "1" else rf"{text} \cdot {power}"
    return "-" * (value < 0) + text


def _word(text: str) -> str:
    if text in _SHORT or _GREEK.fullmatch(text):
        return "\\" + _SHORT.get(text, text)
    return text if len(text) == 1 or text.isdecimal() else rf"\mathrm{{{text}}}"


@dataclass(frozen=True)
class _Piece:
    """A part as it is written, and how strongly that holds together."""

    text: str
    strength: int = ATOM

    def within(self, strength: int, first: bool) -> str:
        """In parentheses where it holds less strongly, or would put a minus after another sign."""
        if strength and (self.strength < strength or (self.text.startswith("-") and not first)):
            return rf"\left({self.text}\right)"
        return self.text


class _Writer:
    def __init__(self, shapes: Mapping[Span, Shape], names: Iterable[str]) -> None:
        self._shapes = shapes
        self._symbols = {symbol(name) for name in names}

    def whole(self, node: Node) -> str:
        return self._piece(Orientation(self._shapes).laid(node)).text

    def _piece(self, node: Node) -> _Piece:
        match node:
            case Number(value):
                return _number(value)
            case Name(name):
                return _Piece(symbol(name))
            case Call():
                return self._call(node)
            case Index():
                return _Piece(self._index(node))
            case Stack():
                rows = r" \\ ".join(self._piece(item).text for item in node.items)
                return _Piece(rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}")

    def _call(self, node: Call) -> _Piece:
        written = _chosen(FUNCTIONS[node.function], [self._shapes[argument.span] for argument in node.arguments])
        pieces = [self._piece(argument) for argument in node.arguments]

        def field(found: re.Match[str]) -> str:
            if found["argument"] is None:
                return r" \times ".join(piece.text for piece in pieces)
            text = pieces[int(found["argument"])].within(int(found["strength"]), first=found.start() == 0)
            return _joint(pieces[0].text, text) + text if found["joined"] else text

        return _Piece(_FIELD.sub(field, written.latex), written.strength)

    def _index(self, node: Index) -> str:
        axes = self._shapes[node.base.span]
        items = (*node.items, *[slice(None)] * (len(axes) - len(node.items)))
        places = ",".join(_place(item, size) for item, size in zip(items, axes, strict=True))
        base = self._piece(node.base).text
        # `x1` beside `x[0]`, or a subscript of a subscript, would not say which is meant.
        plain = isinstance(node.base, Name) and "_" not in base and f"{base}_{{{places}}}" not in self._symbols
        return f"{base}_{{{places}}}" if plain else rf"\left[{base}\right]_{{{places}}}"


def _number(value: float) -> _Piece:
    text = number(value)
    if value < 0 or r"\cdot" in text:
        return _Piece(text, SCALED)
    return _Piece(text, POWER if "^" in text else ATOM)


def _chosen(row: Function, shapes: list[Shape]) -> Written:
    """The template for arguments of these shapes."""
    written = row.written
    if written.matrices and len(shapes[0]) == 2:
        return written.matrices
    patterns = row.shapes[0].partition("->")[0].split(",")
    if written.arrays and all(shape for shape, pattern in zip(shapes, patterns, strict=True) if pattern.strip()):
        return written.arrays
    return written


def _joint(before: str, text: str) -> str:
    """What stands between two factors besides a blank."""
    if _SIGNLESS.match(text):
        return r"\cdot "
    return r"\, " if text.startswith(r"\mathrm") or re.search(r"\\mathrm\{[^{}]*\}$", before) else ""


def _place(item: int | slice, size: Size) -> str:
    """A subscript counted from one; a slice with its last entry."""
    if isinstance(item, int):
        return _size(position(item, size, size), 1)
    if item.start is None and item.stop is None:
        return ":"
    start, stop = position(item.start, size, Size(None, 0)), position(item.stop, size, size)
    return f"{_size(start, 1)}:{_size(stop, 0)}"


def _size(size: Size, plus: int) -> str:
    offset = size.offset + plus
    if size.symbol is None:
        return str(offset)
    return symbol(size.symbol) + (f"{offset:+d}" if offset else "")
