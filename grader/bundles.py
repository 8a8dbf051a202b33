"""Bundles in the cache folder. The engine is passed in: where a bundle is at hand, nothing imports torch."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from grader.domain.assignment import Assignment, Task
from grader.errors import Problem as SpecProblem
from grader.errors import SpecError
from reference.bundle import Bundle, BundleDamaged, Part, from_bytes, key, to_bytes
from reference.problem import ProblemFault

Build = Callable[[Part], Bundle]


def cache_folder() -> Path:
    """Where this user's bundles are kept: $NABLA_CACHE, or nabla in the user's cache folder."""
    chosen = os.environ.get("NABLA_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(chosen) if chosen else Path(base) / "nabla"


class Bundles:
    """Reads bundles, and builds those that are not there."""

    def __init__(self, folder: Path, build: Build) -> None:
        self._folder = folder
        self._build = build
        self._known: dict[str, Bundle] = {}

    def of(self, task: Task, assignment: Assignment) -> dict[str, Bundle]:
        """The bundles of a task's parts. Raises SpecError where the author's mathematics does not hold."""
        return {part: self._of_part(part, task, assignment) for part in task.parts}

    def _of_part(self, part: str, task: Task, assignment: Assignment) -> Bundle:
        name = key(task.parts[part])
        if name not in self._known:
            self._known[name] = self._read(name) or self._built(name, part, task, assignment)
        return self._known[name]

    def _path(self, name: str) -> Path:
        return self._folder / "bundles" / name[:2] / f"{name}.bundle"

    def _read(self, name: str) -> Bundle | None:
        try:
            return from_bytes(self._path(name).read_bytes())
        except (OSError, BundleDamaged):
            return None

    def _built(self, name: str, part: str, task: Task, assignment: Assignment) -> Bundle:
        try:
            bundle = self._build(task.parts[part])
        except ProblemFault as fault:
            line, column = task.place(f"{part}.{fault.where}".strip("."))
            raise SpecError([SpecProblem(assignment.source, line, column, fault.text)]) from fault
        self._write(self._path(name), to_bytes(bundle))
        return bundle

    def _write(self, path: Path, content: bytes) -> None:
        """Whole or not at all. A cache that cannot be written is a slow cache, no fault."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        except OSError:
            return
