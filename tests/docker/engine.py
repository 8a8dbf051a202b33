"""A container engine: the one that answers, else one of our own, without network, kept for the next run."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.conftest import ROOT

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_LABEL = "nabla.tests"


class Unavailable(Exception):
    """Why there can be no containers on this machine."""


@dataclass(frozen=True)
class Engine:
    """A running engine."""

    host: str

    def environment(self) -> dict[str, str]:
        """For commands that speak to it."""
        return {**os.environ, "DOCKER_HOST": self.host}

    def try_docker(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command, run to its end."""
        return subprocess.run(
            ["docker", *arguments], env=self.environment(), capture_output=True, text=True, check=False, timeout=300
        )

    def docker(self, *arguments: str) -> str:
        """What the command prints; it must succeed."""
        done = self.try_docker(*arguments)
        assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr}"
        return done.stdout.strip()

    def image(self, name: str) -> str:
        """The tag of an image of this checkout. Fetches and builds what is not there yet; says how long it took."""
        done = subprocess.run(
            [ROOT / "docker" / "build", "--bootstrap", name],
            env={**self.environment(), "PYTHON": sys.executable}, stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"docker/build {name} failed; it says why above"
        return done.stdout.strip()


def missing() -> str | None:
    """What this machine lacks, None where it has all."""
    if os.getuid() != 0:
        return "containers are tested as root only: the engine and the base image need it"
    for program, package in (("docker", "docker.io"), ("mmdebstrap", "mmdebstrap")):
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian, Ubuntu: apt install {package})"
    return None


def folder() -> Path:
    """Where an engine of our own keeps its images from one run to the next."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("NABLA_ENGINE") or Path(base) / "nabla" / "engine")


def own_label() -> str:
    """A label that tells to which process a container belongs, even after a crash and a new use of its number."""
    return f"{_LABEL}={os.getpid()}.{_started(os.getpid())}"


def _started(pid: int) -> str:
    """When a process started, in the kernel's ticks; nothing where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _listed(engine: Engine, kind: str) -> list[tuple[str, str]]:
    """Name and owner of the containers or volumes of test runs."""
    every = ["--all"] if kind == "container" else []
    name = "{{.Names}}" if kind == "container" else "{{.Name}}"
    shape = f'{name} {{{{.Label "{_LABEL}"}}}}'
    lines = engine.docker(kind, "ls", *every, "--filter", f"label={_LABEL}", "--format", shape).splitlines()
    return [(line.split()[0], line.split()[1]) for line in lines]


def _remove(engine: Engine, owner_is_gone: Callable[[str], bool]) -> None:
    # Containers first: a volume that one has cannot be removed.
    for kind in ("container", "volume"):
        for name, owner in _listed(engine, kind):
            if owner_is_gone(owner):
                engine.try_docker(kind, "rm", "--force", name)


def remove_orphans(engine: Engine) -> None:
    """Remove what test runs left that are no more."""
    _remove(engine, lambda owner: _started(int(owner.partition(".")[0])) != owner.partition(".")[2])


@contextlib.contextmanager
def running() -> Iterator[Engine]:
    """An engine. Raises Unavailable, with what is missing."""
    reason = missing()
    if reason:
        raise Unavailable(reason)
    usual = Engine(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"))
    with contextlib.nullcontext(usual) if _answers(usual) else _own() as engine:
        remove_orphans(engine)
        try:
            yield engine
        finally:
            _remove(engine, lambda owner: owner == own_label().partition("=")[2])


def _answers(engine: Engine) -> bool:
    return engine.try_docker("version", "--format", "{{.Server.Version}}").returncode == 0


@contextlib.contextmanager
def _own() -> Iterator[Engine]:
    """Ours. Test runs that overlap share it: each holds the lock, and the last one stops it."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = Engine(f"unix://{place}/socket")
    with (place / "users").open("a") as users:
        with _alone(place):
            fcntl.flock(users, fcntl.LOCK_SH)
            process = None if _answers(engine) else _start(place, engine)
        try:
            yield engine
        finally:
            with _alone(place):
                if _is_last(users):
                    _stop(place)
                elif process is not None:
                    process.returncode = 0  # not ours any more: the last one stops it
            if process is not None:
                process.wait()


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[None]:
    with (place / "starting").open("a") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start(place: Path, engine: Engine) -> subprocess.Popen[bytes]:
    if shutil.which("dockerd") is None:
        raise Unavailable(
            "no container engine answers, and there is no dockerd (Debian, Ubuntu: apt install docker.io)"
        )
    for left in (place / "pid", place / "socket"):
        left.unlink(missing_ok=True)
    command = [
        "dockerd", "--data-root", str(place / "data"), "--exec-root", str(place / "state"), "--host", engine.host,
        "--pidfile", str(place / "pid"), "--bridge", "none", "--iptables=false", "--log-level", "warn",
    ]  # fmt: skip
    with (place / "log").open("wb") as log:
        # A group of its own: an interrupt at the keyboard is for the tests, which then stop it in good order.
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    until = time.monotonic() + _START_SECONDS
    while not _answers(engine):
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            process.wait()
            last = (place / "log").read_text(encoding="utf-8", errors="replace").strip()[-1500:]
            raise Unavailable(f"dockerd does not run on this machine: {last}")
    return process


def _stop(place: Path) -> None:
    try:
        process = os.pidfd_open(int((place / "pid").read_text(encoding="ascii")))
    except (OSError, ValueError):
        return  # it has ended by itself
    try:
        signal.pidfd_send_signal(process, signal.SIGTERM)
        ended, _, _ = select.select([process], [], [], _STOP_SECONDS)
    finally:
        os.close(process)
    assert ended, f"dockerd did not end within {_STOP_SECONDS:g} s"
