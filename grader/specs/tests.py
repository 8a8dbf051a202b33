"""`kind: pytest`: which tests there are, what they are worth and who may see them, read without running any of it.

The file is parsed, in which nothing is executed, within bounds: publishing and linting need names and marks before
there is any jail, and must take milliseconds. So both are written out: functions at the top level, literal marks.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from typing import get_args

from grader.domain.assignment import Signature
from grader.domain.authored import AuthoredFile, AuthoredTest, Files
from grader.specs.marks import is_test, marks, not_collected, not_read
from grader.specs.nodes import Document, Path
from grader.specs.reading import Reading, TaskReader, faultless
from grader.specs.schema import Names, TaskSpec, VisibilityWord
from grader.specs.signature import read_any
from reference.language import nearest

FOLDER = "checks"
_LARGEST_TESTS = 64 << 10
_LARGEST_FOLDER = 1 << 20
_MOST_TESTS = 100
_WORDS: tuple[str, ...] = get_args(VisibilityWord)


class PytestSpec(TaskSpec):
    """`kind: pytest`"""

    implement: Names
    tests: str | None = None


SPEC = PytestSpec


def read(spec: PytestSpec, document: Document, path: Path) -> Reading | None:
    """What is to be written and the tests of it, or None with every fault blamed in the document."""
    return faultless(document, _Reader(spec, document, path).read)


class _Reader(TaskReader[PytestSpec]):
    def read(self) -> Reading | None:
        signatures = [self._signature(text) for text in self._spec.implement]
        name = self._spec.tests or f"{FOLDER}/test_{self._spec.id.replace('-', '_')}.py"
        files = self._files(name)
        functions = self._functions(name, dict(files)[name.removeprefix(f"{FOLDER}/")]) if files else []
        if not functions:
            return None
        tests = tuple(AuthoredTest(one.name, share, one.line) for one, share in self._worth(name, functions))
        file = self._file()
        content = AuthoredFile(
            self._document.shown(name), name.removeprefix(f"{FOLDER}/"), tests, files,
            file.removesuffix(".py"), self._solution(file),
        )  # fmt: skip
        known = tuple(signature for signature in signatures if signature)
        return Reading(known, content, {}, {one.name: one.visibility for one in functions})

    def _file(self) -> str:
        """What is handed in; where that is no name of a file, it is blamed elsewhere."""
        content = self._document.content
        return str(content.get("file")) if isinstance(content, dict) else ""

    def _signature(self, text: str) -> Signature | None:
        return read_any(text, self._document, (*self._path, "implement"))

    def _files(self, name: str) -> Files:
        """All of the folder, nothing where the file of tests is not there."""
        if not (name.startswith(f"{FOLDER}/test_") and name.endswith(".py") and name.count("/") == 1):
            self._blame(("tests",), f"`{name}` is no file of tests, such as `{FOLDER}/test_chain.py`")
            return ()
        files = self._document.files_below(FOLDER, _LARGEST_FOLDER)
        if files is None:
            self._blame(("tests",), f"the files in {FOLDER}/ are larger than 1 MiB together, or more than 100")
        elif name.removeprefix(f"{FOLDER}/") not in dict(files):
            self._blame(("tests",), f"there is no file {name} beside assignment.yaml")
        else:
            for other, content in files:
                if f"{FOLDER}/{other}" != name and other.endswith(".py"):
                    self._blame_marks(f"{FOLDER}/{other}", content)
            return files
        return ()

    def _blame_marks(self, name: str, content: bytes) -> None:
        """In a file beside the tests, from which they may import; one that is no Python says so when it is."""
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            for node, text in not_read(ast.parse(content[: _LARGEST_TESTS + 1])):
                self._document.blame_in(name, node.lineno, node.col_offset + 1, text)

    def _solution(self, file: str) -> Files:
        """With the file that is handed in first; where there is none, that is blamed elsewhere."""
        files = self._document.files_below("solution", _LARGEST_FOLDER)
        if files is None:
            self._blame(("kind",), "the files in solution/ are larger than 1 MiB together, or more than 100")
            return ()
        return tuple(sorted(files, key=lambda item: item[0] != file))

    def _functions(self, name: str, content: bytes) -> list[_Function]:
        try:
            if len(content) > _LARGEST_TESTS:
                raise ValueError(f"a file of tests has at most {_LARGEST_TESTS >> 10} KiB; put data into other files")
            tree = ast.parse(content)
        except SyntaxError as error:
            self._document.blame_in(name, error.lineno or 1, error.offset or 1, f"this is not Python: {error.msg}")
            return []
        except (ValueError, RecursionError, MemoryError) as error:
            self._document.blame_in(name, 1, 1, str(error) or "this is nested too deeply")
            return []
        for node, text in (*not_read(tree), *not_collected(tree)):
            self._document.blame_in(name, node.lineno, node.col_offset + 1, text)
        found = [self._function(name, node) for node in tree.body if is_test(node)]
        twice = {one.name for one in found if [other.name for other in found].count(one.name) > 1}
        for one in found:
            if one.name in twice:
                self._document.blame_in(name, one.line, 1, f"the test `{one.name}` stands here twice")
        if not 1 <= len(found) <= _MOST_TESTS:
            text = f"there are {len(found)} tests here; write 1 to {_MOST_TESTS} functions `def test_...(student)`"
            self._document.blame_in(name, 1, 1, text)
        return found

    def _function(self, name: str, node: ast.stmt) -> _Function:
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not isinstance(node, ast.FunctionDef):
            text = f"`{node.name}` is not collected: a test is a plain function at the top level"
            self._document.blame_in(name, node.lineno, node.col_offset + 1, text)
            return _Function(node.name, node.lineno)
        found = _Function(node.name, node.lineno)
        for mark, value, place in marks(node):
            if mark == "points" and isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
                found.points = float(value)
            elif mark == "visibility" and value in _WORDS:
                found.visibility = str(value)
            else:
                wanted = "a number above 0" if mark == "points" else "one of " + ", ".join(_WORDS)
                hint = nearest(value, _WORDS) if mark == "visibility" and isinstance(value, str) else ""
                text = f"`{mark}` takes {wanted}, written out here{hint}"
                self._document.blame_in(name, place.lineno, place.col_offset + 1, text)
        return found

    def _worth(self, name: str, functions: list[_Function]) -> Iterator[tuple[_Function, float]]:
        """Equal shares where nothing is said; else all of them say it, and it is what the task says."""
        said = [one for one in functions if one.points is not None]
        total = sum(one.points or 0 for one in said)
        for one in functions:
            if said and one.points is None:
                text = f"`{one.name}` has no `@pytest.mark.points(...)`, and other tests have; mark all of them or none"
                self._document.blame_in(name, one.line, 1, text)
        if said and abs(total - self._spec.points) > 1e-9:
            text = f"the points of the tests in {name} sum to {total:g}, those of the task are {self._spec.points:g}"
            self._blame(("points",), text)
        for one in functions:
            yield one, (one.points or 0) / total if said else 1 / len(functions)


class _Function:
    """What is said of one test."""

    def __init__(self, name: str, line: int) -> None:
        self.name = name
        self.line = line
        self.points: float | None = None
        self.visibility: str | None = None
