"""From a roster to members of a course: what would change, and the change. Nobody leaves unless that is asked for, and
accounts that exist keep their name and e-mail: they may be somebody's of another course."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from grader.errors import ConfigurationFault, RosterFault
from grader.service.audit import record
from grader.service.models import AuditEntry, Course, Membership, Role, User
from grader.service.roster import Entry


@dataclass(frozen=True)
class Move:
    """Somebody whose role changes, or who leaves."""

    username: str
    name: str
    before: str
    after: str = ""


@dataclass(frozen=True)
class Plan:
    """What applying a roster changes."""

    new: tuple[Entry, ...]
    """people without an account"""
    joining: tuple[Entry, ...]
    """people with an account who are not in the course"""
    changing: tuple[Move, ...]
    leaving: tuple[Move, ...]
    missing: int
    """members who are not in the file and stay"""
    unchanged: int

    @property
    def told(self) -> str:
        """In numbers."""
        return (
            f"{len(self.new)} new accounts, {len(self.joining)} joined, {len(self.changing)} with another role, "
            f"{len(self.leaving)} left"
        )

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.new or self.joining or self.changing or self.leaving)


def plan(course: Course, entries: list[Entry], *, remove: bool = False) -> Plan:
    """What these entries would change in a course; with `remove`, who is not in them leaves. Raises RosterFault."""
    members = {row.user.username: row for row in course.memberships.select_related("user").order_by("pk")}
    listed = {entry.username for entry in entries}
    accounts = set(User.objects.filter(username__in=listed).values_list("username", flat=True))
    absent = [row for name, row in members.items() if name not in listed]
    moves = [
        Move(entry.username, members[entry.username].user.name, members[entry.username].role, entry.role)
        for entry in entries
        if entry.username in members and members[entry.username].role != entry.role
    ]
    found = Plan(
        new=tuple(entry for entry in entries if entry.username not in accounts),
        joining=tuple(entry for entry in entries if entry.username in accounts and entry.username not in members),
        changing=tuple(moves),
        leaving=tuple(Move(row.user.username, row.user.name, row.role) for row in absent) if remove else (),
        missing=0 if remove else len(absent),
        unchanged=sum(entry.username in members for entry in entries) - len(moves),
    )
    _require_instructor(members, found, entries)
    return found


def _require_instructor(members: dict[str, Membership], plan: Plan, entries: list[Entry]) -> None:
    """A course does not lose the last one who could mend its roster."""
    before = {name for name, row in members.items() if row.role == Role.INSTRUCTOR}
    gone = {move.username for move in (*plan.leaving, *plan.changing)}
    if before and before <= gone and not any(entry.role == Role.INSTRUCTOR for entry in entries):
        raise RosterFault(["nobody would be an instructor of the course any more"])


def apply(course: Course, entries: list[Entry], actor: User | None = None, *, remove: bool = False) -> Plan:
    """Change it, all or nothing; what was changed. Without an actor the operator did it. Raises RosterFault."""
    with transaction.atomic():
        Course.objects.select_for_update().get(pk=course.pk)  # one roster at a time
        found = plan(course, entries, remove=remove)
        User.objects.bulk_create(
            User(username=entry.username, name=entry.name, email=entry.email, password=make_password(None))
            for entry in found.new
        )
        arriving = {entry.username: entry.role for entry in (*found.new, *found.joining)}
        users = User.objects.filter(username__in=arriving)
        Membership.objects.bulk_create(
            Membership(user=user, course=course, role=arriving[user.username]) for user in users
        )
        for role in Role.values:
            names = [move.username for move in found.changing if move.after == role]
            course.memberships.filter(user__username__in=names).update(role=role)
        course.memberships.filter(user__username__in=[move.username for move in found.leaving]).delete()
        record(course, actor, AuditEntry.Action.ROSTER, found.told)
    return found


def first_password(user: User) -> str:
    """The path of the page on which a new account gets its password. It works once, for a month."""
    number = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("set-password", kwargs={"uidb64": number, "token": default_token_generator.make_token(user)})


def add_course(slug: str, title: str, zone: str) -> Course:
    """A new course. Raises ConfigurationFault."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", slug):
        raise ConfigurationFault(f"{slug} is no name of a course: lower-case letters, digits and -, as in calculus-26")
    if Course.objects.filter(slug=slug).exists():
        raise ConfigurationFault(f"there is a course {slug} already; choose another name")
    if not title.strip() or len(title) > 200 or not title.isprintable():
        raise ConfigurationFault("the title of a course has 1 to 200 characters that can be printed")
    if zone not in zoneinfo.available_timezones():
        raise ConfigurationFault(f"there is no time zone {zone}; they are called as in Europe/Berlin, or UTC")
    return Course.objects.create(slug=slug, title=title.strip(), zone=zone)


def enrol(user: User, course: Course, role: str) -> None:
    """Make an account a member of a course."""
    Membership.objects.create(user=user, course=course, role=role)
