"""What was handed in, and what came out."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from grader.service import access
from grader.service.pages.reader import reader_of
from grader.service.standing import Standing, standing

_A_PAGE = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """History: one's own submissions; for staff everybody's, of one assignment or all."""
    reader = reader_of(request)
    chosen = request.GET.get("assignment", "")
    rows = access.gradings(reader).defer("report").order_by("-submission__received", "-pk")
    if chosen and not chosen.isprintable():
        raise Http404
    if chosen:
        rows = rows.filter(submission__assignment_id=chosen)
    page = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
    standings = [standing(grading, reader) for grading in page]
    return render(request, "service/submissions.html", {"page": page, "standings": standings, "chosen": chosen})


@require_safe
def show(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """One submission: receipt, state, report."""
    return render(request, "service/submission.html", {"standing": _find(request, id)})


@require_safe
def live(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """The part of that page which changes."""
    return render(request, "service/_live.html", {"standing": _find(request, id)})


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


def _find(request: HttpRequest, id: uuid.UUID) -> Standing:
    reader = reader_of(request)
    grading = access.newest_grading(reader, id)
    if grading is None:
        raise Http404
    return standing(grading, reader, whole=True)
