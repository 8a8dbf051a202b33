"""Who belongs to a course: its members, and the roster that changes them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from grader.errors import RosterFault
from grader.service import access
from grader.service.access import Seat
from grader.service.enrolment import apply, plan
from grader.service.first_password import first_password
from grader.service.pages.reader import instructor_of, reader_of
from grader.service.roster import read

_A_PAGE = 100
_PROBLEMS_SHOWN = 20


@require_safe
def index(request: HttpRequest, course: str) -> HttpResponse:
    """Members, links for those who have no password yet, and the form for a roster."""
    return _page(request, instructor_of(reader_of(request), course), [])


@require_POST
def roster(request: HttpRequest, course: str) -> HttpResponse:
    """What a roster would change; with `apply`, the change."""
    reader = reader_of(request)
    seat = instructor_of(reader, course)
    content, remove = _content(request), "remove" in request.POST
    try:
        entries = read(content)
        if "apply" in request.POST:
            done = apply(seat.course, entries, reader.user, remove=remove)
            messages.info(request, f"The roster is applied: {done.told}.")
            return redirect("people", course=seat.course.slug)
        found = plan(seat.course, entries, remove=remove)
    except RosterFault as fault:
        return _page(request, seat, fault.problems)
    shown = {"seat": seat, "plan": found, "content": content.decode("utf-8-sig"), "remove": remove}
    return render(request, "service/roster.html", shown)


def _content(request: HttpRequest) -> bytes:
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        return request.POST.get("content", "").encode()
    content: bytes = file.read()
    return content


def _page(request: HttpRequest, seat: Seat, problems: list[str]) -> HttpResponse:
    waiting = [(user, request.build_absolute_uri(first_password(user))) for user in access.without_password(seat)]
    content: dict[str, Any] = {
        "seat": seat,
        "page": Paginator(access.members(seat), _A_PAGE).get_page(request.GET.get("page")),
        "waiting": waiting,
        "problems": problems[:_PROBLEMS_SHOWN],
        "more": max(0, len(problems) - _PROBLEMS_SHOWN),
    }
    return render(request, "service/people.html", content, status=422 if problems else 200)
