"""Who may see what. Pages and API take their objects from here and nowhere else: what one may not see does not exist
for one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from grader.service.models import (
    Assignment,
    AuditEntry,
    CountedScore,
    Course,
    Grading,
    Membership,
    Regrade,
    Revision,
    Role,
    State,
    Submission,
    Use,
    User,
)
from grader.service.outline import Outline, read_outline

STAFF = (Role.TA, Role.INSTRUCTOR)
"""who sees the work of everybody in their course, and its solutions"""


@dataclass(frozen=True)
class Seat:
    """What somebody is in one course."""

    course: Course
    role: str

    @property
    def is_staff(self) -> bool:
        """Whether they see everybody's work there, and publish."""
        return self.role in STAFF

    @property
    def role_name(self) -> str:
        """As pages say it."""
        return Role(self.role).label

    @property
    def is_instructor(self) -> bool:
        """Whether they decide who belongs to the course."""
        return self.role == Role.INSTRUCTOR


@dataclass(frozen=True)
class Reader:
    """Somebody who asks, with their role in every course they belong to, by the course's key."""

    user: User
    roles: Mapping[int, str]

    @property
    def is_admin(self) -> bool:
        """Site admins may do in every course what its instructors may."""
        return self.user.is_superuser

    @property
    def staffed(self) -> list[int]:
        """Courses whose staff they are by a membership."""
        return [course for course, role in self.roles.items() if role in STAFF]

    def is_staff_of(self, course: int) -> bool:
        """Whether they see everybody's work there."""
        return self.is_admin or self.roles.get(course) in STAFF

    def seat(self, course: Course) -> Seat:
        """What they are in a course that they may see."""
        return Seat(course, Role.INSTRUCTOR if self.is_admin else self.roles[course.pk])


def reader(user: User) -> Reader:
    """The reader that an account is."""
    return Reader(user, dict(Membership.objects.filter(user=user).values_list("course", "role")))


def courses(reader: Reader) -> list[Seat]:
    """Those that one belongs to, the newest first."""
    rows = Course.objects.filter(_belongs(reader, "pk")).order_by("-created", "slug")
    return [reader.seat(row) for row in rows]


def course(reader: Reader, slug: str) -> Seat | None:
    """One of `courses`, None where one does not belong to it."""
    row = Course.objects.filter(_belongs(reader, "pk"), slug=slug).first()
    return reader.seat(row) if row else None


def _belongs(reader: Reader, course: str) -> Q:
    return Q() if reader.is_admin else Q(**{f"{course}__in": list(reader.roles)})


def _own_or_staffed(reader: Reader, owner: str, course: str) -> Q:
    if reader.is_admin:
        return Q()
    return Q(**{f"{course}__in": reader.staffed}) | Q(_belongs(reader, course), **{owner: reader.user})


def submissions(reader: Reader) -> QuerySet[Submission]:
    """One's own; for staff everybody's of their courses."""
    seen = _own_or_staffed(reader, "owner", "assignment__course")
    return Submission.objects.filter(seen).select_related("owner")


def gradings(reader: Reader) -> QuerySet[Grading]:
    """What counts of the submissions one may see: neither proposals nor what they replaced."""
    seen = _own_or_staffed(reader, "submission__owner", "submission__assignment__course")
    rows = Grading.objects.filter(seen, use=Use.CURRENT).select_related(
        "submission__owner", "submission__assignment__current", "submission__assignment__course", "revision"
    )
    return rows.defer("revision__archive", "revision__outline", "submission__assignment__current__archive")


def grading_of(reader: Reader, submission: uuid.UUID) -> Grading | None:
    """The one that a submission's page shows; None where one may not see it."""
    return gradings(reader).filter(submission_id=submission).first()


def regrades(reader: Reader) -> QuerySet[Regrade]:
    """Of the courses whose staff one is."""
    seen = Q() if reader.is_admin else Q(assignment__course__in=reader.staffed)
    rows = Regrade.objects.filter(seen).select_related("assignment__course", "assignment__current", "revision")
    rows = rows.select_related("proposer", "decider")
    return rows.defer("assignment__current__archive", "revision__archive", "revision__outline")


def proposed(reader: Reader) -> QuerySet[Grading]:
    """Gradings of the regrades one may see that nobody decided on."""
    rows = Grading.objects.filter(use=Use.PROPOSED, regrade__in=regrades(reader).order_by())
    return rows.select_related("submission__assignment__course")


def audit(seat: Seat) -> QuerySet[AuditEntry]:
    """What was done in a course that grades depend on, for its staff; the newest first."""
    rows = seat.course.audit.select_related("actor").order_by("-pk")
    return rows if seat.is_staff else rows.none()


def assignments(reader: Reader, seat: Seat | None = None) -> list[tuple[Assignment, Outline]]:
    """Those with a ready revision, of all courses or of one, in order of creation; students see them from when they
    open."""
    rows = _ready(reader).order_by("created", "slug")
    if seat is not None:
        rows = rows.filter(course=seat.course)
    pairs = [(row, read_outline(row.current.outline)) for row in rows if row.current]
    return [(row, outline) for row, outline in pairs if _is_open(row, outline, reader)]


def assignment(reader: Reader, course: str, slug: str) -> tuple[Assignment, Outline] | None:
    """One of `assignments`, None where one may not see it."""
    row = _ready(reader).filter(course__slug=course, slug=slug).first()
    if row is None or row.current is None:
        return None
    outline = read_outline(row.current.outline)
    return (row, outline) if _is_open(row, outline, reader) else None


def _ready(reader: Reader) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(_belongs(reader, "course"), current__isnull=False)
    return rows.select_related("current", "course").defer("current__archive")


def _is_open(row: Assignment, outline: Outline, reader: Reader) -> bool:
    return reader.is_staff_of(row.course_id) or outline.opens is None or timezone.now() >= outline.opens


def revisions(reader: Reader) -> QuerySet[Revision]:
    """Of the courses whose staff one is: revisions hold solutions."""
    seen = Q() if reader.is_admin else Q(assignment__course__in=reader.staffed)
    return Revision.objects.filter(seen).defer("archive").select_related("publisher", "assignment__course")


def members(seat: Seat) -> QuerySet[Membership]:
    """Everybody of a course, for its instructors."""
    rows = seat.course.memberships if seat.is_instructor else Membership.objects.none()
    return rows.select_related("user").order_by("user__username")


def students(seat: Seat) -> QuerySet[Membership]:
    """Of a course, for its staff."""
    rows = seat.course.memberships.filter(role=Role.STUDENT).select_related("user")
    rows = rows.only("user__username", "user", "name", "email", "course").order_by("user__username")
    return rows if seat.is_staff else rows.none()


def counted_scores(seat: Seat) -> QuerySet[CountedScore]:
    """Of the students of a course, for its staff."""
    rows = CountedScore.objects.filter(
        assignment__course=seat.course, owner__in=students(seat).order_by().values("user")
    )
    return rows if seat.is_staff else rows.none()


def waiting(seat: Seat) -> QuerySet[Grading]:
    """What is not graded yet in a course, for its staff."""
    undecided = (State.QUEUED, State.RUNNING, State.NEEDS_ATTENTION)
    rows = Grading.objects.filter(state__in=undecided, use=Use.CURRENT, submission__assignment__course=seat.course)
    return rows if seat.is_staff else rows.none()


def without_password(seat: Seat) -> list[User]:
    """Members whose first password an instructor may hand out: it is an account that was made for this course and is of
    this course alone, so nobody gets into another course by it."""
    rows = User.objects.filter(is_superuser=False, is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    rows = rows.annotate(courses=Count("memberships")).filter(courses=1, memberships__in=members(seat).order_by())
    return list(rows.filter(made_for=seat.course).prefetch_related("memberships").order_by("username"))
