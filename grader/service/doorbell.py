"""Telling workers that there is work. The message carries an id and may be lost: the row is the truth, and the
reconciler rings again."""

from __future__ import annotations

import functools
import logging
from dataclasses import dataclass
from typing import Any

from celery import Celery
from django.conf import settings
from django.db.models import Q, QuerySet
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from grader.service.leases import WorkModel
from grader.service.models import Grading, Revision, Use

GRADE = "nabla.grade"
PREPARE = "nabla.prepare"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lane:
    """A queue of ids, and the rows whose ids it carries."""

    queue: str
    task: str
    model: WorkModel
    where: Q

    @property
    def rows(self) -> QuerySet[Any]:
        """All of them, whatever their state."""
        return self.model.objects.filter(self.where)


PUBLISH = Lane("publish", PREPARE, Revision, Q())
INTERACTIVE = Lane("interactive", GRADE, Grading, Q(use=Use.CURRENT))
# Also what was given back after its proposal was discarded: it is to end somehow.
REGRADE = Lane("regrade", GRADE, Grading, ~Q(use=Use.CURRENT))
LANES = (PUBLISH, INTERACTIVE, REGRADE)
"""in the order in which workers look: nobody waits for a regrade"""


def configure(app: Celery) -> Celery:
    """The settings that whoever rings and whoever listens share."""
    app.conf.update(
        broker_url=settings.BROKER_URL,
        task_ignore_result=True,
        # Only the database decides what happens twice; this must merely be longer than any one grading.
        broker_transport_options={
            "visibility_timeout": 3600,
            "socket_connect_timeout": 1.0,
            "socket_timeout": 5.0,
            # The next message is one of the first queue that has any, in the order of LANES.
            "queue_order_strategy": "priority",
        },
    )
    return app


@functools.cache
def _app() -> Celery:
    app = configure(Celery("nabla", set_as_current=False))
    # A receipt does not wait for a broker that is away.
    quick = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, **quick}
    return app


def ring(lane: Lane, id: int) -> bool:
    """Tell a worker of queued work, if the broker is there; False where it is not, which costs a few seconds."""
    try:
        _app().send_task(lane.task, (id,), queue=lane.queue, retry=False)
    except (OSError, KombuError, RedisError) as error:
        _LOG.warning("no broker to tell of %s %d: %s; the reconciler will", lane.model.__name__.lower(), id, error)
        return False
    return True


def waiting(lane: Lane) -> int:
    """How many messages of a lane nobody took yet. Raises OSError where there is no broker."""
    with _app().connection_for_read() as connection:
        try:
            connection.ensure_connection(max_retries=1, interval_start=0)
            channel: Any = connection.channel()
            return int(channel.queue_declare(lane.queue, passive=True).message_count)
        except connection.channel_errors:
            return 0  # the queue is not there as long as it is empty
        except (KombuError, RedisError) as error:
            raise OSError(str(error)) from error
