"""From a student's file or notebook cells to definitions in one module, noting what happened to each unit.

A unit is a whole .py file or one notebook cell. Lines that only a notebook understands (`%matplotlib inline`,
`!pip install`) are dropped, and only where Python itself refuses them: `a = (b\\n% c)` stays as it is.
"""

from __future__ import annotations

import linecache
import re
import sys
import types
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.inside.tree import SCRATCH

if TYPE_CHECKING:
    from grader.sandbox import wire

_NOTEBOOK_LINE = re.compile(r"^\s*(?:[%!?]|[\w.,\s\[\]]+=\s*[%!]|[\w.]+\?{1,2}\s*$)")
_OTHER_LANGUAGE = re.compile(r"^%%(?!(?:time|timeit|capture|prun)\b)")
_MAX_DROPPED = 200
_MAX_MESSAGE = 500
_MAX_LINES = 6


@dataclass
class UnitReport:
    """What became of one unit."""

    label: str
    status: str
    """ok | syntax | exception"""
    kind: str = ""
    message: str = ""
    lines: list[tuple[str, int]] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)

    def as_value(self) -> wire.Value:
        lines: list[wire.Value] = [[label, number] for label, number in self.lines]
        dropped: list[wire.Value] = [*self.dropped]
        return [self.label, self.status, self.kind, self.message, lines, dropped]


def describe(error: BaseException) -> tuple[str, str]:
    """Type name and message of an exception; the student's own __str__ may itself fail."""
    try:
        message = str(error)
    except BaseException:  # noqa: BLE001 - student code runs in str(), anything can come out of it
        message = ""
    return type(error).__name__[:80], message[:_MAX_MESSAGE]


def own_lines(error: BaseException) -> list[tuple[str, int]]:
    """Where in the student's files an exception passed: (file or cell, line), innermost last."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(SCRATCH + "/"):
            places.append((name.removeprefix(SCRATCH + "/"), trace.tb_lineno))
        trace = trace.tb_next
    return places[-_MAX_LINES:]


def _compile(label: str, source: bytes, notebook: bool) -> tuple[types.CodeType, list[int]]:
    """Code and the numbers of dropped lines. Raises what compile() raises."""
    name = f"{SCRATCH}/{label}"
    if not notebook:
        return compile(source, name, "exec"), []
    lines = source.decode("utf-8", "replace").split("\n")
    dropped: list[int] = []
    if _OTHER_LANGUAGE.match(next((line for line in lines if line.strip()), "")):
        return compile("", name, "exec"), [1]
    while True:
        try:
            return compile("\n".join(lines), name, "exec"), dropped
        except SyntaxError as error:
            at = error.lineno or 0
            if not 1 <= at <= len(lines) or not _NOTEBOOK_LINE.match(lines[at - 1]) or len(dropped) >= _MAX_DROPPED:
                raise
            line = lines[at - 1]
            lines[at - 1] = line[: len(line) - len(line.lstrip())] + "pass"
            dropped.append(at)


@dataclass(frozen=True)
class Compiled:
    """One unit before any of it ran."""

    text: bytes
    code: types.CodeType | None
    """nothing where it is not Python"""
    report: UnitReport


def compile_unit(label: str, text: bytes, notebook: bool) -> Compiled:
    """Whether a unit is Python. The word on it is not the student's while nothing of theirs ran or can be imported:
    compiling imports the codec that a file names, and what that one needs."""
    try:
        code, dropped = _compile(label, text, notebook)
    except _NOT_PYTHON as error:
        return Compiled(text, None, _not_python(label, error))
    return Compiled(text, code, UnitReport(label, "ok", dropped=dropped))


def run_unit(module: types.ModuleType, unit: Compiled) -> UnitReport:
    """Execute one unit in `module`, if it is Python; whatever it raises is reported, never propagated."""
    if unit.code is None:
        return unit.report
    name = unit.code.co_filename
    # inspect.getsource and warnings look the text up here; a notebook cell has no file.
    text_lines = unit.text.decode("utf-8", "replace").splitlines(keepends=True)
    linecache.cache[name] = (len(unit.text), None, text_lines, name)
    try:
        exec(unit.code, module.__dict__)
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt of a student included
        return UnitReport(unit.report.label, "exception", *describe(error), own_lines(error), unit.report.dropped)
    return unit.report


_NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


def _not_python(label: str, error: BaseException) -> UnitReport:
    at = error.lineno or 1 if isinstance(error, SyntaxError) else 1
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return UnitReport(label, "syntax", type(error).__name__, text[:_MAX_MESSAGE], [(label, at)])


def new_module(name: str) -> types.ModuleType:
    """The empty module in which the units run; importable under its name, like the file it stands for."""
    module = types.ModuleType(name)
    module.__file__ = f"{SCRATCH}/{name}.py"
    sys.modules[name] = module
    return module
