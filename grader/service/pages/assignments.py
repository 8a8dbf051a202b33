"""What is set, and handing it in."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from grader.archives import starter as starter_of
from grader.errors import UploadRefused
from grader.intake.door import LIMITS
from grader.service import access
from grader.service.acceptance import COUNTING, Upload, accept
from grader.service.access import Reader
from grader.service.markup import to_html
from grader.service.models import Assignment
from grader.service.outline import Outline
from grader.service.pages.reader import assignment_of, reader_of
from grader.service.standing import Standing, counting, standing

_NEWEST = 20


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, course: str, id: str) -> HttpResponse:
    """One assignment; by POST a submission of it."""
    reader = reader_of(request)
    row, outline = assignment_of(reader, course, id)
    if request.method != "POST":
        return _page(request, reader, row, outline)
    try:
        grading = accept(reader.user, row, outline, _upload(request))
    except UploadRefused as fault:
        return _page(request, reader, row, outline, problem=str(fault), status=fault.status)
    return redirect("submission", id=grading.submission_id)


@require_safe
def starter(request: HttpRequest, course: str, id: str) -> HttpResponse:
    """The file that students begin with."""
    row, outline = assignment_of(reader_of(request), course, id)
    assert row.current is not None
    response = HttpResponse(starter_of(bytes(row.current.archive), outline.file), content_type="text/x-python")
    response.headers["Content-Disposition"] = f'attachment; filename="{outline.file}"'
    return response


def _upload(request: HttpRequest) -> Upload:
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        raise UploadRefused("No file came with the form: choose your file, then hand it in.")
    return Upload(file.name or "", file.read(), request.POST.get("ticket", ""))


def _own(reader: Reader, row: Assignment) -> list[Standing]:
    """The reader's own submissions of an assignment, newest first."""
    own = access.gradings(reader).filter(submission__owner=reader.user, submission__assignment=row)
    newest = own.defer("report").order_by("-submission__received", "-pk")
    return [standing(grading, reader) for grading in newest]


def _page(
    request: HttpRequest, reader: Reader, row: Assignment, outline: Outline, *, problem: str = "", status: int = 200
) -> HttpResponse:
    own = _own(reader, row)
    content = {
        "seat": reader.seat(row.course),
        "outline": outline,
        "prompt": to_html(outline.prompt),
        "tasks": [(task, to_html(task.prompt)) for task in outline.tasks],
        "own": own[:_NEWEST],
        "more": max(0, len(own) - _NEWEST),
        "counting": counting(outline, own),
        "problem": problem,
        "ticket": uuid.uuid4().hex,
        "types": ",".join(LIMITS),
        "limits": " ".join(f"{suffix}:{limit}" for suffix, limit in LIMITS.items()),
        **_attempts(outline, own),
    }
    return render(request, "service/assignment.html", content, status=status)


def _attempts(outline: Outline, own: list[Standing]) -> dict[str, Any]:
    used = {item.submission.pk: item.submission.received for item in own if item.grading.state in COUNTING}
    today = [received for received in used.values() if received > timezone.now() - timedelta(days=1)]
    return {
        "left_today": None if outline.per_day is None else max(0, outline.per_day - len(today)),
        "left_total": None if outline.total is None else max(0, outline.total - len(used)),
        "is_closed": outline.closes is not None and timezone.now() > outline.closes,
        "is_late": outline.due is not None and timezone.now() > outline.due,
    }
