"""Finds work that got lost on its way and rings for it again.

python -m grader.worker.reconciler
"""

from __future__ import annotations

import logging
import signal
import threading
from datetime import timedelta
from types import FrameType
from typing import TYPE_CHECKING

import django
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from grader import logs

if TYPE_CHECKING:
    from grader.service.doorbell import Lane

_LOG = logging.getLogger("grader.worker.reconciler")

TICK_SECONDS = 3.0
SETTLED = timedelta(seconds=5)
"""how long a doorbell may take before it counts as lost"""


def tick() -> None:
    """One look at all work. Raises DatabaseError; a broker that is away is nothing to raise."""
    from grader.service.doorbell import LANES
    from grader.service.leases import release_expired
    from grader.service.models import Grading, Revision

    for model in (Grading, Revision):
        given_back = release_expired(model)
        if given_back:
            _LOG.warning("%d %s given back: their leases ran out", given_back, model._meta.verbose_name_plural)
    for lane in LANES:
        rung = _ring_again(lane)
        if rung:
            _LOG.info("rang again for %d in the lane %s", rung, lane.queue)


def _ring_again(lane: Lane) -> int:
    """Ring for as much queued work as has no message waiting, oldest first; how much."""
    from grader.service import doorbell
    from grader.service.models import State

    queued = lane.rows.filter(state=State.QUEUED)
    unheard = list(queued.filter(rung__lt=Now() - SETTLED).order_by("queued").values_list("pk", flat=True))
    if not unheard:
        return 0
    try:
        lost = max(0, queued.count() - doorbell.waiting(lane))
    except OSError as error:
        _LOG.warning("the broker is away: %s", error)
        return 0
    again = unheard[:lost]
    queued.filter(pk__in=again).update(rung=Now())
    return sum(doorbell.ring(lane, id) for id in again)


def main() -> None:
    """Tick until told to stop."""
    logs.configure("reconciler")
    django.setup()
    stop = threading.Event()

    def _stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    while not stop.wait(TICK_SECONDS):
        try:
            tick()
        except DatabaseError as error:
            _LOG.error("the database is away: %s", error)
            connection.close()


if __name__ == "__main__":
    main()
