"""Lost doorbells are rung again, lost leases are given back, and a full queue is left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from grader.service import doorbell
from grader.service.doorbell import INTERACTIVE, REGRADE, Lane
from grader.service.leases import claim
from grader.service.models import Assignment, Grading, State, Use, User
from grader.worker.reconciler import tick
from grader.worker.watchdog import Watchdog
from tests.service.conftest import hand_in


class Bell:
    """Stands for the broker: counts what is rung, says how much waits."""

    def __init__(self) -> None:
        self.heard: list[tuple[Lane, int]] = []
        self.waits = 0
        self.is_away = False

    def ring(self, lane: Lane, id: int) -> bool:
        self.heard.append((lane, id))
        return True

    @property
    def rung(self) -> list[int]:
        return [id for _, id in self.heard]

    def waiting(self, lane: Lane) -> int:
        if self.is_away:
            raise OSError("connection refused")
        return self.waits


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Bell:
    bell = Bell()
    monkeypatch.setattr(doorbell, "ring", bell.ring)
    monkeypatch.setattr(doorbell, "waiting", bell.waiting)
    return bell


def age(seconds: int) -> None:
    Grading.objects.update(rung=Now() - timedelta(seconds=seconds))


def test_a_lost_doorbell_is_rung_again(student: User, demo: Assignment, bell: Bell) -> None:
    grading = hand_in(student, demo)
    tick()
    assert bell.rung == []  # it may still be on its way
    age(6)
    tick()
    assert bell.rung == [grading.pk]
    tick()
    assert bell.rung == [grading.pk]  # once in a while, not every time


def test_a_backlog_is_not_a_loss(student: User, demo: Assignment, bell: Bell) -> None:
    gradings = [hand_in(student, demo) for _ in range(5)]
    age(60)
    bell.waits = 5
    tick()
    assert bell.rung == []
    bell.waits = 3
    tick()
    assert bell.rung == [grading.pk for grading in gradings[:2]]  # those that waited longest


def test_a_regrade_is_rung_for_in_a_lane_of_its_own(student: User, demo: Assignment, bell: Bell) -> None:
    first, second = hand_in(student, demo), hand_in(student, demo)
    Grading.objects.filter(pk=second.pk).update(use=Use.PROPOSED)
    age(60)
    tick()
    assert bell.heard == [(INTERACTIVE, first.pk), (REGRADE, second.pk)]


def test_an_expired_lease_is_given_back_and_rung(student: User, demo: Assignment, bell: Bell) -> None:
    grading = hand_in(student, demo)
    age(60)
    assert claim(Grading, grading.pk, "worker-1")
    tick()
    assert bell.rung == []
    Grading.objects.update(lease_expires=Now() - timedelta(seconds=1))
    tick()
    grading.refresh_from_db()
    assert (grading.state, bell.rung) == (State.QUEUED, [grading.pk])


def test_a_broker_that_is_away(student: User, demo: Assignment, bell: Bell) -> None:
    hand_in(student, demo)
    age(60)
    bell.is_away = True
    tick()
    assert bell.rung == []
    bell.is_away = False
    tick()
    assert len(bell.rung) == 1


@pytest.mark.django_db
def test_without_a_broker_a_bell_is_silent_and_says_so() -> None:
    assert not doorbell.ring(INTERACTIVE, 1)
    with pytest.raises(OSError, match="."):
        doorbell.waiting(INTERACTIVE)


def test_a_deaf_worker_is_ended(student: User, demo: Assignment, bell: Bell) -> None:
    hand_in(student, demo)
    age(60)
    assert Watchdog(patience=0.0).is_deaf()


def test_a_worker_that_hears_is_left_alone(student: User, demo: Assignment, bell: Bell) -> None:
    assert not Watchdog(patience=0.0).is_deaf()  # nothing waits
    hand_in(student, demo)
    age(60)
    assert not Watchdog(patience=1000.0).is_deaf()  # it heard something lately
    watchdog = Watchdog(patience=0.0)
    with watchdog.busy():
        assert not watchdog.is_deaf()
    bell.is_away = True
    assert not watchdog.is_deaf()  # nobody could hear anything


@pytest.mark.django_db(transaction=True)
def test_the_watchdog_ends_its_process(student: User, demo: Assignment, bell: Bell) -> None:
    import threading

    hand_in(student, demo)
    age(60)
    ended = threading.Event()
    statuses: list[int] = []

    def end(status: int) -> None:
        statuses.append(status)
        ended.set()

    Watchdog(end, patience=0.0).start()
    assert ended.wait(10)
    assert statuses == [75]
