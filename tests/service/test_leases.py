"""Who may work on what, and whose result counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from grader.service import leases
from grader.service.leases import Lease, claim, release_expired, release_owned, try_again
from grader.service.models import Assignment, Grading, State, Use, User
from tests.service.conftest import hand_in


@pytest.fixture
def grading(student: User, demo: Assignment) -> Grading:
    return hand_in(student, demo)


def claimed(grading: Grading, owner: str = "worker-1") -> Lease:
    lease = claim(Grading, grading.pk, owner)
    assert lease is not None
    return lease


def expire(grading: Grading) -> None:
    Grading.objects.filter(pk=grading.pk).update(lease_expires=Now() - timedelta(seconds=1))


def state_of(grading: Grading) -> str:
    grading.refresh_from_db()
    return grading.state


def test_queued_work_is_claimed_once(grading: Grading) -> None:
    claimed(grading)
    assert claim(Grading, grading.pk, "worker-2") is None
    grading.refresh_from_db()
    assert (grading.state, grading.attempts, grading.lease_owner) == (State.RUNNING, 1, "worker-1")
    assert grading.lease_expires is not None
    assert grading.started is not None
    assert timedelta(seconds=10) < grading.lease_expires - grading.started <= leases.LEASE


def test_a_result_ends_it(grading: Grading) -> None:
    assert claimed(grading).finish(State.GRADED, scores=[[1, 2]])
    assert claim(Grading, grading.pk, "worker-2") is None
    grading.refresh_from_db()
    assert (grading.state, grading.scores, grading.lease_expires) == (State.GRADED, [[1, 2]], None)
    assert grading.finished is not None


def test_a_result_counts_once(grading: Grading) -> None:
    lease = claimed(grading)
    assert lease.finish(State.GRADED, scores=[[1, 2]])
    assert not lease.finish(State.GRADED, scores=[[2, 2]])
    grading.refresh_from_db()
    assert grading.scores == [[1, 2]]


def test_a_late_result_is_turned_away_even_where_nobody_else_finished(grading: Grading) -> None:
    late = claimed(grading)
    expire(grading)
    assert release_expired(Grading) == 1
    second = claimed(grading, "worker-2")
    assert not late.finish(State.GRADED, scores=[[0, 2]])
    assert not late.renew()
    assert not late.release("too late")
    assert state_of(grading) == State.RUNNING
    assert second.finish(State.GRADED, scores=[[2, 2]])
    grading.refresh_from_db()
    assert (grading.scores, grading.attempts) == ([[2, 2]], 2)


def test_a_renewed_lease_does_not_expire(grading: Grading) -> None:
    lease = claimed(grading)
    expire(grading)
    assert lease.renew()
    assert release_expired(Grading) == 0
    assert state_of(grading) == State.RUNNING


def test_only_expired_leases_are_taken(grading: Grading) -> None:
    claimed(grading)
    assert release_expired(Grading) == 0


@pytest.mark.parametrize("kind", ["expired", "released", "owner died"])
def test_after_three_attempts_somebody_must_look_and_nobody_gets_a_zero(grading: Grading, kind: str) -> None:
    for attempt in range(1, leases.ATTEMPTS + 1):
        lease = claimed(grading)
        if kind == "expired":
            expire(grading)
            assert release_expired(Grading) == 1
        elif kind == "released":
            assert lease.release("the disk is full")
        else:
            assert release_owned(Grading, "worker-1") == 1
        assert state_of(grading) == (State.QUEUED if attempt < leases.ATTEMPTS else State.NEEDS_ATTENTION)
    assert claim(Grading, grading.pk, "worker-1") is None
    grading.refresh_from_db()
    assert grading.fault
    assert (grading.scores, grading.report) == (None, None)


def test_work_of_others_is_left_to_them(grading: Grading) -> None:
    claimed(grading, "worker-1")
    assert release_owned(Grading, "worker-2") == 0
    assert release_owned(Grading, "worker-1") == 1


def test_staff_can_have_it_tried_again(grading: Grading) -> None:
    for _ in range(leases.ATTEMPTS):
        claimed(grading).release("the disk is full")
    assert try_again(Grading, grading.pk)
    assert not try_again(Grading, grading.pk)
    grading.refresh_from_db()
    assert (grading.state, grading.attempts) == (State.QUEUED, 0)
    assert claimed(grading).finish(State.GRADED)


def test_what_nobody_waits_for_is_not_tried_again(grading: Grading) -> None:
    claimed(grading).finish(State.NEEDS_ATTENTION)
    Grading.objects.update(use=Use.PAST)
    assert not try_again(Grading, grading.pk)


def test_what_is_done_needs_no_second_try(grading: Grading) -> None:
    claimed(grading).finish(State.GRADED)
    assert not try_again(Grading, grading.pk)
    assert state_of(grading) == State.GRADED
