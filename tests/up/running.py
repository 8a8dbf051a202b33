"""A running `nabla up`, and what tests do with it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from grader.cli.client import Client
from tests.conftest import ROOT

T = TypeVar("T")
PATIENCE = 60.0


def eventually(look: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """What `look` gives once it is true; it is asked again until then."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)
    return found


def nabla(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "grader.cli", *arguments], input=stdin, env=clean(environment), cwd=ROOT,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def clean(more: dict[str, str]) -> dict[str, str]:
    """The environment without the settings of this test run."""
    ours = ("NABLA_DATA", "BROKER_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "NABLA_TOKEN", "NABLA_SERVER")
    return {**{key: value for key, value in os.environ.items() if key not in ours}, **more}


@dataclass
class Running:
    """One service, with a member of staff and a student."""

    process: subprocess.Popen[str]
    data: Path
    url: str
    log: Path
    environment: dict[str, str]
    tokens: dict[str, str] = field(default_factory=dict)

    def course(self, name: str = "calculus") -> str:
        """A new course's name."""
        made = nabla("course", "add", name, "--title", "Calculus", "--data", str(self.data), **self.environment)
        assert made.returncode == 0, made.stderr
        return name

    def account(self, name: str, *place: str) -> str:
        """A new account's token; `place` may be options about a course."""
        made = nabla("user", "add", name, *place, "--data", str(self.data), "--password-stdin",
                     stdin=f"for-{name}-only\n", **self.environment)  # fmt: skip
        assert made.returncode == 0, made.stderr
        token = nabla("user", "token", name, "--data", str(self.data), **self.environment).stdout.strip()
        self.tokens[name] = token
        return token

    def client(self, name: str) -> Client:
        """The API as this account."""
        return Client(self.url, self.tokens[name])

    def pids(self, words: str) -> list[int]:
        """Processes of this service whose command holds these words."""
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if words in command and int(entry.name) in self.family():
                    found.append(int(entry.name))
        return sorted(found)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives, past everything that the service does."""
        if "DATABASE_URL" in self.environment:
            with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
                return connection.execute(query.encode()).fetchall()
        with contextlib.closing(sqlite3.connect(f"file:{self.data}/nabla.sqlite3?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    def family(self) -> set[int]:
        """The process and all that come from it."""
        parents: dict[int, int] = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        family = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= more
        return family

    def kill(self, words: str) -> list[int]:
        """kill -9 of every process whose command holds these words."""
        killed = eventually(lambda: self.pids(words), f"a process {words}")
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        return killed

    def said(self, words: str) -> bool:
        """Whether the log holds these words."""
        return words in self.log.read_text()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it as an operator would; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def own_database() -> dict[str, str]:
    """Where the tests run on PostgreSQL: a database of this service's own. Elsewhere SQLite, in its data folder."""
    server = os.environ.get("NABLA_TEST_POSTGRES")
    if not server:
        return {}
    name = f"service_{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return {"DATABASE_URL": f"{server}/{name}"}


@contextlib.contextmanager
def running(data: Path, *options: str, **environment: str) -> Iterator[Running]:
    """A service on a folder, ended afterwards whatever happened."""
    data.parent.mkdir(parents=True, exist_ok=True)
    environment = {**own_database(), **environment}
    log = data.parent / f"{uuid.uuid4().hex}.log"
    command = [sys.executable, "-m", "grader.cli", "up", "--data", str(data), "--port", "0", *options]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=clean(environment), stdout=output, stderr=output, text=True)
    try:
        found = eventually(lambda: _url(log, process), "the service answers") or ""
        yield Running(process, data, found, log, environment)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()


def _url(log: Path, process: subprocess.Popen[str]) -> str | None:
    assert process.poll() is None, log.read_text()
    found = re.search(r"Nabla is at (http://\S+),", log.read_text())
    return found[1] if found else None


def wait_all(client: Client, ids: list[str], seconds: float = PATIENCE) -> list[dict[str, Any]]:
    """The submissions once none changes by itself any more."""
    return [wait(client, id, seconds) for id in ids]


def wait(client: Client, id: str, seconds: float = PATIENCE) -> dict[str, Any]:
    """A submission once it does not change by itself any more."""
    return eventually(lambda: _settled(client.submission(id)), f"{id} is graded", seconds) or {}


def _settled(submission: dict[str, Any]) -> dict[str, Any] | None:
    return submission if submission["state"] not in ("queued", "running") else None
