"""The rows. They are the truth: queues carry ids of them, and everything else can be made again from them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now


class User(AbstractUser):
    """Somebody with an account. What they may see follows from their memberships; `is_superuser` are site admins, who
    see every course. Django's `is_staff` means nothing here."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=150, blank=True, default="")
    """in full, as they write it: names do not come in two halves everywhere"""
    made_for = models.ForeignKey("Course", models.SET_NULL, null=True, blank=True, related_name="+")
    """the course whose roster made the account: as long as it has no password, only that course hands out its link"""

    def get_full_name(self) -> str:
        """See Django."""
        return self.name

    def get_short_name(self) -> str:
        """See Django."""
        return self.name


class Token(models.Model):
    """A key to the API. Only its digest is kept, so a copy of the database opens nothing."""

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    created = models.DateTimeField(db_default=Now())


class State(models.TextChoices):
    """Where a piece of work is. A piece of work is a grading, or a revision being made ready."""

    QUEUED = "queued"
    RUNNING = "running"
    GRADED = "graded"
    NOT_GRADABLE = "not_gradable"
    CANCELLED = "cancelled"
    READY = "ready"
    REFUSED = "refused"
    NEEDS_ATTENTION = "needs_attention"


class Work(models.Model):
    """What a worker takes up by a lease; `grader.service.leases` has the rules."""

    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    queued = models.DateTimeField(db_default=Now())
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_owner = models.CharField(max_length=120, default="")
    lease_expires = models.DateTimeField(null=True)
    fence = models.UUIDField(null=True)
    """of the present lease; whoever writes a result must name it"""
    rung = models.DateTimeField(db_default=Now())
    """when a worker was last told of it"""
    fault = models.TextField(default="")
    """what went wrong on our side, for staff"""

    class Meta:
        abstract = True


class Course(models.Model):
    """One run of a course. Everything that is set or handed in belongs to one."""

    slug = models.CharField(max_length=64, unique=True)
    """as in its address: fa26"""
    title = models.CharField(max_length=200)
    zone = models.CharField(max_length=64, default="UTC")
    """the time zone in which its pages tell times, such as Europe/Berlin"""
    created = models.DateTimeField(db_default=Now())


class Role(models.TextChoices):
    """What somebody is in a course."""

    STUDENT = "student", "student"
    TA = "ta", "TA"
    INSTRUCTOR = "instructor", "instructor"


class Membership(models.Model):
    """That somebody belongs to a course, and what the course calls them. What their account says is their own, and no
    other course's to see."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    course = models.ForeignKey(Course, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role, default=Role.STUDENT)
    name = models.CharField(max_length=150, blank=True, default="")
    email = models.EmailField(blank=True, default="")

    @property
    def username(self) -> str:
        """Of their account."""
        return self.user.username

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "course"], name="one_role_in_a_course")]


class Assignment(models.Model):
    """What is set in a course, through all its revisions."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="assignments")
    slug = models.CharField(max_length=64)
    """its id as its author wrote it, unique within the course: the next year sets the same again"""
    created = models.DateTimeField(db_default=Now())
    current = models.ForeignKey("Revision", models.PROTECT, null=True, related_name="+")
    """what new submissions are graded against; nothing until a first revision is ready"""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["course", "slug"], name="one_of_a_name_in_a_course")]


class Revision(Work):
    """One published state of an assignment's files. Never changed; ready once its bundles are computed."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="revisions")
    digest = models.CharField(max_length=80)
    """of what grading depends on, as reports name it"""
    archive = models.BinaryField()
    """the folder as a zip"""
    archive_sha256 = models.CharField(max_length=64)
    outline = models.TextField()
    """what pages show of it, as JSON of `grader.service.outline`"""
    publisher = models.ForeignKey(User, models.PROTECT, related_name="+")
    problems = models.JSONField(default=list)
    """why it was refused"""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "queued"])]


class StoredBundle(models.Model):
    """Points and expected values of a task, by content. Many revisions share one."""

    key = models.CharField(max_length=80, primary_key=True)
    content = models.BinaryField()


class Content(models.Model):
    """Bytes that were handed in, by their SHA-256. Immutable."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    body = models.BinaryField()
    size = models.PositiveIntegerField()


class Submission(models.Model):
    """What somebody handed in, and when. Immutable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(User, models.PROTECT, related_name="submissions")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="submissions")
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    """of the file, as the student called it"""
    received = models.DateTimeField(db_default=Now())
    ticket = models.CharField(max_length=64)
    """chosen by the sender: the same upload sent twice is one submission"""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "ticket"], name="one_per_ticket")]
        indexes: ClassVar = [
            models.Index(fields=["assignment", "owner", "received"]),
            models.Index(fields=["owner", "received"]),
        ]


class Regrade(models.Model):
    """A proposal: submissions are graded once more, and nothing changes before it is published."""

    class Scope(models.TextChoices):
        """Which submissions."""

        ALL = "all", "all submissions"
        LATEST = "latest", "the latest graded one of each student"
        BEST = "best", "the best one of each student"

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", "open"
        PUBLISHED = "published", "published"
        DISCARDED = "discarded", "discarded"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="regrades")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    scope = models.CharField(max_length=16, choices=Scope)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    proposer = models.ForeignKey(User, models.PROTECT, related_name="+")
    created = models.DateTimeField(db_default=Now())
    decider = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided = models.DateTimeField(null=True)
    changed = models.JSONField(default=list)
    """once it is published, for each student whose score changed: username, submission, counted before and after"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assignment"], condition=models.Q(state="open"), name="one_open_regrade")
        ]


class Use(models.TextChoices):
    """What a grading is to its submission."""

    CURRENT = "current"
    """the one that everybody sees and that counts; a submission has one"""
    PROPOSED = "proposed"
    """of a regrade that nobody decided on: students see nothing of it"""
    PAST = "past"
    """replaced, or of a regrade that was discarded"""


class Grading(Work):
    """One act of grading a submission against one revision."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="gradings")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="gradings")
    use = models.CharField(max_length=16, choices=Use, default=Use.CURRENT)
    regrade = models.ForeignKey(Regrade, models.PROTECT, null=True, related_name="gradings")
    scores = models.JSONField(null=True)
    """score and greatest score as each visibility opens; the last is all of it"""
    report = models.JSONField(null=True)
    """the whole document, as staff see it"""
    notes = models.JSONField(default=list)
    """recognised mistakes in it: title of the task, note, hint"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission"], condition=models.Q(use="current"), name="one_is_current")
        ]
        indexes: ClassVar = [models.Index(fields=["state", "queued"])]


class CountedScore(models.Model):
    """What counts of a student in an assignment, hidden checks included: made from gradings by `gradebook.recount`."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="counted_scores")
    owner = models.ForeignKey(User, models.CASCADE, related_name="counted_scores")
    grading = models.ForeignKey(Grading, models.CASCADE, related_name="+")
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="+")
    """of that grading, whose row is long: a gradebook does not look at it"""
    score = models.FloatField()
    counted = models.FloatField()
    """the score after the late penalty"""
    points = models.FloatField()
    """the greatest score there was in the revision it was graded against"""
    late_days = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["assignment", "owner"], name="one_counts")]


class AuditEntry(models.Model):
    """One act that grades depend on. Never changed."""

    class Action(models.TextChoices):
        """What was done."""

        REVISION = "revision", "sent a revision"
        PROPOSED = "regrade_proposed", "proposed a regrade"
        PUBLISHED = "regrade_published", "published a regrade"
        DISCARDED = "regrade_discarded", "discarded a regrade"
        ROSTER = "roster", "applied a roster"
        MEMBER = "member", "made an account a member"
        AGAIN = "again", "had a submission graded again"

    course = models.ForeignKey(Course, models.PROTECT, related_name="audit")
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """nobody where it was done on the machine of the service"""
    action = models.CharField(max_length=32, choices=Action)
    subject = models.CharField(max_length=300)
    detail = models.JSONField(default=list)
    """for whom or what in it, a line of words each"""
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["course", "at"])]
