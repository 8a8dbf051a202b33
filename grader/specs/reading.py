"""What the module of a task kind makes of the keys of one task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from grader.domain.assignment import Signature
from grader.specs.nodes import Document, Path
from grader.specs.schema import TaskSpec

Spec = TypeVar("Spec", bound=TaskSpec)


@dataclass(frozen=True)
class Reading:
    """A task of some kind, checked. See grader.domain.assignment.Task for the first three."""

    implements: tuple[Signature, ...]
    content: object
    parts: Mapping[str, Any]
    checks: Mapping[str, str | None]
    """check ids, each with its own visibility where one is written"""


def faultless(document: Document, read: Callable[[], Reading | None]) -> Reading | None:
    """What `read` makes, or None where it blamed anything in the document meanwhile."""
    before = len(document.problems)
    reading = read()
    return reading if len(document.problems) == before else None


class TaskReader(Generic[Spec]):
    """Reads the keys of one task, which stands at `path`."""

    def __init__(self, spec: Spec, document: Document, path: Path) -> None:
        self._spec = spec
        self._document = document
        self._path = path

    def _blame(self, key: Path, text: str, *, at_key: bool = False) -> None:
        self._document.blame((*self._path, *key), text, key=at_key)
