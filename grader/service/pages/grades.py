"""The gradebook of a course, and how its students do in one assignment. For its staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from grader.service import access, gradebook, overview
from grader.service.access import Reader, Seat
from grader.service.gradebook import Book, View
from grader.service.models import Grading
from grader.service.pages.reader import assignment_of, reader_of, staff_of
from grader.service.spreadsheet import to_csv

_A_PAGE = 50
_UNSTARTED_SHOWN = 200


@require_safe
def index(request: HttpRequest, course: str) -> HttpResponse:
    """Students by assignments."""
    seat, book, view = _asked(request, course)
    lines = Paginator(gradebook.arranged(book, view), _A_PAGE).get_page(request.GET.get("page"))
    content = {
        "seat": seat, "book": book, "page": lines, "lines": gradebook.linked(seat, book, lines),
        "view": view, "heads": _heads(book, view),
        "query": _query(view), "submissions": reverse("submission", kwargs={"id": _ZERO})[: -len(_ZERO)],
    }  # fmt: skip
    return render(request, "service/grades.html", content)


_ZERO = "00000000-0000-0000-0000-000000000000"


@require_safe
def as_csv(request: HttpRequest, course: str) -> HttpResponse:
    """The same lines for a spreadsheet."""
    seat, book, view = _asked(request, course)
    rows = gradebook.table(book, gradebook.arranged(book, view))
    return _saved(HttpResponse(to_csv(rows), content_type="text/csv; charset=utf-8"), f"{seat.course.slug}-grades.csv")


@require_safe
def as_json(request: HttpRequest, course: str) -> HttpResponse:
    """The same lines for machines."""
    seat, book, view = _asked(request, course)
    content = gradebook.document(book, gradebook.linked(seat, book, gradebook.arranged(book, view)))
    return _saved(JsonResponse(content), f"{seat.course.slug}-grades.json")


@require_safe
def assignment(request: HttpRequest, course: str, id: str) -> HttpResponse:
    """How everybody does in one assignment."""
    reader = reader_of(request)
    seat = staff_of(reader, course)
    row, outline = assignment_of(reader, course, id)
    counted = access.counted_scores(seat).filter(assignment=row)
    scores = list(counted.values_list("counted", flat=True))
    unstarted = access.students(seat).exclude(user__submissions__assignment=row)
    content = {
        "seat": seat, "outline": outline, "scores": len(scores),
        "others": counted.exclude(points=outline.points).count(), "median": overview.middle(scores),
        "bins": overview.bins(scores, outline.points), "rates": overview.rates(counted),
        "notes": overview.notes(_of_students(reader, seat).filter(submission__assignment=row)),
        "unstarted": unstarted[:_UNSTARTED_SHOWN], "more": max(0, unstarted.count() - _UNSTARTED_SHOWN),
    }  # fmt: skip
    return render(request, "service/overview.html", content)


def _of_students(reader: Reader, seat: Seat) -> QuerySet[Grading]:
    return access.gradings(reader).filter(submission__owner__in=access.students(seat).order_by().values("user"))


def _asked(request: HttpRequest, course: str) -> tuple[Seat, Book, View]:
    reader = reader_of(request)
    seat = staff_of(reader, course)
    chosen: Callable[..., Any] = request.GET.get
    view = View(chosen("sort", "username")[:80], chosen("q", "")[:80], chosen("without", "")[:80])
    return seat, gradebook.read_book(reader, seat), view


def _saved(response: HttpResponse, name: str) -> HttpResponse:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _query(view: View, **changes: str) -> str:
    wanted = {"sort": view.sort, "q": view.words, "without": view.without, **changes}
    return urlencode({key: value for key, value in wanted.items() if value})


def _heads(book: Book, view: View) -> list[dict[str, Any]]:
    """The columns: what a press on each sorts by, and how it is sorted now."""
    titles = [("username", "Username", None), ("name", "Name", None)]
    columns = [(outline.id, outline.title, outline.points) for outline in book.columns]
    sorts = {view.sort.removeprefix("-"): "descending" if view.sort.startswith("-") else "ascending"}
    return [
        {
            "title": title, "points": points, "sorted": sorts.get(key, "none"), "is_number": points is not None,
            "id": "" if points is None or key == "total" else key,
            "query": _query(view, sort=f"-{key}" if _falls(key, points is not None, view) else key),
        }
        for key, title, points in [*titles, *columns, ("total", "Total", book.points)]
    ]  # fmt: skip


def _falls(key: str, is_number: bool, view: View) -> bool:
    """Scores are wanted from the top at first, names from A; another press turns it round."""
    return view.sort == key or (is_number and view.sort != f"-{key}")
