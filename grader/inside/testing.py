"""Runs an author's tests with pytest, in a jail of their own. The student's code is not in it: every use of the fixture
`student` travels out, and comes back as plain data.

`from nabla import StudentError, answer` is what tests may import of it.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import sys
import types
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader.inside.proxies import (
    OfWrongKind,
    Refused,
    Relayed,
    Student,
    StudentEnded,
    StudentError,
    StudentMissing,
    answer,
)
from grader.inside.tree import SCRATCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.inside.pipes import Pipes

FOLDER = f"{SCRATCH}/checks"
_OPTIONS = (
    "--quiet", "--tb=line", "--capture=no", "--color=no", "-c", "/dev/null", "--rootdir", FOLDER,
    "-o", "python_functions=test_*",
    f"--confcutdir={FOLDER}",
    *(word for name in ("cacheprovider", "junitxml", "pastebin", "doctest", "faulthandler", "stepwise", "debugging",
                        "unittest", "setuponly", "setupplan")
      for word in ("-p", f"no:{name}")),
)  # fmt: skip
_REST = re.compile(r"^ \+(?:  )+(?:where|and  ) |^\s*\(pytest_assertion plugin")
"""where parts of the author's expressions begin, or what pytest says of itself; an author's lines have two spaces"""
_HINTS = re.compile(r"^\s*(?:\.\.\.Full output truncated|Use -v to get)")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_NUMPY_NUMBER = re.compile(r"\bnp\.(?:(?:float|u?int|complex)\d+\(([^()]*)\)|(True|False)_)")
_PLACE = re.compile(r"(?<![\w.])(?:/[\w.@+-]+)+/(?=[\w.-])")
_MOST_TEXT = 1500


def run(pipes: Pipes) -> None:
    """All tests that are asked for; each is told as it ends."""

    def ask(value: list[Any]) -> Any:
        word, *content = pipes.tell(value)
        assert word == "value"
        return content[0]

    seed, file, names, files = ask(["start"])
    for name, content in files:
        path = Path(FOLDER, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.tobytes())
    module = types.ModuleType("nabla")
    module.__dict__.update(StudentError=StudentError, answer=answer)
    sys.modules["nabla"] = module
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    modules = [".".join(Path(name).with_suffix("").parts) for name, _ in files if name.endswith(".py")]
    plugin = _Plugin(ask, seed, frozenset(names), modules)
    pytest.main([*_OPTIONS, f"{FOLDER}/{file}"], plugins=[plugin])


class _Plugin:
    """Fixtures and marks of the tests, and what is told of each."""

    def __init__(self, ask: Callable[[list[Any]], Any], seed: int, names: frozenset[str], modules: list[str]) -> None:
        self._ask = ask
        self._seed = seed
        self._names = names
        self._modules = modules
        self._relayed = Relayed(ask)
        self._ending: tuple[str, str, int] = ("passed", "", -1)

    def pytest_configure(self, config: pytest.Config) -> None:
        # Of the files beside the tests as well, pytest is to say how an assertion failed.
        pytest.register_assert_rewrite(*self._modules)
        config.addinivalue_line("markers", "points(number): what the test is worth")
        config.addinivalue_line("markers", "visibility(word): who may see how it ended")

    @pytest.fixture
    def student(self) -> Student:
        """The student's module, imported anew for this test."""
        return Student(self._relayed)

    @pytest.fixture
    def credit(self) -> Callable[[float], None]:
        """`credit(0.5)`: half of the points are earned from here on, whatever follows."""

        def earned(share: float) -> None:
            if not 0 <= share <= 1:
                raise TypeError(f"a share of the points is from 0 to 1, not {share}")
            if self._relayed.end is None:
                self._ask(["credit", float(share)])

        return earned

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random numbers of this case of the test, the same whenever this submission is graded."""
        item = request.node
        own = hashlib.sha256(f"{_function_of(item)}\n{_case_of(item)}".encode()).digest()
        return np.random.default_rng([self._seed, *own])

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if _function_of(item) in self._names]
        self._ask(["cases", *map(list, Counter(map(_function_of, items)).items())])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._ask(["fault", _last_lines(str(report.longrepr))])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._ask(["test", _function_of(item), _case_of(item)])
        self._relayed, self._ending = Relayed(self._ask), ("passed", "", -1)
        try:
            return (yield)
        except BaseException as error:  # which ends pytest, such as that of pytest.exit
            self._ending = "error", f"{type(error).__name__}: {error}"[:_MOST_TEXT], -1
            raise
        finally:
            if self._relayed.end is not None and self._ending[0] == "passed":
                self._ending = _ending_by(self._relayed.end)
            self._ask(["outcome", *self._ending])

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
        if call.excinfo is not None and self._ending[0] == "passed":
            self._ending = _ending_of(call.excinfo.value, call.excinfo)


def _function_of(item: pytest.Item) -> str:
    return str(getattr(item, "originalname", item.name))


def _case_of(item: pytest.Item) -> str:
    call = getattr(item, "callspec", None)
    return call.id if call else ""


def _ending_of(error: BaseException, info: pytest.ExceptionInfo[BaseException]) -> tuple[str, str, int]:
    """Word, text and the number of a response, for the exception that a test ended with."""
    if isinstance(error, StudentError):
        return "raised", str(error), error.number
    if isinstance(error, StudentMissing | OfWrongKind):
        return _ending_by(error)
    if isinstance(error, StudentEnded):
        return "ended", "", -1
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return "failed", readable(str(error)), -1
    if isinstance(error, pytest.skip.Exception):
        return "skipped", str(error), -1
    if isinstance(error, Refused):
        return "error", str(error), -1
    if isinstance(error, pytest.FixtureLookupError):
        return "error", f"there is no fixture `{error.argname}`", -1
    place = next((entry for entry in reversed(info.traceback) if str(entry.path).startswith(FOLDER)), None)
    where = f" ({_below_folder(str(place.path))} line {place.lineno + 1})" if place else ""
    return "error", f"{type(error).__name__}: {error}"[:_MOST_TEXT] + where, -1


def _ending_by(error: StudentMissing | OfWrongKind) -> tuple[str, str, int]:
    return (
        ("raised", "", error.number) if isinstance(error, StudentMissing) else ("failed", str(error)[:_MOST_TEXT], -1)
    )


def _below_folder(text: str) -> str:
    """Without where the tests lie in here, which is nowhere else."""
    return text.replace(FOLDER + "/", "")


def readable(text: str) -> str:
    """What pytest says of a failed assertion, without the parts of the author's expressions: the message of the
    `assert`, then the comparison with its numbers."""
    kept: list[str] = []
    for line in text.split("\n"):
        if _REST.match(line):
            break
        if not _HINTS.match(line):
            kept.append(line)
    plain = _NUMPY_NUMBER.sub(lambda found: found[1] or found[2] or "", _ADDRESS.sub("", "\n".join(kept)))
    return _below_folder(plain)[:_MOST_TEXT].strip()


def _last_lines(text: str) -> str:
    """The end of what pytest says of a file that it cannot collect, without where it lies in here."""
    return "\n".join(_PLACE.sub("", _below_folder(text)).split("\n")[-6:])[:_MOST_TEXT]


def warm_up() -> None:
    """Import what pytest imports when it is first used."""
    for name in ("difflib", "unittest", "_pytest.skipping", "_pytest.warnings", "_pytest.threadexception",
                 "_pytest.unraisableexception", "_pytest.helpconfig", "_pytest.setuponly", "_pytest.tracemalloc",
                 "_pytest.assertion.rewrite", "_pytest.assertion.util"):  # fmt: skip
        importlib.import_module(name)
