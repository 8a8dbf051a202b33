"""One worker: a Celery process that grades one submission at a time, with warm slots of its own.

python -m grader.worker    (DJANGO_SETTINGS_MODULE, NABLA_WORKER, NABLA_CACHE and what grader.service.settings reads)
"""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import warnings

from celery import Celery, signals
from django.conf import settings

from grader.bundles import cache_folder
from grader.errors import SandboxRefused
from grader.sandbox.choice import from_settings
from grader.service import doorbell
from grader.service.leases import release_owned
from grader.service.models import Grading, Revision
from grader.worker.grade import Grade
from grader.worker.prepare import Prepare
from grader.worker.watchdog import Watchdog
from grader.worker.workbench import Workbench

_LOG = logging.getLogger(__name__)
REFUSED = 4
"""exit status: this machine has no safe sandbox"""
_QUEUES = ",".join(lane.queue for lane in doorbell.LANES)


def owner() -> str:
    """The name under which this process holds leases: the same again after a restart, no other's at any time."""
    return f"{socket.gethostname()} {os.environ.get('NABLA_WORKER', os.getpid())}"[-120:]


def build(workbench: Workbench, watchdog: Watchdog, name: str) -> Celery:
    """The application with its tasks."""
    app = doorbell.configure(Celery("nabla"))
    app.conf.update(
        # A message is done when the row says so; one that comes again finds nothing to claim.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
    )
    app.register_task(Grade(workbench, watchdog, name))
    app.register_task(Prepare(workbench, watchdog, cache_folder(), name))
    return app


def run() -> None:
    """Work until told to stop."""
    name = owner()
    workbench, watchdog = Workbench(from_settings(), cache_folder(), settings.SECRET_KEY), Watchdog()
    for model in (Grading, Revision):
        release_owned(model, name)
    # The first submission of the day should not wait for an interpreter to start.
    try:
        launched = workbench.slot("numpy").warm()
    except SandboxRefused as fault:
        _LOG.error("%s", fault)
        sys.exit(REFUSED)
    _LOG.info("ready, sandbox %s: %s", launched.launcher, ", ".join(sorted(launched.layers)))
    watchdog.start()
    # It warns of root because of pickled messages, of which there are none; submissions run as a user of their own.
    warnings.filterwarnings("ignore", message=".*running the worker with superuser privileges")
    signals.worker_shutdown.connect(lambda **_: workbench.close(), weak=False)
    app = build(workbench, watchdog, name)
    # What was loaded stays: the collector need not look at it again with every few gradings.
    gc.freeze()
    options = ["--pool=solo", "--concurrency=1", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    try:
        app.worker_main(["--quiet", "worker", *options, "-Q", _QUEUES, "-n", f"worker-{os.getpid()}@nabla"])
    finally:
        workbench.close()
