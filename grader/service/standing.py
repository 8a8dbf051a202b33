"""Where a submission stands, in the words of the pages and the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, Subquery
from django.utils import timezone

from grader.feedback.document import for_student, opened
from grader.service.access import Reader
from grader.service.models import Grading, State, Submission, Use
from grader.service.outline import Outline, read_outline

PENDING = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Standing:
    """The grading of a submission that counts, as one reader may see it."""

    submission: Submission
    grading: Grading
    outline: Outline
    score: float | None
    max_score: float | None
    report: dict[str, Any] | None = None
    place: int | None = None
    """in the queue, from 1"""

    @property
    def is_pending(self) -> bool:
        """Whether it will change by itself."""
        return self.grading.state in PENDING

    @property
    def hidden_points(self) -> float:
        """Points of checks that this reader does not see yet."""
        return round(self.grading.scores[-1][1] - self.max_score, 6) if self.grading.scores and self.max_score else 0.0

    @property
    def late_days(self) -> int:
        """Days after the due date, begun ones count; 0 where it was in time."""
        return self.outline.late_days(self.submission.received)

    @property
    def late_factor(self) -> float:
        """What remains of the score."""
        return self.outline.late_factor(self.submission.received)

    @property
    def counted(self) -> float | None:
        """The score after the late penalty."""
        return None if self.score is None else round(self.score * self.late_factor, 6)


def standing(grading: Grading, reader: Reader, *, whole: bool = False) -> Standing:
    """How a grading stands for a reader; with `whole` also the report and the place in the queue.

    Title and times are those of the revision in use now: a due date that was moved is moved for everybody.
    """
    current = grading.submission.assignment.current or grading.revision
    outline = read_outline(current.outline)
    score, greatest = _score(grading, reader, outline, timezone.now())
    if not whole:
        return Standing(grading.submission, grading, outline, score, greatest)
    report = _report(grading, reader, outline)
    return Standing(grading.submission, grading, outline, score, greatest, report, _place(grading))


def counting(outline: Outline, own: Iterable[Standing]) -> Standing | None:
    """The one of somebody's submissions that counts, by the assignment's rule; `own` is newest first."""
    graded = [item for item in own if item.counted is not None]
    if outline.counts == "last":
        return graded[0] if graded else None
    return max(graded, key=lambda item: item.counted or 0.0, default=None)


def _score(grading: Grading, reader: Reader, outline: Outline, now: datetime) -> tuple[float | None, float | None]:
    if not grading.scores:
        return None, None
    level = -1 if _sees_all(grading, reader) else int(opened(outline.closes, now))
    score, greatest = grading.scores[level]
    return float(score), float(greatest)


def _report(grading: Grading, reader: Reader, outline: Outline) -> dict[str, Any] | None:
    if grading.report is None or _sees_all(grading, reader):
        return grading.report
    return for_student(grading.report, outline.closes, timezone.now())


def _sees_all(grading: Grading, reader: Reader) -> bool:
    return reader.is_staff_of(grading.submission.assignment.course_id)


def _place(grading: Grading) -> int | None:
    if grading.state != State.QUEUED:
        return None
    # Compared within the database: SQLite keeps times as text, whose digits are not those that Python writes.
    own = Subquery(Grading.objects.filter(pk=grading.pk).values("queued"))
    before = Q(queued__lt=own) | Q(queued=own, pk__lt=grading.pk)
    return 1 + Grading.objects.filter(before, state=State.QUEUED, use=Use.CURRENT).count()
