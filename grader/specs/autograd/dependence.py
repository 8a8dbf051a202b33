"""What of an expression depends on what, and how: told from its text, before any number is drawn."""

from __future__ import annotations

from reference import language
from reference.functions import FUNCTIONS
from reference.language import Call, Expression, Name, Node, children

_BENT = 2
_BROKEN = ("relu", "abs", "maximum", "minimum")
"""Functions that are affine but for their kinks."""

Lets = tuple[tuple[str, Expression], ...]


def depends(lets: Lets, f: Expression, name: str) -> bool:
    """Whether f changes with a name, directly or by a named part."""
    moving = {name}
    for part, expression in lets:
        if moving & {*language.names(expression)}:
            moving.add(part)
    return bool(moving & {*language.names(f)})


def is_affine(lets: Lets, f: Expression, name: str) -> bool:
    """Whether f is affine in a name."""
    return _degree_of(lets, f, name, ()) < _BENT


def is_curved(lets: Lets, f: Expression, name: str) -> bool:
    """Whether f is more than affine in a name between its kinks, so that it has a second derivative."""
    return _degree_of(lets, f, name, _BROKEN) == _BENT


def _degree_of(lets: Lets, f: Expression, name: str, straight: tuple[str, ...]) -> int:
    degrees = {name: 1}
    for part, expression in lets:
        degrees[part] = _degree(expression.root, degrees, straight)
    return _degree(f.root, degrees, straight)


def _degree(node: Node, degrees: dict[str, int], straight: tuple[str, ...]) -> int:
    """0 for a constant, 1 for what is affine, _BENT for anything else; functions of `straight` count as affine."""
    if isinstance(node, Name):
        return degrees.get(node.name, 0)
    found = [_degree(child, degrees, straight) for child in children(node)]
    if not isinstance(node, Call) or node.function in straight:
        return max(found, default=0)
    moving = {k for k, degree in enumerate(found) if degree}
    return max(found, default=0) if not moving or _is_linear(node.function, moving) else _BENT


def _is_linear(function: str, arguments: set[int]) -> bool:
    """In these arguments together."""
    return any(arguments <= set(together) for together in FUNCTIONS[function].linear)


def couples(lets: Lets, f: Expression, one: str, other: str) -> bool:
    """Whether two names meet in something else than a sum, so that the derivative in one depends on the other."""
    inside = {one: {one}, other: {other}}
    for part, expression in lets:
        inside[part] = _names(expression.root, inside)
    used = [expression for part, expression in lets if depends(lets, f, part)]
    nodes = (node for expression in (*used, f) for node in language.walk(expression.root))
    return any(isinstance(node, Call) and _meet(node, inside, {one, other}) for node in nodes)


def _meet(node: Call, inside: dict[str, set[str]], both: set[str]) -> bool:
    found = [_names(argument, inside) for argument in node.arguments]
    moving = {k for k, names in enumerate(found) if names}
    is_straight = node.function in _BROKEN or _is_linear(node.function, moving)
    return set().union(*found) == both and not is_straight


def _names(node: Node, inside: dict[str, set[str]]) -> set[str]:
    """Which of the names a node holds, by named parts as well."""
    own = inside.get(node.name, set()) if isinstance(node, Name) else set[str]()
    return own.union(*(_names(child, inside) for child in children(node)))
