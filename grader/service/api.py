"""The HTTP API, with its OpenAPI description at /api/openapi.json. Every call needs a token."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime
from typing import Annotated, Any

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import File, Header, NinjaAPI, Query, Schema, Status
from ninja.files import UploadedFile
from ninja.security import HttpBearer
from pydantic import Field

from grader.errors import AuthorFault, SpecError, UploadRefused
from grader.service import access, gradebook, tokens
from grader.service.acceptance import Upload, accept
from grader.service.access import Reader, Seat
from grader.service.models import Revision, User
from grader.service.publishing import publish
from grader.service.standing import Standing, standing

_LOG = logging.getLogger(__name__)


class TokenAuth(HttpBearer):
    """`Authorization: Bearer nabla_...`"""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The account behind a token."""
        return tokens.user_of(token)


Id = Annotated[str, Query(pattern=r"^[a-z0-9-]{0,64}$")]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]

api = NinjaAPI(title="Nabla", version="1", auth=TokenAuth(), docs_url=None)


class Refusal(Schema):
    """Why not."""

    detail: str
    problems: list[str] = Field(default_factory=list)


class CourseOut(Schema):
    """A course you belong to, and what you are in it."""

    id: str
    title: str
    zone: str
    role: str


class AssignmentOut(Schema):
    """What is set."""

    id: str
    title: str
    points: float
    file: str
    opens: datetime | None
    due: datetime | None
    closes: datetime | None


class SubmissionOut(Schema):
    """A receipt, and how the grading of it stands. Scores are those that the reader may see."""

    id: uuid.UUID
    course: str
    assignment: str
    owner: str
    name: str
    sha256: str
    received: datetime
    url: str
    state: str
    place: int | None = None
    score: float | None = None
    max_score: float | None = None
    counted: float | None = None
    report: dict[str, Any] | None = None


class RevisionOut(Schema):
    """A published state of an assignment."""

    id: int
    course: str
    assignment: str
    digest: str
    state: str
    problems: list[str]
    fault: str


class ColumnOut(Schema):
    """An assignment in the gradebook."""

    id: str
    title: str
    points: float


class ScoreOut(Schema):
    """What counts of a student in an assignment: the score, and what the late penalty leaves of it; `points` is the
    greatest score there was in the revision it was graded against."""

    counted: float
    score: float
    late_days: int
    points: float
    submission: uuid.UUID


class StudentOut(Schema):
    """A student in the gradebook; scores by the id of the assignment."""

    username: str
    name: str
    email: str
    total: float
    scores: dict[str, ScoreOut]


class GradesOut(Schema):
    """The gradebook of a course."""

    assignments: list[ColumnOut]
    points: float
    students: list[StudentOut]


def _reader(request: HttpRequest) -> Reader:
    user: User = request.auth  # type: ignore[attr-defined]
    return access.reader(user)


def _seat(reader: Reader, course: str) -> Seat:
    seat = access.course(reader, course)
    if seat is None:
        raise Http404(f"There is no course {course}, or you do not belong to it.")
    return seat


def _submission(item: Standing) -> SubmissionOut:
    row = item.submission
    return SubmissionOut(
        id=row.pk, course=row.assignment.course.slug, assignment=row.assignment.slug, owner=row.owner.username,
        name=row.name, sha256=row.content_id, received=row.received,
        url=reverse("submission", kwargs={"id": row.pk}), state=item.grading.state,
        place=item.place, score=item.score, max_score=item.max_score, counted=item.counted, report=item.report,
    )  # fmt: skip


def _revision(row: Revision) -> RevisionOut:
    return RevisionOut(
        id=row.pk, course=row.assignment.course.slug, assignment=row.assignment.slug, digest=row.digest,
        state=row.state, problems=row.problems, fault=row.fault,
    )  # fmt: skip


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, fault: Http404) -> HttpResponse:
    detail = str(fault) or "There is no such thing, or it is not yours to see."
    return api.create_response(request, {"detail": detail, "problems": []}, status=404)


@api.exception_handler(UploadRefused)
def _upload_refused(request: HttpRequest, fault: UploadRefused) -> HttpResponse:
    return api.create_response(request, {"detail": str(fault), "problems": []}, status=fault.status)


@api.exception_handler(DatabaseError)
def _database_is_away(request: HttpRequest, fault: DatabaseError) -> HttpResponse:
    _LOG.error("the database is away: %s", fault)
    detail = "The database does not answer, through no fault of yours. Nothing was stored; try again."
    return api.create_response(request, {"detail": detail, "problems": []}, status=503)


@api.exception_handler(AuthorFault)
def _author_fault(request: HttpRequest, fault: AuthorFault) -> HttpResponse:
    problems = [str(problem) for problem in fault.problems] if isinstance(fault, SpecError) else []
    detail = "The assignment has problems; nothing was published." if problems else str(fault)
    return api.create_response(request, {"detail": detail, "problems": problems}, status=422)


@api.get("/courses", response=list[CourseOut])
def list_courses(request: HttpRequest) -> list[CourseOut]:
    """Those that you belong to."""
    seats = access.courses(_reader(request))
    return [
        CourseOut(id=seat.course.slug, title=seat.course.title, zone=seat.course.zone, role=seat.role) for seat in seats
    ]


@api.get("/courses/{slug:course}/assignments", response={200: list[AssignmentOut], 404: Refusal})
def list_assignments(request: HttpRequest, course: str) -> list[AssignmentOut]:
    """Those of a course that you may see."""
    reader = _reader(request)
    seat = _seat(reader, course)
    return [AssignmentOut.from_orm(outline) for _, outline in access.assignments(reader, seat)]


@api.post("/courses/{slug:course}/assignments", response={202: RevisionOut, 403: Refusal, 404: Refusal, 422: Refusal})
def publish_assignment(request: HttpRequest, course: str, archive: File[UploadedFile]) -> Status[RevisionOut | Refusal]:
    """Publish the folder of an assignment, as a zip. TAs and instructors only. Ask for the revision until it is ready
    or refused."""
    reader = _reader(request)
    seat = _seat(reader, course)
    if not seat.is_staff:
        return Status(403, Refusal(detail="Only TAs and instructors of the course publish assignments."))
    return Status(202, _revision(publish(reader.user, seat.course, archive.read())))


@api.get("/revisions/{int:id}", response=RevisionOut)
def get_revision(request: HttpRequest, id: int) -> RevisionOut:
    """How far a revision is. Staff of its course only."""
    row = access.revisions(_reader(request)).filter(pk=id).first()
    if row is None:
        raise Http404
    return _revision(row)


@api.post(
    "/courses/{slug:course}/assignments/{slug:id}/submissions",
    response={201: SubmissionOut, 403: Refusal, 404: Refusal, 409: Refusal, 422: Refusal, 429: Refusal},
)
def submit(
    request: HttpRequest, course: str, id: str, file: File[UploadedFile], idempotency_key: Header[str | None] = None
) -> Status[SubmissionOut]:
    """Hand in a file. The answer is a receipt: from then on the file is safe and will be graded.

    The same `Idempotency-Key` again gives the same receipt, so a request whose answer got lost can be repeated.
    """
    reader = _reader(request)
    found = access.assignment(reader, course, id)
    if found is None:
        raise Http404(f"There is no assignment {id} in the course {course}, or it has not opened yet.")
    upload = Upload(file.name or "", file.read(), idempotency_key or uuid.uuid4().hex)
    return Status(201, _submission(standing(accept(reader.user, *found, upload), reader, whole=True)))


@api.get("/courses/{slug:course}/submissions", response={200: list[SubmissionOut], 404: Refusal})
def list_submissions(
    request: HttpRequest, course: str, assignment: Id = "", limit: int = 50, offset: Offset = 0
) -> list[SubmissionOut]:
    """Your own in a course, staff: everybody's; newest first, without reports."""
    reader = _reader(request)
    rows = access.gradings(reader).filter(submission__assignment__course=_seat(reader, course).course)
    rows = rows.defer("report").order_by("-submission__received", "-pk")
    if assignment:
        rows = rows.filter(submission__assignment__slug=assignment)
    count = min(max(1, limit), 500)
    return [_submission(standing(grading, reader)) for grading in rows[offset : offset + count]]


@api.get("/courses/{slug:course}/grades", response={200: GradesOut, 403: Refusal, 404: Refusal})
def get_grades(request: HttpRequest, course: str) -> Status[GradesOut | Refusal]:
    """What counts of every student in every assignment, hidden checks included. TAs and instructors only."""
    reader = _reader(request)
    seat = _seat(reader, course)
    if not seat.is_staff:
        return Status(403, Refusal(detail="Only TAs and instructors of the course see its grades."))
    book = gradebook.read_book(reader, seat)
    return Status(200, GradesOut.model_validate(gradebook.document(book, gradebook.linked(seat, book, book.lines))))


@api.get("/submissions/{uuid:id}", response=SubmissionOut)
def get_submission(request: HttpRequest, id: uuid.UUID) -> SubmissionOut:
    """How a submission stands, with its report once there is one."""
    reader = _reader(request)
    grading = access.grading_of(reader, id)
    if grading is None:
        raise Http404
    return _submission(standing(grading, reader, whole=True))
