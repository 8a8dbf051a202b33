"""What staff of a course must look at: work that failed through us, or through an assignment."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from grader.service import access, doorbell, regrading
from grader.service.models import State, Use
from grader.service.pages.reader import reader_of, staff_of


@require_safe
def attention(request: HttpRequest, course: str) -> HttpResponse:
    """Gradings and revisions that need somebody."""
    reader = reader_of(request)
    seat = staff_of(reader, course)
    gradings = access.gradings(reader).filter(submission__assignment__course=seat.course)
    gradings = gradings.filter(state=State.NEEDS_ATTENTION).defer("report").order_by("queued")
    revisions = access.revisions(reader).filter(assignment__course=seat.course)
    revisions = revisions.filter(state__in=(State.NEEDS_ATTENTION, State.REFUSED)).order_by("-pk")
    content = {"seat": seat, "gradings": gradings[:200], "revisions": revisions[:50]}
    return render(request, "service/attention.html", content)


@require_POST
def again(request: HttpRequest, id: int) -> HttpResponse:
    """Queue a grading once more."""
    reader = reader_of(request)
    rows = access.gradings(reader).filter(pk=id).defer("report")
    grading = rows.first() or access.proposed(reader).filter(pk=id).defer("report").first()
    if grading is None:
        raise Http404
    course = grading.submission.assignment.course
    if not reader.seat(course).is_staff:
        raise PermissionDenied
    if regrading.again(reader.user, grading):
        doorbell.ring(doorbell.REGRADE if grading.use == Use.PROPOSED else doorbell.INTERACTIVE, id)
        messages.info(request, "Queued again, with three new attempts.")
    else:
        messages.info(request, "It does not need attention any more.")
    if grading.use == Use.PROPOSED:
        return redirect("regrade", id=grading.regrade_id)
    return redirect("attention", course=course.slug)
