"""What a grading found, in the form that pages, exports and students read."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from grader.domain.assignment import Visibility
from grader.domain.pictures import Figure

FORMAT = 1


class Outcome(enum.Enum):
    """Of a grading. Only the first carries a score."""

    GRADED = "graded"
    NOT_GRADABLE = "not_gradable"
    SYSTEM_ERROR = "system_error"


class Verdict(enum.Enum):
    """Of a check."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    CRASHED = "crashed"
    MISSING = "missing"
    INVALID_OUTPUT = "invalid_output"
    FORBIDDEN = "forbidden"
    SKIPPED = "skipped"
    SYSTEM_ERROR = "system_error"


@dataclass(frozen=True)
class Evidence:
    """How far off the worst component was."""

    worst_error: float
    """relative to the largest component of the answer"""
    in_units: float
    allowed_units: float


@dataclass(frozen=True)
class CheckReport:
    """One check."""

    id: str
    title: str
    verdict: Verdict
    score: float
    max_score: float
    message: str
    note: str | None = None
    hint: str | None = None
    visibility: Visibility = Visibility.VISIBLE
    evidence: Evidence | None = None


@dataclass(frozen=True)
class TaskReport:
    """One task; `output` is what the student's code printed while it ran for the visible checks."""

    id: str
    title: str
    checks: tuple[CheckReport, ...]
    output: str = ""

    @property
    def score(self) -> float:
        """Earned."""
        return sum(check.score for check in self.checks)

    @property
    def max_score(self) -> float:
        """What could be earned."""
        return sum(check.max_score for check in self.checks)


@dataclass(frozen=True)
class Environment:
    """What the score was computed with: enough to compute it again."""

    grader: str
    runtime: str
    seed: str
    launcher: str
    layers: Mapping[str, bool | int]


@dataclass(frozen=True)
class Timing:
    """Milliseconds."""

    queued: float = 0.0
    sandbox: float = 0.0
    total: float = 0.0


@dataclass(frozen=True)
class Report:
    """One grading of one submission against one revision. `message` says why there is no score, where there is none."""

    assignment: str
    revision: str
    sha256: str
    files: tuple[str, ...]
    received: datetime
    outcome: Outcome
    max_score: float
    environment: Environment
    timing: Timing
    tasks: tuple[TaskReport, ...] = ()
    message: str = ""
    remarks: tuple[str, ...] = field(default=())
    figures: tuple[Figure, ...] = ()

    @property
    def score(self) -> float | None:
        """The sum over tasks, None unless graded."""
        return sum(task.score for task in self.tasks) if self.outcome is Outcome.GRADED else None
