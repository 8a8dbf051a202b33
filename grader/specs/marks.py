"""What is written out in a file of tests: which functions are tests, what their marks say, what would be overlooked.

A mark that is not read would publish a hidden test as a visible one. So `points` and `visibility` stand above a test,
as `@pytest.mark.points(3)`, and everything that could be one of them and stands elsewhere is a fault.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_WORDS = ("points", "visibility")
_ABOVE = "write `@pytest.mark.{0}(...)` above a test, at the top level: it is not read here"
_WHOLE = "write `pytest.mark` out where a mark is set: others are not read"
_NOT_COLLECTED = "`{0}` is not collected: a test is a plain function `def test_...` at the top level"
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def is_test(node: ast.stmt) -> bool:
    """Whether it is a test, or looks like one that pytest would collect elsewhere."""
    if isinstance(node, ast.ClassDef):
        return node.name.startswith("Test")
    return isinstance(node, _Function) and node.name.startswith("test_") and not any(map(_fixes, node.decorator_list))


def _fixes(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    match called:
        case ast.Name("fixture") | ast.Attribute(ast.Name(), "fixture"):
            return True
    return False


def marks(node: ast.FunctionDef) -> Iterator[tuple[str, object, ast.expr]]:
    """`pytest.mark.points(3)` and `pytest.mark.visibility("hidden")`: the mark, and its value, None if no literal."""
    for decorator in node.decorator_list:
        called, given = decorator, list[ast.expr]()
        if isinstance(decorator, ast.Call):
            called, given = decorator.func, decorator.args
        if word := _word_of(called):
            literal = given[0].value if len(given) == 1 and isinstance(given[0], ast.Constant) else None
            yield word, literal, decorator


def _word_of(called: ast.AST) -> str:
    match called:
        case ast.Attribute(ast.Attribute(ast.Name("pytest"), "mark"), ("points" | "visibility") as word):
            return word
    return ""


def not_read(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """Marks that stand where nothing reads them, and what is wrong."""
    read = {id(part) for node in tree.body if is_test(node) for part in _above(node)}
    names = {
        alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    complete = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Attribute(_, "mark"), word) if word in _WORDS and id(node) not in read:
                yield node, _ABOVE.format(word)
            case ast.Attribute(ast.Name(name), "mark") if name in names and id(node) not in complete:
                yield node, _WHOLE
            case ast.ImportFrom("pytest", found) if any(alias.name in ("mark", "*") for alias in found):
                yield node, _WHOLE


def _above(node: ast.stmt) -> Iterator[ast.expr]:
    """What is called above a test."""
    for decorator in getattr(node, "decorator_list", ()):
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if _word_of(called):
            yield called


def not_collected(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """What looks like a test, and would never be run."""
    for node in _statements(tree.body):
        match node:
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) if name.startswith("test"):
                is_named = is_test(node) and node in tree.body
                if not (is_named or any(map(_fixes, node.decorator_list))) and _takes_student(node):
                    yield node, _NOT_COLLECTED.format(name)
            case ast.Assign([ast.Name(name)], ast.Lambda()) if name.startswith("test_"):
                yield node, _NOT_COLLECTED.format(name)


def _takes_student(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return node.name.startswith("test_") or any(argument.arg == "student" for argument in node.args.args)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those that are executed when the file is imported; of branches, all."""
    waiting: list[ast.AST] = [*reversed(body)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)) and not isinstance(
            node, (*_Function, ast.ClassDef)
        ):
            waiting += reversed([*ast.iter_child_nodes(node)])
