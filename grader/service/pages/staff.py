"""What staff must look at: work that failed through us, or through an assignment."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from grader.service import access, doorbell
from grader.service.leases import try_again
from grader.service.models import Grading, State
from grader.service.pages.reader import reader_of


@require_safe
def attention(request: HttpRequest) -> HttpResponse:
    """Gradings and revisions that need somebody."""
    reader = reader_of(request)
    if not reader.is_staff:
        raise PermissionDenied
    gradings = access.gradings(reader).filter(state=State.NEEDS_ATTENTION).defer("report")
    revisions = access.revisions(reader).filter(state__in=(State.NEEDS_ATTENTION, State.REFUSED)).order_by("-pk")
    content = {"gradings": gradings.order_by("queued")[:200], "revisions": revisions[:50]}
    return render(request, "service/attention.html", content)


@require_POST
def again(request: HttpRequest, id: int) -> HttpResponse:
    """Queue a grading once more."""
    reader = reader_of(request)
    if not reader.is_staff:
        raise PermissionDenied
    if not access.gradings(reader).filter(pk=id).exists():
        raise Http404
    if try_again(Grading, id):
        doorbell.ring(Grading, id)
        messages.info(request, "Queued again, with three new attempts.")
    else:
        messages.info(request, "It does not need attention any more.")
    return redirect("attention")
