"""What is set: an assignment and its tasks, as read from a checked spec."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from grader.domain.limits import Limits


class Visibility(enum.IntEnum):
    """Who may see a check, from everybody to nobody but staff. The order is the meaning."""

    VISIBLE = 0
    AFTER_DUE_DATE = 1
    AFTER_PUBLISHED = 2
    HIDDEN = 3

    @property
    def word(self) -> str:
        """As written in the YAML and in reports."""
        return self.name.lower()


@dataclass(frozen=True)
class Signature:
    """The function or class a student writes; arguments are passed by position."""

    name: str
    arguments: tuple[str, ...] = ()
    is_class: bool = False

    def __str__(self) -> str:
        return f"class {self.name}" if self.is_class else f"{self.name}({', '.join(self.arguments)})"


@dataclass(frozen=True)
class Late:
    """Until when a late submission is taken, and how much of the score each day costs (0.1 = 10 %)."""

    until: datetime
    penalty_per_day: float


@dataclass(frozen=True)
class Attempts:
    """How many submissions count; None is without limit."""

    per_day: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Task:
    """One gradable part. `content` is what the task's kind needs, made by `specs`, read by its `checks`."""

    id: str
    kind: str
    title: str
    points: float
    prompt: str
    implements: tuple[Signature, ...]
    """what the student writes, at least one"""
    requires: tuple[str, ...]
    limits: Limits
    arguments: str
    """what arrays reach the student's function as: numpy | torch"""
    visibility: Mapping[str, Visibility]
    """by check id"""
    content: object
    parts: Mapping[str, Any] = field(default_factory=dict)
    """what the engine computes bundles of, by where it is written (`programs.poly`), empty for the task's own keys"""
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """line and column of keys, for faults that show only when points are drawn"""
    cancelling: float = 1.0
    """share of a check's points for the right formula in a form that loses digits"""
    approximate: float = 0.4
    """share for an approximation of the right answer, such as finite differences"""
    credit: Mapping[str, float] = field(default_factory=dict)
    """by note: share for a check that fails with it"""

    @property
    def implement(self) -> Signature:
        """What the student writes, where it is one function or class."""
        (only,) = self.implements
        return only

    def place(self, key: str) -> tuple[int, int]:
        """Line and column of a key such as `groups.generic`, or of the nearest one around it that is written."""
        while key and key not in self.places:
            key = key.rpartition(".")[0]
        return self.places[key]


@dataclass(frozen=True)
class Assignment:
    """A set of tasks that are handed in as one file."""

    id: str
    title: str
    prompt: str
    file: str
    runtime: str
    tasks: tuple[Task, ...]
    revision: str
    """sha256 of everything that grading depends on"""
    source: str
    """the path of assignment.yaml, as it is shown in messages"""
    opens: datetime | None = None
    due: datetime | None = None
    late: Late | None = None
    attempts: Attempts = Attempts()
    counts: str = "best"
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """line and column of the keys, for faults that show only where it is graded"""

    @property
    def closes(self) -> datetime | None:
        """The last moment at which a submission is taken."""
        return self.late.until if self.late else self.due

    @property
    def points(self) -> float:
        """The greatest score there is."""
        return sum(task.points for task in self.tasks)
