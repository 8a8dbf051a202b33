"""What of an expression depends on what, and how: told from its text, before any number is drawn."""

from __future__ import annotations

from reference import language
from reference.affine import split
from reference.functions import FUNCTIONS
from reference.language import Call, Expression, Name, Node, children

Lets = tuple[tuple[str, Expression], ...]


def depends(lets: Lets, f: Expression, name: str) -> bool:
    """Whether f changes with a name, directly or by a named part."""
    moving = {name}
    for part, expression in lets:
        if moving & {*language.names(expression)}:
            moving.add(part)
    return bool(moving & {*language.names(f)})


def is_curved(lets: Lets, f: Expression, name: str) -> bool:
    """Whether f is more than affine in a name, so that it has a second derivative."""
    root = split(lets, f, name).f.root
    return not (isinstance(root, Name) and root.name != f.text.strip())


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
    is_linear = any(moving <= set(together) for together in FUNCTIONS[node.function].linear)
    return set().union(*found) == both and not is_linear


def _names(node: Node, inside: dict[str, set[str]]) -> set[str]:
    """Which of the names a node holds, by named parts as well."""
    own = inside.get(node.name, set()) if isinstance(node, Name) else set[str]()
    return own.union(*(_names(child, inside) for child in children(node)))
