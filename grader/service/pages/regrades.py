"""Proposing a regrade, looking at what it would change, and deciding; and the log of what grades depend on."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grader.errors import RegradeRefused
from grader.service import access, difference, regrading
from grader.service.access import Seat
from grader.service.models import Regrade, User
from grader.service.outline import read_outline
from grader.service.pages.reader import assignment_of, reader_of, staff_of

_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, course: str, id: str) -> HttpResponse:
    """What may be regraded, and the proposals there were; by POST a new one."""
    reader = reader_of(request)
    seat = staff_of(reader, course)
    row, outline = assignment_of(reader, course, id)
    problem = ""
    if request.method == "POST":
        scope = request.POST.get("scope", "")
        try:
            if scope not in Regrade.Scope.values:
                raise RegradeRefused("Choose which submissions are to be graded again.")
            return redirect("regrade", id=regrading.propose(reader.user, row, scope).pk)
        except RegradeRefused as fault:
            problem = str(fault)
    counts = [(scope, regrading.chosen(row, outline, scope).count()) for scope in Regrade.Scope]
    earlier = access.regrades(reader).filter(assignment=row).order_by("-pk")
    content = {
        "seat": seat, "outline": outline, "row": row, "counts": counts, "earlier": earlier, "problem": problem,
        "left_out": regrading.left_out(row),
    }  # fmt: skip
    return render(request, "service/regrades.html", content, status=422 if problem else 200)


@require_safe
def show(request: HttpRequest, id: int) -> HttpResponse:
    """One proposal: how far it is, who gains, who loses, and why."""
    regrade, seat = _find(request, id)
    is_open = regrade.state == Regrade.State.OPEN
    current = regrade.assignment.current or regrade.revision
    changes = difference.changes(regrade, read_outline(current.outline)) if is_open else []
    page = Paginator(changes, _A_PAGE).get_page(request.GET.get("page"))
    content = {
        "seat": seat, "regrade": regrade, "is_open": is_open, "progress": difference.progress(regrade),
        "gain": sum(change.by > 0 for change in changes), "lose": sum(change.by < 0 for change in changes),
        "page": page, "rows": difference.reasons(regrade, list(page)), "failed": difference.failed(regrade),
        "seen": difference.fingerprint(regrade), "left_out": regrading.left_out(regrade.assignment),
        "is_superseded": current != regrade.revision,
    }  # fmt: skip
    return render(request, "service/regrade.html", content)


@require_POST
def publish(request: HttpRequest, id: int) -> HttpResponse:
    """It becomes what counts. Instructors only."""

    def decide(user: User, regrade: Regrade) -> None:
        regrading.publish(user, regrade, request.POST.get("seen", ""))

    return _decided(request, id, decide, "The regrade is published: its scores are the ones that count.")


@require_POST
def discard(request: HttpRequest, id: int) -> HttpResponse:
    """It is put aside. Instructors only."""
    return _decided(request, id, regrading.discard, "The proposal is discarded; nothing has changed.")


def _decided(request: HttpRequest, id: int, decide: Callable[[User, Regrade], None], told: str) -> HttpResponse:
    regrade, seat = _find(request, id)
    if not seat.is_instructor:
        raise PermissionDenied
    try:
        decide(reader_of(request).user, regrade)
    except RegradeRefused as fault:
        told = str(fault)
    messages.info(request, told)
    return redirect("regrade", id=id)


def _find(request: HttpRequest, id: int) -> tuple[Regrade, Seat]:
    reader = reader_of(request)
    regrade = access.regrades(reader).filter(pk=id).first()
    if regrade is None:
        raise Http404
    return regrade, reader.seat(regrade.assignment.course)


@require_safe
def log(request: HttpRequest, course: str) -> HttpResponse:
    """Who did what that grades depend on, the newest first."""
    seat = staff_of(reader_of(request), course)
    page = Paginator(access.audit(seat), _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "service/log.html", {"seat": seat, "page": page})
