"""Who works on what. Every step is one conditional UPDATE by the database's own clock, so that no two workers can
both believe they own a piece of work, and a late result is turned away.

    queued --claim--> running --finish--> graded | not_gradable | ready | refused | needs_attention
       ^                 |
       +--release--------+   a fault of ours, or the lease ran out; after ATTEMPTS of them: needs_attention
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import Case, DateTimeField, Expression, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Now

from grader.service.models import Grading, Revision, State, Use

ATTEMPTS = 3
LEASE = timedelta(seconds=15)
RENEW_SECONDS = 5.0

WorkModel: TypeAlias = type[Grading] | type[Revision]


@dataclass(frozen=True)
class Lease:
    """The right to write the result of one piece of work; worth nothing once it ran out and was given on."""

    model: WorkModel
    id: int
    fence: uuid.UUID

    def _held(self) -> QuerySet[Any]:
        return self.model.objects.filter(pk=self.id, state=State.RUNNING, fence=self.fence)

    def renew(self) -> bool:
        """Longer from now; False where it is no longer ours."""
        with transaction.atomic():
            return self._held().update(lease_expires=_from_now(LEASE)) == 1

    def finish(self, state: State, **values: Any) -> bool:
        """Write the result; False where the lease is no longer ours, and nothing was written."""
        ended = {"state": state, "finished": Now(), "lease_expires": None, "fence": None}
        with transaction.atomic():
            return self._held().update(**ended, **values) == 1

    def release(self, fault: str) -> bool:
        """Give the work back after a fault of ours; False where it is no longer ours."""
        return _give_back(self._held(), fault) == 1


def claim(model: WorkModel, id: int, owner: str) -> Lease | None:
    """A lease on queued work; None where somebody else has it or it is done, as with every doorbell rung twice."""
    fence = uuid.uuid4()
    with transaction.atomic():
        taken = model.objects.filter(pk=id, state=State.QUEUED).update(
            state=State.RUNNING,
            attempts=F("attempts") + 1,
            started=Now(),
            lease_owner=owner,
            lease_expires=_from_now(LEASE),
            fence=fence,
        )
    return Lease(model, id, fence) if taken else None


def release_expired(model: WorkModel) -> int:
    """Give back what nobody renewed; how many."""
    expired = model.objects.filter(state=State.RUNNING, lease_expires__lt=Now())
    return _give_back(expired, "the worker that had it stopped or lost touch")


def release_owned(model: WorkModel, owner: str) -> int:
    """Give back what a former process of this name had when it died; how many."""
    owned = model.objects.filter(state=State.RUNNING, lease_owner=owner)
    return _give_back(owned, "the worker that had it died")


def try_again(model: WorkModel, id: int) -> bool:
    """Queue work that needs attention once more, with all its attempts; False where it does not need any."""
    stuck: QuerySet[Any] = model.objects.filter(pk=id, state=State.NEEDS_ATTENTION)
    if model is Grading:
        stuck = stuck.exclude(use=Use.PAST)  # of a proposal that was decided on meanwhile: nobody waits for it
    return stuck.update(state=State.QUEUED, attempts=0, queued=Now(), rung=Now(), finished=None) == 1


def _give_back(held: QuerySet[Any], fault: str) -> int:
    spent = Q(attempts__gte=ATTEMPTS)
    with transaction.atomic():
        return held.update(
            state=Case(When(spent, then=Value(State.NEEDS_ATTENTION)), default=Value(State.QUEUED)),
            finished=Case(When(spent, then=Now()), default=None, output_field=DateTimeField()),
            lease_expires=None,
            fence=None,
            fault=fault,
        )


def _from_now(duration: timedelta) -> Expression:
    return ExpressionWrapper(Now() + Value(duration), output_field=DateTimeField())
