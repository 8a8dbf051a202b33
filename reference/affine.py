"""The parts of an expression that are affine in the variable: along a line they need to be computed twice only.

At x + t d such a part is its value at x plus t times its slope along d, however many values of t there are. What is
left of the expression is usually small: of `c @ tanh(B @ x)` the product with B is a part, and no step of a difference
has to repeat it. Which functions are linear in which arguments stands in their row of the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from reference.functions import FUNCTIONS
from reference.language import Call, Expression, Index, Name, Node, Stack, children

_CONSTANT, _AFFINE, _OTHER = 0, 1, 2


@dataclass(frozen=True)
class Split:
    """An expression with its largest affine parts taken out.

    `inner` are the named expressions that the parts need; `parts` are to be bound to their names in `outer` and `f`.
    """

    inner: tuple[tuple[str, Expression], ...]
    parts: tuple[tuple[str, Expression], ...]
    outer: tuple[tuple[str, Expression], ...]
    f: Expression


def split(lets: tuple[tuple[str, Expression], ...], f: Expression, wrt: str) -> Split:
    """f and the named expressions before it, as affine parts in `wrt` and what is done with them."""
    splitter = _Splitter({wrt: _AFFINE})
    inner, outer = [], []
    for name, expression in lets:
        degree = splitter.degrees[name] = splitter.degree(expression.root)
        if degree != _OTHER:
            inner.append((name, expression))
        if degree != _AFFINE:
            outer.append((name, splitter.without_parts(expression)))
    rest = splitter.without_parts(f)
    return Split(tuple(inner), tuple(splitter.parts.items()), tuple(outer), rest)


@dataclass
class _Splitter:
    """Takes affine nodes out of trees, each once."""

    degrees: dict[str, int]
    """of the names that are not constant"""
    parts: dict[str, Expression] = field(default_factory=dict)

    def degree(self, node: Node) -> int:
        """Whether a node is constant, affine or anything else in the variable."""
        match node:
            case Name():
                return self.degrees.get(node.name, _CONSTANT)
            case Call(function, arguments):
                return self._degree_of_call(function, arguments)
            case _:
                return max(map(self.degree, children(node)), default=_CONSTANT)

    def _degree_of_call(self, function: str, arguments: tuple[Node, ...]) -> int:
        degrees = [self.degree(argument) for argument in arguments]
        moving = {k for k, degree in enumerate(degrees) if degree}
        linear = any(moving <= set(together) for together in FUNCTIONS[function].linear)
        return max(degrees, default=_CONSTANT) if linear or not moving else _OTHER

    def without_parts(self, expression: Expression) -> Expression:
        """The expression with names in place of its affine parts."""
        return replace(expression, root=self._without(expression, expression.root))

    def _without(self, expression: Expression, node: Node) -> Node:
        if self.degree(node) == _AFFINE:
            # No name of the language has a space in it.
            known = (name for name, part in self.parts.items() if part.root == node)
            name = next(known, f"part {len(self.parts)}")
            self.parts[name] = Expression(expression.text, node)
            return Name(name, node.span)
        below = tuple(self._without(expression, child) for child in children(node))
        match node:
            case Call():
                return replace(node, arguments=below)
            case Stack():
                return replace(node, items=below)
            case Index():
                return replace(node, base=below[0])
            case _:
                return node
