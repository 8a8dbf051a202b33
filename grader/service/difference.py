"""What a proposed regrade would change: for whom, by how much, and because of which checks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from grader.service.gradebook import Entry, counted, current, graded, rows
from grader.service.models import Assignment, Grading, Regrade, State, Use, User
from grader.service.outline import Outline


@dataclass(frozen=True)
class Progress:
    """How far the gradings of a regrade are."""

    total: int
    pending: int
    failed: int
    """through us: they keep what they have"""


@dataclass(frozen=True)
class Change:
    """What counts of one student, before and after; None where nothing counts."""

    owner: int
    submission: UUID
    """the one that explains it"""
    before: float | None
    after: float | None
    successor: int | None = None
    """the grading that would count, where it is of another submission than the one that counts now"""
    is_left: bool = False
    """whether `submission` is the one that counts now"""

    @property
    def by(self) -> float:
        """Points that are gained, or lost where it is negative."""
        return round((self.after or 0.0) - (self.before or 0.0), 6)


@dataclass(frozen=True)
class Reason:
    """A check that comes out differently."""

    task: str
    check: str
    before: str
    after: str
    """verdict, points and note"""


def progress(regrade: Regrade) -> Progress:
    """Of the gradings of a proposal."""
    states = list(regrade.gradings.values_list("state", flat=True))
    pending = sum(state in (State.QUEUED, State.RUNNING) for state in states)
    return Progress(len(states), pending, states.count(State.NEEDS_ATTENTION))


def fingerprint(regrade: Regrade) -> str:
    """Of the results in a proposal and of the rules they count by: another one as soon as any of them is."""
    rows = regrade.gradings.order_by("pk").values_list("pk", "state", "finished")
    current = Assignment.objects.values_list("current", flat=True).get(pk=regrade.assignment_id)
    return hashlib.sha256(repr((current, list(rows))).encode()).hexdigest()


def failed(regrade: Regrade) -> QuerySet[Grading]:
    """What failed through us."""
    rows = regrade.gradings.filter(state=State.NEEDS_ATTENTION, use=Use.PROPOSED).defer("report")
    return rows.select_related("submission__owner").order_by("pk")


def changes(regrade: Regrade, outline: Outline) -> list[Change]:
    """By student, who loses most first; those for whom nothing changes are not among them."""
    decided = regrade.gradings.filter(state__in=(State.GRADED, State.NOT_GRADABLE))
    fresh = {row[2]: row for row in rows(decided)}
    old = list(graded(current(regrade.assignment_id)))
    known = {row[2] for row in old}
    new = [fresh.get(row[2], row) for row in old] + [row for row in fresh.values() if row[2] not in known]
    before = counted(outline, old)
    after = counted(outline, sorted((row for row in new if row[4]), key=lambda row: (row[3], row[1])))
    found = [_change(owner, before.get(owner), after.get(owner), fresh) for owner in before.keys() | after.keys()]
    return sorted((change for change in found if change.by), key=lambda change: (change.by, change.owner))


def _change(owner: int, before: Entry | None, after: Entry | None, fresh: dict[UUID, Any]) -> Change:
    both = [entry for entry in (before, after) if entry is not None]
    explaining = next((entry for entry in both if entry.submission in fresh), both[0])
    moved = before is not None and after is not None and before.submission != after.submission
    return Change(
        owner, explaining.submission, before.counted if before else None, after.counted if after else None,
        after.grading if after is not None and moved else None, explaining is before,
    )  # fmt: skip


def reasons(regrade: Regrade, shown: list[Change]) -> list[tuple[User, Change, list[Reason]]]:
    """Why, for the changes of one page: only their reports are read."""
    wanted = [change.submission for change in shown]
    new = dict(regrade.gradings.filter(submission__in=wanted).values_list("submission", "report"))
    current = Grading.objects.filter(submission__in=wanted, use=Use.CURRENT)
    old = dict(current.values_list("submission", "report"))
    people = User.objects.in_bulk([change.owner for change in shown])
    successors = Grading.objects.filter(pk__in=[change.successor for change in shown if change.successor])
    revisions = dict(successors.values_list("pk", "revision"))
    return [
        (
            people[item.owner], item,
            _moved(item, revisions) + _compared(old.get(item.submission), new.get(item.submission)),
        )
        for item in shown
    ]  # fmt: skip


def _moved(change: Change, revisions: dict[int, int]) -> list[Reason]:
    if change.successor is None:
        return []
    before, after = ("this", "another") if change.is_left else ("another", "this")
    by = f"{after} submission, graded against revision {revisions[change.successor]}"
    return [Reason("", "", f"what counts is {before} submission", by)]


def _compared(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[Reason]:
    if not old or not new:
        return []
    before, after = _checks(old), _checks(new)
    found = [Reason("", "", old["message"] or "", new["message"])] if new["message"] else []
    different = [place for place in dict.fromkeys([*before, *after]) if before.get(place) != after.get(place)]
    return found + [
        Reason(*place, before.get(place, "not there"), after.get(place, "not there any more")) for place in different
    ]


def _checks(report: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (task["title"], check["title"]): f"{check['verdict'].replace('_', ' ')} {check['score']:g} / "
        f"{check['max_score']:g}" + (f", {check['note']}" if check["note"] else "")
        for task in report["tasks"]
        for check in task["checks"]
    }
