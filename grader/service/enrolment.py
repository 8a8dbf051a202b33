"""From a roster to members of a course: what would change, and the change. Nobody leaves unless that is asked for, and
accounts that exist keep their name and e-mail: they may be somebody's of another course, which are not told to this one
either."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower

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
    doubtful: tuple[Entry, ...]
    """those of them whose account has another e-mail address than the file says"""
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
    def detail(self) -> Iterator[str]:
        """A line for each person."""
        yield from (f"{entry.username}: new account, {entry.role}" for entry in self.new)
        yield from (f"{entry.username}: joined, {entry.role}" for entry in self.joining)
        yield from (f"{move.username}: {move.before} → {move.after}" for move in self.changing)
        yield from (f"{move.username}: left, {move.before}" for move in self.leaving)

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.new or self.joining or self.changing or self.leaving)


def plan(course: Course, entries: list[Entry], *, remove: bool = False) -> Plan:
    """What these entries would change in a course; with `remove`, who is not in them leaves. Raises RosterFault."""
    members = {row.user.username: row for row in course.memberships.select_related("user").order_by("pk")}
    listed = {entry.username for entry in entries}
    accounts, alike = _accounts(listed)
    absent = [row for name, row in members.items() if name not in listed]
    moves = [
        Move(entry.username, members[entry.username].name, members[entry.username].role, entry.role)
        for entry in entries
        if entry.username in members and members[entry.username].role != entry.role
    ]
    joining = [entry for entry in entries if entry.username in accounts and entry.username not in members]
    _require_owned(course, joining, accounts)
    _require_distinct([entry for entry in entries if entry.username not in accounts], alike)
    found = Plan(
        new=tuple(entry for entry in entries if entry.username not in accounts),
        joining=tuple(joining),
        doubtful=tuple(
            entry
            for entry in joining
            if entry.email and entry.email.casefold() != accounts[entry.username].email.casefold()
        ),
        changing=tuple(moves),
        leaving=tuple(Move(row.username, row.name, row.role) for row in absent) if remove else (),
        missing=0 if remove else len(absent),
        unchanged=sum(entry.username in members for entry in entries) - len(moves),
    )
    closed = {name for name, user in accounts.items() if not user.is_active}
    _require_instructor(members, found, [entry for entry in entries if entry.username not in closed])
    return found


def _require_owned(course: Course, joining: list[Entry], accounts: dict[str, User]) -> None:
    """Whoever has the link of an account without a password has the account: it is no member of two courses before
    somebody has chosen one."""
    problems = [
        f"line {entry.line}: {entry.username} has an account that was made for another course and has no password yet; "
        "once its owner has chosen one it can join; the operator can make a link for that"
        for entry in joining
        if accounts[entry.username].made_for_id != course.pk and not accounts[entry.username].has_usable_password()
    ]
    if problems:
        raise RosterFault(problems)


def _accounts(listed: set[str]) -> tuple[dict[str, User], dict[str, str]]:
    """Those of these names, and by a name in lower case those that are written otherwise."""
    rows = User.objects.annotate(lower=Lower("username"))
    rows = rows.filter(Q(username__in=listed) | Q(lower__in={name.lower() for name in listed}))
    found = {user.username: user for user in rows}
    others = {name.lower(): name for name in found if name not in listed}
    return {name: user for name, user in found.items() if name in listed}, others


def _require_distinct(new: list[Entry], alike: dict[str, str]) -> None:
    """People would take two usernames for one that differ by upper and lower case only."""
    problems = [
        f"line {entry.line}: there is an account {alike[entry.username.lower()]} already, which differs from "
        f"{entry.username} by upper and lower case only: write it so, or choose another username"
        for entry in new
        if entry.username.lower() in alike
    ]
    if problems:
        raise RosterFault(problems)


def _require_instructor(members: dict[str, Membership], plan: Plan, entries: list[Entry]) -> None:
    """A course does not lose the last one who could mend its roster."""
    before = {name for name, row in members.items() if row.role == Role.INSTRUCTOR and row.user.is_active}
    gone = {move.username for move in (*plan.leaving, *plan.changing)}
    if before and before <= gone and not any(entry.role == Role.INSTRUCTOR for entry in entries):
        raise RosterFault(["nobody would be an instructor of the course any more"])


def apply(course: Course, entries: list[Entry], actor: User | None = None, *, remove: bool = False) -> Plan:
    """Change it, all or nothing; what was changed. Without an actor the operator did it. Raises RosterFault."""
    with transaction.atomic():
        # One roster at a time, of whatever course: two of them may make the same accounts.
        list(Course.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        found = plan(course, entries, remove=remove)
        User.objects.bulk_create(
            User(
                username=entry.username, name=entry.name, email=entry.email, password=make_password(None),
                made_for=course,
            )
            for entry in found.new
        )  # fmt: skip
        arriving = {entry.username: entry for entry in (*found.new, *found.joining)}
        pairs = [(user, arriving[user.username]) for user in User.objects.filter(username__in=arriving)]
        Membership.objects.bulk_create(
            Membership(user=user, course=course, role=entry.role, name=entry.name, email=entry.email)
            for user, entry in pairs
        )
        for role in Role.values:
            names = [move.username for move in found.changing if move.after == role]
            course.memberships.filter(user__username__in=names).update(role=role)
        course.memberships.filter(user__username__in=[move.username for move in found.leaving]).delete()
        record(course, actor, AuditEntry.Action.ROSTER, found.told, found.detail)
    return found


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
    """Make an account a member of a course, on the machine of the service."""
    with transaction.atomic():
        Membership.objects.create(user=user, course=course, role=role, name=user.name, email=user.email)
        record(course, None, AuditEntry.Action.MEMBER, f"{user.username}: {role}")
