"""One's courses, with what is set in them and how one stands."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from grader.service import access
from grader.service.access import Reader, Seat
from grader.service.outline import Outline
from grader.service.pages.reader import reader_of, seat_of
from grader.service.standing import Standing, counting, standing


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Home: every course of the reader, every assignment in it, the score that counts."""
    reader = reader_of(request)
    return render(request, "service/home.html", {"sections": _sections(reader, access.courses(reader))})


@require_safe
def show(request: HttpRequest, course: str) -> HttpResponse:
    """One of these courses."""
    reader = reader_of(request)
    seat = seat_of(reader, course)
    return render(request, "service/course.html", {"seat": seat, "sections": _sections(reader, [seat])})


Row = tuple[Outline, Standing | None]


def _sections(reader: Reader, seats: list[Seat]) -> list[tuple[Seat, list[Row]]]:
    own = _own(reader)
    rows: dict[int, list[Row]] = defaultdict(list)
    for assignment, outline in access.assignments(reader):
        rows[assignment.course_id].append((outline, counting(outline, own[assignment.pk])))
    return [(seat, rows[seat.course.pk]) for seat in seats]


def _own(reader: Reader) -> dict[int, list[Standing]]:
    """What the reader handed in, newest first, by the assignment's key."""
    gradings = access.gradings(reader).filter(submission__owner=reader.user).defer("report")
    found: dict[int, list[Standing]] = defaultdict(list)
    for grading in gradings.order_by("-submission__received", "-pk"):
        found[grading.submission.assignment_id].append(standing(grading, reader))
    return found
