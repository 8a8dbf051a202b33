"""What was handed in, and what came out."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from grader.service import access
from grader.service.pages.reader import reader_of, seat_of
from grader.service.standing import standing

_A_PAGE = 50


@require_safe
def index(request: HttpRequest, course: str) -> HttpResponse:
    """History of a course: one's own submissions; for staff everybody's, of one assignment or all."""
    reader = reader_of(request)
    seat = seat_of(reader, course)
    chosen = request.GET.get("assignment", "")
    rows = access.gradings(reader).filter(submission__assignment__course=seat.course).defer("report")
    rows = rows.order_by("-submission__received", "-pk")
    if chosen and not chosen.isprintable():
        raise Http404
    if chosen:
        rows = rows.filter(submission__assignment__slug=chosen)
    page = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
    standings = [standing(grading, reader) for grading in page]
    query = urlencode({"assignment": chosen}) if chosen else ""
    content = {"seat": seat, "page": page, "standings": standings, "chosen": chosen, "query": query}
    return render(request, "service/submissions.html", content)


@require_safe
def show(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """One submission: receipt, state, report."""
    return render(request, "service/submission.html", _find(request, id))


@require_safe
def live(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """The part of that page which changes."""
    return render(request, "service/_live.html", _find(request, id))


@require_safe
def file(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """The bytes as they were handed in; never shown, only saved."""
    submission = access.submissions(reader_of(request)).select_related("content").filter(pk=id).first()
    if submission is None:
        raise Http404
    response = HttpResponse(bytes(submission.content.body), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, submission.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _find(request: HttpRequest, id: uuid.UUID) -> dict[str, Any]:
    reader = reader_of(request)
    grading = access.grading_of(reader, id)
    if grading is None:
        raise Http404
    seat = reader.seat(grading.submission.assignment.course)
    return {"seat": seat, "standing": standing(grading, reader, whole=True)}
