"""Runtimes that a course defines: packages of its own, shown to student code beside those of numpy or torch.

    <folder>/NAME/runtime.json    what it was made from
    <folder>/NAME/packages/       packages, modules and shared libraries; everything in there is shown

`nabla runtime add` makes such a folder (see installing). Imports no numpy: the linter asks here as well.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.domain.assignment import Assignment, Task
from grader.errors import Problem, SandboxRefused, SpecError, UnknownRuntime

BASES = ("numpy", "torch")
"""the runtimes that are there without a course's doing"""

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
PACKAGES = "packages"
_FILE = "runtime.json"


@dataclass(frozen=True)
class CourseRuntime:
    """What `runtime.json` says."""

    name: str
    base: str
    requirements: tuple[str, ...]
    """as they were asked for"""
    distributions: tuple[str, ...]
    """what was installed for them, each as `name version`"""
    warm: tuple[str, ...]
    """modules that a slot imports when it starts, so that no child need do it"""
    python: str
    """version that the compiled parts were chosen for"""


def folder() -> Path:
    """Where runtimes are kept: $NABLA_RUNTIMES, or nabla/runtimes in the user's data folder."""
    chosen = os.environ.get("NABLA_RUNTIMES")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(chosen).absolute() if chosen else Path(base) / "nabla" / "runtimes"


def names() -> list[str]:
    """The course runtimes of this machine."""
    return sorted(path.parent.name for path in folder().glob(f"*/{_FILE}") if NAME.fullmatch(path.parent.name))


def write(runtime: CourseRuntime, place: Path) -> None:
    """Put the record of a runtime into its folder."""
    (place / _FILE).write_text(json.dumps(dataclasses.asdict(runtime), indent=2) + "\n", encoding="utf-8")


def read(name: str) -> CourseRuntime:
    """The record of a runtime. Raises UnknownRuntime, and SandboxRefused where it cannot be used."""
    if name not in names():
        known = ", ".join((*BASES, *names()))
        raise UnknownRuntime(
            f"there is no runtime `{name}` on this machine; known here: {known}; "
            f"whoever runs it can add one: nabla runtime add {name} PACKAGE..."
        )
    try:
        found = json.loads((folder() / name / _FILE).read_text(encoding="utf-8"))
        lists = {key: tuple(map(str, found[key])) for key in ("requirements", "distributions", "warm")}
        return CourseRuntime(name=name, base=str(found["base"]), python=str(found["python"]), **lists)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SandboxRefused(f"{folder() / name / _FILE} is damaged ({error}); {_again(name)}") from None


def _again(name: str) -> str:
    return f"make it again: nabla runtime remove {name}, then nabla runtime add {name} PACKAGE..."


def shown(runtime: CourseRuntime) -> list[str]:
    """What lies in its packages folder. Raises SandboxRefused where it was made for another Python."""
    if runtime.python != PYTHON or runtime.base not in BASES:
        raise SandboxRefused(
            f"the runtime {runtime.name} was made for Python {runtime.python} on {runtime.base}, and Nabla runs on "
            f"Python {PYTHON} with {' and '.join(BASES)}; {_again(runtime.name)}"
        )
    return sorted(str(path) for path in (folder() / runtime.name / PACKAGES).iterdir())


def problems(assignment: Assignment) -> list[Problem]:
    """What keeps an assignment from being graded on this machine. Raises SandboxRefused."""
    if assignment.runtime in BASES:
        return []  # the linter has seen to it
    try:
        base = read(assignment.runtime).base
    except UnknownRuntime as fault:
        return [Problem(assignment.source, *assignment.places.get("runtime", (1, 1)), str(fault))]
    wanting = [task for task in assignment.tasks if task.arguments == "torch" and base != "torch"]
    return [_without_torch(task, assignment, base) for task in wanting]


def _without_torch(task: Task, assignment: Assignment, base: str) -> Problem:
    key, what = ("arguments", "arguments: torch") if "arguments" in task.places else ("kind", f"kind: {task.kind}")
    text = f"`{what}` needs a runtime with torch; `{assignment.runtime}` starts from {base}"
    return Problem(assignment.source, *task.places.get(key, (1, 1)), text)


def require(assignment: Assignment) -> None:
    """Raises SpecError where this machine does not have the runtime that the assignment names."""
    found = problems(assignment)
    if found:
        raise SpecError(found)
