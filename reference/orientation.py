"""Rows and columns: where mathematics writes a transpose that the language does not need.

A vector of the language has one axis; `x @ A @ x` says all. On paper it is a column, and that product is written
x^T A x. Here an expression gets the transposes that make it right on paper: vectors become rows or columns as the table
says (`Written.lies`), vectors that are added lie the same way, and what the author transposed himself stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reference.functions import FUNCTIONS
from reference.language import Call, Index, Node, Span, Stack
from reference.shapes import Shape


class Orientation:
    """Lays the vectors of one expression, given the shapes of its parts.

    A transpose that is put in takes the place in the text of what it transposes; both are vectors of one length.
    """

    def __init__(self, shapes: Mapping[Span, Shape]) -> None:
        self._shapes = shapes

    def laid(self, node: Node) -> Node:
        """The same value with every transpose that is needed, and none of a scalar."""
        match node:
            case Call("transpose", (inner,)) if len(self._shapes[inner.span]) < 2:
                inner = self.laid(inner)
                return self._flipped(inner) if self._is_vector(inner) else inner
            case Call():
                return replace(node, arguments=self._placed(node.function, [self.laid(a) for a in node.arguments]))
            case Index():
                return replace(node, base=self.laid(node.base))
            case Stack():
                wish = "r" if node.of_rows else "-"
                return replace(node, items=tuple(self._turned(self.laid(item), wish) for item in node.items))
        return node

    def _placed(self, function: str, arguments: list[Node]) -> tuple[Node, ...]:
        lies = FUNCTIONS[function].written.lies
        if not lies:
            directions = {self.is_row(argument) for argument in arguments if self._is_vector(argument)}
            lies = ("c" if len(directions) > 1 else "-") * len(arguments)
        return tuple(self._turned(argument, wish) for argument, wish in zip(arguments, lies, strict=True))

    def _turned(self, node: Node, wish: str) -> Node:
        turn = wish != "-" and self._is_vector(node) and self.is_row(node) != (wish == "r")
        return self._flipped(node) if turn else node

    def _is_vector(self, node: Node) -> bool:
        return len(self._shapes[node.span]) == 1

    def is_row(self, node: Node) -> bool:
        """Whether a vector that was laid is a row on paper."""
        match node:
            case Call("transpose", (inner,)):
                return self._is_vector(inner) and not self.is_row(inner)
            case Call(function, arguments):
                lies = FUNCTIONS[function].written.lies
                vectors = [argument for argument in arguments if self._is_vector(argument)]
                if lies:
                    return lies.startswith("r") and self._is_vector(arguments[0])
                return any(self.is_row(argument) for argument in vectors)
            case Index(base, items):
                return self.is_row(base) if self._is_vector(base) else isinstance(items[0], int)
        return False

    def _flipped(self, node: Node) -> Node:
        """The transpose of a vector, next to the vector itself: -2 x^T rather than (-2 x)^T."""
        match node:
            case Call("transpose", (inner,)):
                return inner
            case Call("neg", (inner,)):
                return replace(node, arguments=(self._flipped(inner),))
            case Call("mul", (factor, inner)) if not self._shapes[factor.span]:
                return replace(node, arguments=(factor, self._flipped(inner)))
        return Call("transpose", (node,), node.span)
