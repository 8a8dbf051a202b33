"""The score that counts of every student in every assignment.

It is stored, and made again whenever a grading ends or another revision is put in use: a course of 500 students with
8 assignments has 40,000 gradings, and one look at 4,000 small rows is what a page can afford.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from grader.service import access
from grader.service.access import Reader, Seat
from grader.service.models import Assignment, CountedScore, Grading, Membership, Revision, State, Use
from grader.service.outline import Outline, read_outline


def recount(assignment: int, owner: int | None = None) -> None:
    """Make the stored scores of an assignment again, of everybody or of one student."""
    with transaction.atomic():
        # One at a time, and each after what ended before it: else the last to write could be the first to have read.
        row = Assignment.objects.select_for_update(no_key=True).get(pk=assignment)
        if row.current_id is None:
            return
        outline = read_outline(Revision.objects.values_list("outline", flat=True).get(pk=row.current_id))
        stored, gradings = CountedScore.objects.filter(assignment=row), current(assignment)
        if owner is not None:
            stored, gradings = stored.filter(owner=owner), gradings.filter(submission__owner=owner)
        found = counted(outline, graded(gradings))
        stored.exclude(owner__in=found).delete()
        CountedScore.objects.bulk_create(
            [
                CountedScore(
                    assignment=row, owner_id=owner, grading_id=entry.grading, submission_id=entry.submission,
                    score=entry.score, counted=entry.counted, points=entry.points, late_days=entry.late_days,
                )
                for owner, entry in found.items()
            ],
            update_conflicts=True, unique_fields=["assignment", "owner"],
            update_fields=["grading", "submission", "score", "counted", "points", "late_days"],
        )  # fmt: skip


Graded: TypeAlias = tuple[int, int, UUID, datetime, Any]
"""owner, grading, submission, when that was received, scores"""


def current(assignment: int) -> QuerySet[Grading]:
    """What everybody sees of an assignment, whatever its state: neither proposals nor what was replaced."""
    return Grading.objects.filter(submission__assignment=assignment, use=Use.CURRENT)


def rows(gradings: QuerySet[Grading]) -> Iterable[Graded]:
    """What `counted` takes of gradings, oldest first."""
    ordered = gradings.order_by("submission__received", "pk")
    return ordered.values_list("submission__owner", "pk", "submission", "submission__received", "scores")


def graded(gradings: QuerySet[Grading]) -> Iterable[Graded]:
    """The same of those that have a score."""
    return rows(gradings.filter(state=State.GRADED, scores__isnull=False))


@dataclass(frozen=True)
class Entry:
    """The grading that counts of a student, and what it counts."""

    grading: int
    submission: UUID
    score: float
    counted: float
    points: float
    """the greatest score there was"""
    late_days: int


def counted(outline: Outline, oldest_first: Iterable[Graded]) -> dict[int, Entry]:
    """By student; the rows are oldest first, and of two that are as good the later one counts."""
    found: dict[int, Entry] = {}
    for owner, grading, submission, received, scores in oldest_first:
        (score, points), late_days = scores[-1], outline.late_days(received)
        worth = round(score * outline.late_factor(received), 6)
        entry = Entry(grading, submission, score, worth, points, late_days)
        before = found.get(owner)
        if before is None or outline.counts == "last" or entry.counted >= before.counted:
            found[owner] = entry
    return found


class Cell(NamedTuple):
    """What counts of one student in one assignment; without a score, why there is none. A tuple, as there are
    thousands."""

    counted: float | None = None
    score: float | None = None
    late_days: int = 0
    waiting: bool = False
    """whether something that was handed in is not graded yet"""
    other: float | None = None
    """the greatest score there was, where the revision in use has another one"""


NOTHING = Cell()


@dataclass(frozen=True)
class Line:
    """One student through all assignments."""

    student: Membership
    cells: tuple[Cell, ...]
    submissions: tuple[UUID | None, ...] = ()
    """those that count, once they were looked up by `linked`"""

    @property
    def linked(self) -> Iterator[tuple[Cell, UUID | None]]:
        """Each cell with the submission that counts."""
        return zip(self.cells, self.submissions, strict=True)

    @property
    def total(self) -> float:
        """What counts, in all."""
        return round(sum(cell.counted or 0.0 for cell in self.cells), 6)


@dataclass(frozen=True)
class Book:
    """The students of a course and what counts of each."""

    columns: tuple[Outline, ...]
    lines: tuple[Line, ...]

    @property
    def points(self) -> float:
        """The greatest total there is."""
        return sum(outline.points for outline in self.columns)


def read_book(reader: Reader, seat: Seat) -> Book:
    """The book of a course, as its staff may see it."""
    pairs = access.assignments(reader, seat)
    points = {row.pk: outline.points for row, outline in pairs}
    rows = access.counted_scores(seat).values_list("owner", "assignment", "counted", "score", "late_days", "points")
    cells = {
        (owner, row): Cell(counted, score, late_days, other=None if of == points.get(row) else of)
        for owner, row, counted, score, late_days, of in rows
    }
    undecided = access.waiting(seat).values_list("submission__owner", "submission__assignment").distinct()
    for place in undecided:
        cells[place] = cells.get(place, NOTHING)._replace(waiting=True)
    lines = (
        Line(student, tuple(cells.get((student.user_id, row.pk), NOTHING) for row, _ in pairs))
        for student in access.students(seat)
    )
    return Book(tuple(outline for _, outline in pairs), tuple(lines))


def linked(seat: Seat, book: Book, lines: Iterable[Line]) -> list[Line]:
    """The lines with the submissions that count: looked up for those alone that are shown."""
    lines = list(lines)
    rows = access.counted_scores(seat).filter(owner__in=[line.student.user_id for line in lines])
    found = {
        (owner, slug): submission
        for owner, slug, submission in rows.values_list("owner", "assignment__slug", "submission")
    }
    return [
        replace(line, submissions=tuple(found.get((line.student.user_id, outline.id)) for outline in book.columns))
        for line in lines
    ]


@dataclass(frozen=True)
class View:
    """Which students of a book are wanted, in which order."""

    sort: str = "username"
    """username, name, total, or an assignment's id; with - before it the other way round"""
    words: str = ""
    """in username, name or e-mail"""
    without: str = ""
    """an assignment's id: those of whom nothing counts there"""


def arranged(book: Book, view: View) -> list[Line]:
    """The lines that are wanted."""
    position = {outline.id: index for index, outline in enumerate(book.columns)}
    lines = [line for line in book.lines if _has(line.student, view.words.casefold())]
    if view.without in position:
        lines = [line for line in lines if line.cells[position[view.without]].counted is None]
    key = view.sort.removeprefix("-")

    def place(line: Line) -> tuple[float, str]:
        if key == "total":
            return line.total, ""
        if key in position:
            counted = line.cells[position[key]].counted
            return -1.0 if counted is None else counted, ""
        return 0.0, (line.student.name if key == "name" else line.student.username).casefold()

    return sorted(lines, key=place, reverse=view.sort.startswith("-"))


def _has(student: Membership, words: str) -> bool:
    return all(
        any(word in text.casefold() for text in (student.username, student.name, student.email))
        for word in words.split()
    )


def table(book: Book, lines: Iterable[Line]) -> Iterator[list[str | float]]:
    """Rows for a spreadsheet, the names of the columns first."""
    yield ["username", "name", "e-mail", *(outline.id for outline in book.columns), "total", "of", "other points"]
    for line in lines:
        counted = ["" if cell.counted is None else cell.counted for cell in line.cells]
        pairs = zip(book.columns, line.cells, strict=True)
        others = ", ".join(f"{outline.id} of {cell.other:g}" for outline, cell in pairs if cell.other is not None)
        student = line.student
        yield [student.username, student.name, student.email, *counted, line.total, book.points, others]


def document(book: Book, lines: Iterable[Line]) -> dict[str, object]:
    """The same for machines; of linked lines."""
    columns = [{"id": outline.id, "title": outline.title, "points": outline.points} for outline in book.columns]
    return {"assignments": columns, "points": book.points, "students": [_student(book, line) for line in lines]}


def _student(book: Book, line: Line) -> dict[str, object]:
    scores = {
        outline.id: {
            "counted": cell.counted, "score": cell.score, "late_days": cell.late_days, "submission": submission,
            "points": outline.points if cell.other is None else cell.other,
        }
        for outline, cell, submission in zip(book.columns, line.cells, line.submissions, strict=True)
        if cell.counted is not None
    }  # fmt: skip
    student = line.student
    return {
        "username": student.username, "name": student.name, "email": student.email, "total": line.total,
        "scores": scores,
    }  # fmt: skip
