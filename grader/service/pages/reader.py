"""Who reads a page, and what they are in the course that it is about."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from grader.service import access
from grader.service.access import Reader, Seat
from grader.service.models import Assignment, User
from grader.service.outline import Outline


def reader_of(request: HttpRequest) -> Reader:
    """The account that is signed in; the middleware lets nobody else come this far."""
    assert isinstance(request.user, User)
    return access.reader(request.user)


def seat_of(reader: Reader, course: str) -> Seat:
    """What the reader is in this course. Raises Http404 where they do not belong to it."""
    seat = access.course(reader, course)
    if seat is None:
        raise Http404
    return seat


def staff_of(reader: Reader, course: str) -> Seat:
    """The same for pages that are for staff. Raises PermissionDenied for students."""
    seat = seat_of(reader, course)
    if not seat.is_staff:
        raise PermissionDenied
    return seat


def instructor_of(reader: Reader, course: str) -> Seat:
    """The same for pages that are for instructors. Raises PermissionDenied for everybody else."""
    seat = seat_of(reader, course)
    if not seat.is_instructor:
        raise PermissionDenied
    return seat


def assignment_of(reader: Reader, course: str, id: str) -> tuple[Assignment, Outline]:
    """An assignment of this course. Raises Http404 where the reader sees none."""
    found = access.assignment(reader, course, id)
    if found is None:
        raise Http404
    return found
