"""YAML text to plain mappings, lists and text, with the place of every key and value.

Scalars stay text: YAML's own guesses (dates, yes/no, sexagesimal numbers) do not apply. Tags, duplicate keys and
aliases that explode are problems.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from grader.errors import Problem, SpecError
from grader.specs.sources import Archive, Source

Path: TypeAlias = tuple[str | int, ...]

MAX_BYTES = 1 << 20
_MAX_VALUES = 20_000
_MAX_DEPTH = 20
_MAX_PROBLEMS = 50
_MAX_FILES = 100
_ANCHOR = re.compile(r"&\S+\s+")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Place:
    """Where a scalar starts, and how it is written: that decides how columns within it are counted."""

    line: int
    column: int
    style: str | None = None
    one_line: bool = True
    text: str = ""
    """of a literal block, to tell its indentation from that of its lines"""


@dataclass
class Document:
    """A YAML file as plain values with places. Problems are collected, to be raised together."""

    file: str
    lines: list[str]
    content: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    beside: Source = field(default_factory=lambda: Archive({}))
    """the files of the assignment"""
    taken: dict[str, bytes] = field(default_factory=dict)
    """those that a task was made of, which belong to the revision"""

    def shown(self, name: str) -> str:
        """How messages call a file of the assignment."""
        return self.beside.shown(name)

    def files_below(self, folder: str, most: int) -> tuple[tuple[str, bytes], ...] | None:
        """The files of a folder by relative name, in order; None where they have more than `most` bytes."""
        found: dict[str, bytes] = {}
        for name in self.beside.below(folder):
            if any(part.startswith(".") or part == "__pycache__" for part in name.split("/")):
                continue
            found[name] = self.beside.read(f"{folder}/{name}", most + 1)
            if len(found) > _MAX_FILES or sum(map(len, found.values())) > most:
                return None
        self.taken |= {f"{folder}/{name}": content for name, content in found.items()}
        return tuple(sorted(found.items()))

    def blame_in(self, name: str, line: int, column: int, text: str) -> None:
        """Add a problem at a place in another file of the assignment."""
        self._add(Problem(self.shown(name), line, column, text))

    def blame(self, path: Path, text: str, *, key: bool = False, line: int = 0, column: int = 0) -> None:
        """Add a problem at a value (or key), or at a line and column (from 0) within a scalar's text."""
        row, position = self.place(path, key=key, line=line, column=column)
        self.add(row, position, text)

    def add(self, row: int, column: int, text: str) -> None:
        """Add a problem at a line and column of the file, once, and only as many as somebody reads."""
        self._add(Problem(self.file, row, column, text))

    def _add(self, problem: Problem) -> None:
        if problem not in self.problems and len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(problem)

    def is_blamed(self, path: Path) -> bool:
        """Whether there is a problem at this very value."""
        return self.place(path) in [(problem.line, problem.column) for problem in self.problems]

    def is_blamed_within(self, path: Path) -> bool:
        """Whether there is a problem at a value or key below."""
        below = [other for other in (*self.values, *self.keys) if other[: len(path)] == path and other != path]
        places = {self.place(other) for other in below} | {self.place(other, key=True) for other in below}
        return any((problem.line, problem.column) in places for problem in self.problems)

    def place(self, path: Path, *, key: bool = False, line: int = 0, column: int = 0) -> tuple[int, int]:
        """Line and column in the file, from 1. A path that is not in the file stands for its nearest parent."""
        places = self.keys if key else self.values
        while path and path not in places:
            path = path[:-1]
        found = places.get(path) or self.values.get(path, Place(0, 0))
        if found.style == "|":
            row = min(found.line + 1 + line, len(self.lines) - 1)
            written = found.text.split("\n")[line] if line <= found.text.count("\n") else ""
            return row + 1, len(self.lines[row].rstrip("\r")) - len(written) + column + 1
        if found.one_line and line == 0:
            quote = found.style in ("'", '"') and not key
            anchor = _ANCHOR.match(self.lines[found.line], found.column)
            start = anchor.end() if anchor else found.column
            return found.line + 1, start + quote + column + 1
        return found.line + 1, found.column + 1

    def raise_problems(self) -> None:
        """Raise SpecError if there are any problems."""
        if self.problems:
            raise SpecError(self.problems)


def read(content: bytes, file: str, beside: Source) -> Document:
    """Parse YAML, with the files of the assignment at hand. Raises SpecError where not even that works; other problems
    are left in the document."""
    if len(content) > MAX_BYTES:
        raise SpecError([Problem(file, 1, 1, f"the file is too large: at most {MAX_BYTES} bytes are read")])
    try:
        text = content.decode("utf-8")
        tags = _scan(text, file)
        root = yaml.compose(text, Loader=_Loader)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SpecError([Problem(file, line, 1, "the file is not UTF-8 text")]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        text = f"this is not YAML: {error.problem or error.context}"
        raise SpecError([Problem(file, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, text)]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise SpecError([Problem(file, 1, 1, f"this is not YAML: {str(error).splitlines()[0]}")]) from None
    document = Document(file, text.split("\n"), problems=tags[:_MAX_PROBLEMS], beside=beside)
    if root is None:
        raise SpecError([Problem(file, 1, 1, "the file is empty; an assignment starts with `format: 1`")])
    document.content = _Converter(document).convert(root, (), 0)
    return document


def _scan(text: str, file: str) -> list[Problem]:
    """Explicit tags as problems; raises SpecError for nesting so deep that building the nodes, which recurses, ends
    the process."""
    tags = []
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        mark = event.start_mark
        assert mark is not None
        if depth > _MAX_DEPTH:
            raise SpecError([Problem(file, mark.line + 1, mark.column + 1, f"nested more than {_MAX_DEPTH} deep")])
        tag = getattr(event, "tag", None)
        if tag is not None:
            shown = f"YAML tags such as `{tag}` are not part of the format"
            tags.append(Problem(file, mark.line + 1, mark.column + 1, shown))
    return tags


class _Converter:
    """Walks the nodes once, within a budget: an alias is walked again each time it is used."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._left = _MAX_VALUES

    def convert(self, node: yaml.Node, path: Path, depth: int) -> Any:
        place = _place(node)
        self._document.values.setdefault(path, place)
        self._left -= 1
        if self._left < 0 or depth > _MAX_DEPTH:
            text = "the aliases of this file expand to too many values"
            raise SpecError([Problem(self._document.file, place.line + 1, place.column + 1, text)])
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.convert(item, (*path, k), depth + 1) for k, item in enumerate(node.value)]
        return str(node.value)

    def _mapping(self, node: yaml.MappingNode, path: Path, depth: int) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            self._document.keys.setdefault((*path, key), _place(key_node))
            if key in content or not key:
                mark = key_node.start_mark
                text = f"the key `{key}` stands here twice" if key else "a key is a word"
                self._document.add(mark.line + 1, mark.column + 1, text)
                continue
            content[key] = self.convert(value_node, (*path, key), depth + 1)
        return content


def _place(node: yaml.Node) -> Place:
    start, end = node.start_mark, node.end_mark
    style = getattr(node, "style", None)
    text = str(node.value) if style == "|" else ""
    return Place(start.line, start.column, style, start.line == end.line, text)
