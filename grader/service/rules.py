"""What of an assignment a TA does not change: when it is due, what being late costs, which submission counts, who sees
which check. All but the last hold for work that was handed in before, as soon as a new revision is in use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from grader.domain.assignment import Assignment, Late


def changed_rules(before: Assignment, after: Assignment) -> list[str]:
    """In words, one for each; none where all stays as it is."""
    return [f"{what}: {old} → {new}" for what, old, new in _pairs(before, after) if old != new]


def _pairs(before: Assignment, after: Assignment) -> Iterator[tuple[str, str, str]]:
    yield "due", _time(before.due), _time(after.due)
    yield "late", _late(before.late), _late(after.late)
    yield "counts", before.counts, after.counts
    new = {task.id: task.visibility for task in after.tasks}
    for task in before.tasks:
        for check, visibility in task.visibility.items():
            yield f"task {task.id}, check {check}", visibility.word, new.get(task.id, {}).get(check, visibility).word


def _time(time: datetime | None) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if time else "never"


def _late(late: Late | None) -> str:
    return f"until {_time(late.until)}, {100 * late.penalty_per_day:g}% per day" if late else "not taken"
