"""What staff of a course must look at: work that failed through us, or through an assignment."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from grader.service import access, doorbell
from grader.service.leases import try_again
from grader.service.models import Grading, State
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
    grading = access.gradings(reader).defer("report").filter(pk=id).first()
    if grading is None:
        raise Http404
    course = grading.submission.assignment.course
    if not reader.seat(course).is_staff:
        raise PermissionDenied
    if try_again(Grading, id):
        doorbell.ring(Grading, id)
        messages.info(request, "Queued again, with three new attempts.")
    else:
        messages.info(request, "It does not need attention any more.")
    return redirect("attention", course=course.slug)
