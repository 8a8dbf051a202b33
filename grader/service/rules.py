"""What of an assignment decides over scores and hidden checks of work that was handed in already: when it is due, what
being late costs, which submission counts, who sees which check. A new revision changes that without a regrade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from grader.service.outline import LateOutline, Outline


def changed_rules(before: Outline, after: Outline) -> list[str]:
    """In words, one for each; none where all stays as it is."""
    return [f"{what}: {old} → {new}" for what, old, new in _pairs(before, after) if old != new]


def _pairs(before: Outline, after: Outline) -> Iterator[tuple[str, str, str]]:
    yield "due", _time(before.due), _time(after.due)
    yield "late", _late(before.late), _late(after.late)
    yield "counts", before.counts, after.counts
    new = {task.id: task.visibility for task in after.tasks}
    for task in before.tasks:
        for check, word in task.visibility.items():
            yield f"task {task.id}, check {check}", word, new.get(task.id, {}).get(check, word)


def _time(time: datetime | None) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if time else "never"


def _late(late: LateOutline | None) -> str:
    return f"until {_time(late.until)}, {late.percent:g}% per day" if late else "not taken"
