"""`nabla up`: from a data folder and a port to a running service, and back to nothing."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import ConfigurationFault
from grader.up.folder import locked, open_folder, socket_folder
from grader.up.parts import Part, broker_url, python, redis_part, service_parts
from grader.up.supervisor import Supervisor

HOST = "127.0.0.1"
_START_SECONDS = 60.0
_LISTEN = 1024


@dataclass(frozen=True)
class Wanted:
    """What the operator asked for."""

    data: Path
    port: int
    """0 takes a free one"""
    workers: int
    first: tuple[str, ...] = ()
    """a command that runs once the pages answer; it gets their URL as last argument"""
    goes_on: bool = True
    """False ends the service after that command"""


def environment(folder: Path) -> dict[str, str]:
    """What the parts, and commands beside them, need to know about a data folder."""
    return {
        "NABLA_DATA": str(folder),
        "NABLA_CACHE": os.environ.get("NABLA_CACHE") or str(folder / "cache"),
        "DJANGO_SETTINGS_MODULE": "grader.service.settings",
    }


def serve(wanted: Wanted, announce: Callable[[str, Path], None]) -> None:
    """Run the service until a signal ends it; `announce` gets URL and data folder once it answers.

    Raises ConfigurationFault.
    """
    folder = open_folder(wanted.data)
    with locked(folder), _listening(wanted.port) as listening, socket_folder(folder) as sockets:
        settings = environment(folder)
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        _migrate(settings)
        with Supervisor() as supervisor:
            if os.environ.get("BROKER_URL"):
                settings["BROKER_URL"] = os.environ["BROKER_URL"]
            else:
                settings["BROKER_URL"] = broker_url(sockets / "redis.sock")
                supervisor.start([redis_part(sockets / "redis.sock")])
            supervisor.start(service_parts(settings, listening.fileno(), wanted.workers))
            stopped = _await_answer(supervisor, listening.getsockname()[1])
            if not stopped and wanted.first:
                stopped = _run_first(supervisor, Part("first", (*wanted.first, url), settings, once=True))
            if not stopped and wanted.goes_on:
                announce(url, folder)
                supervisor.run()


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Opened here and handed to the web part, so that a taken port is told at once and a restart refuses nobody."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else "ports go from 1 to 65535"
            raise ConfigurationFault(
                f"port {port} cannot be used: {reason}; name another one with --port, or 0 for any that is free"
            ) from None
        listening.listen(_LISTEN)
        yield listening


def _migrate(settings: dict[str, str]) -> None:
    """Bring the database to its present shape. Raises ConfigurationFault."""
    done = subprocess.run(  # noqa: S603 - our own module
        python("grader.service", "migrate", "--verbosity", "0"),
        env={**os.environ, **settings}, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise ConfigurationFault(f"the database cannot be used: {last}")


def _await_answer(supervisor: Supervisor, port: int) -> bool:
    """Until the web part answers; True where a signal to stop came before. Raises ConfigurationFault."""
    looks = iter(range(int(_START_SECONDS / 0.1)))

    def answers() -> bool:
        if next(looks, None) is None:
            raise ConfigurationFault(f"the pages do not answer after {_START_SECONDS:g} s; the log above says why")
        return supervisor.is_running("web") and _is_healthy(port)

    return supervisor.run(answers, look=0.1)


def _run_first(supervisor: Supervisor, part: Part) -> bool:
    """Until the command has ended; True where a signal to stop came before. Raises ConfigurationFault."""
    supervisor.start([part])
    if supervisor.run(lambda: supervisor.status(part.name) is not None, look=0.1):
        return True
    if supervisor.status(part.name):
        raise ConfigurationFault("the service runs, and what was to be done first failed; the lines above say why")
    return False


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5.0)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
