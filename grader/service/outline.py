"""What pages show of an assignment: read once when it is published, kept beside the archive."""

from __future__ import annotations

import functools
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from grader.domain.assignment import Assignment


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class TaskOutline(_Frozen):
    """One task as students see it before they solve it."""

    id: str
    title: str
    points: float
    prompt: str
    implement: str


class LateOutline(_Frozen):
    """See grader.domain.assignment.Late."""

    until: datetime
    penalty_per_day: float

    @property
    def percent(self) -> float:
        """Of the score, for each day."""
        return 100 * self.penalty_per_day


class Outline(_Frozen):
    """One assignment as students see it."""

    id: str
    title: str
    prompt: str
    file: str
    runtime: str
    points: float
    tasks: tuple[TaskOutline, ...]
    opens: datetime | None = None
    due: datetime | None = None
    late: LateOutline | None = None
    per_day: int | None = None
    total: int | None = None
    counts: str = "best"

    @property
    def closes(self) -> datetime | None:
        """The last moment at which a submission is taken."""
        return self.late.until if self.late else self.due

    def late_days(self, received: datetime) -> int:
        """Days after the due date, begun ones count; 0 where it was in time."""
        return 0 if self.due is None or received <= self.due else (received - self.due).days + 1

    def late_factor(self, received: datetime) -> float:
        """What remains of the score of what was received then."""
        return 1.0 if self.late is None else max(0.0, 1.0 - self.late.penalty_per_day * self.late_days(received))

    @property
    def notebook(self) -> str:
        """What the file is called as a notebook."""
        return self.file.removesuffix(".py") + ".ipynb"


@functools.lru_cache(maxsize=256)
def read_outline(text: str) -> Outline:
    """From the row. The same few are read again and again: every row of a list has one."""
    return Outline.model_validate_json(text)


def outline_of(assignment: Assignment) -> str:
    """As JSON, for the row."""
    late = None
    if assignment.late is not None:
        late = LateOutline(until=assignment.late.until, penalty_per_day=assignment.late.penalty_per_day)
    tasks = tuple(
        TaskOutline(
            id=task.id,
            title=task.title,
            points=task.points,
            prompt=task.prompt,
            implement=", ".join(map(str, task.implements)),
        )
        for task in assignment.tasks
    )
    outline = Outline(
        id=assignment.id, title=assignment.title, prompt=assignment.prompt, file=assignment.file,
        runtime=assignment.runtime, points=assignment.points, tasks=tasks, opens=assignment.opens, due=assignment.due,
        late=late, per_day=assignment.attempts.per_day, total=assignment.attempts.total,
        counts=assignment.counts,
    )  # fmt: skip
    return outline.model_dump_json()
