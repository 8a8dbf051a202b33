"""How a whole course does in one assignment: scores, checks, recognised mistakes, who has not started."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from grader.service.models import CountedScore, Grading

BINS = 10
_EXAMPLES = 3


@dataclass(frozen=True)
class Bin:
    """How many students have a score in a tenth of the points."""

    low: float
    high: float
    students: int
    percent: float
    """of the fullest one, for its bar"""


@dataclass(frozen=True)
class CheckRate:
    """Of how many students the submission that counts passes a check."""

    task: str
    check: str
    passed: int
    of: int

    @property
    def percent(self) -> float:
        """Of those in whose reports the check is."""
        return 100 * self.passed / self.of


@dataclass(frozen=True)
class NoteCount:
    """A recognised mistake, and how many students made it in any of their submissions."""

    task: str
    note: str
    hint: str
    students: int
    examples: tuple[UUID, ...]


def bins(counted: list[float], points: float) -> list[Bin]:
    """From 0 to all points in tenths; the last one has the full score in it."""
    width = points / BINS
    places = Counter(min(BINS - 1, int(score / width)) for score in counted) if width else Counter()
    fullest = max(places.values(), default=1)
    return [Bin(n * width, (n + 1) * width, places[n], 100 * places[n] / fullest) for n in range(BINS)]


def middle(counted: list[float]) -> float | None:
    """The median."""
    return statistics.median(counted) if counted else None


def rates(counted: QuerySet[CountedScore]) -> list[CheckRate]:
    """Of every check, in the order of the newest report."""
    passed: Counter[tuple[str, str]] = Counter()
    seen: Counter[tuple[str, str]] = Counter()
    reports = counted.order_by("-grading").values_list("grading__report", flat=True)
    for report in reports.iterator():
        for task, check in _checks(report or {"tasks": []}):
            place = (task["title"], check["title"])
            seen[place] += 1
            passed[place] += check["verdict"] == "passed"
    return [CheckRate(*place, passed[place], count) for place, count in seen.items()]


def _checks(report: dict[str, Any]) -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
    return ((task, check) for task in report["tasks"] for check in task["checks"])


def notes(gradings: QuerySet[Grading]) -> list[NoteCount]:
    """Most shared first."""
    students: dict[tuple[str, str], dict[int, UUID]] = defaultdict(dict)
    hints: dict[tuple[str, str], str] = {}
    rows = gradings.exclude(notes=[]).order_by("pk").values_list("submission__owner", "submission", "notes")
    for owner, submission, found in rows:
        for task, note, hint in found:
            students[task, note][owner] = submission  # the newest of each
            hints[task, note] = hint
    counted = [
        NoteCount(task, note, hints[task, note], len(made), tuple(made.values())[-_EXAMPLES:])
        for (task, note), made in students.items()
    ]
    return sorted(counted, key=lambda item: (-item.students, item.task, item.note))
