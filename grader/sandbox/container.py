"""Slots in runner containers that somebody else started beside this worker: reached by a socket on a shared volume.

Nobody here talks to a container engine. A folder holds a socket for each runner, named `<runtime>-<number>.sock`. A
runner serves one worker at a time and turns others away, so a worker takes the first that answers.
"""

from __future__ import annotations

import contextlib
import random
import re
import socket
import time
from pathlib import Path

from grader.errors import RunnersBusy, SandboxRefused
from grader.sandbox.launcher import Launched, NoHello, await_hello

RESTART_SECONDS = 30.0
"""within which the engine has started a runner again"""
_PAUSE = 0.05


class Container:
    """See Launcher. `folder` is where the sockets of the runners are; one that is being restarted is waited for."""

    def __init__(self, folder: Path, patience: float = RESTART_SECONDS) -> None:
        self._folder = folder
        self._patience = patience

    def launch(self, runtime: str) -> Launched:
        """A zygote in a runner that is free. Raises SandboxRefused where there is none for this runtime."""
        deadline = time.monotonic() + self._patience
        while True:
            sockets = self._sockets(runtime)
            busy = 0
            # Workers that start together do not all ask the same one.
            for path in random.sample(sockets, len(sockets)):
                try:
                    return _connected(path, runtime)
                except _Silent as silence:
                    busy += silence.turned_away
            if time.monotonic() > deadline or not self._folder.is_dir():
                refusal = RunnersBusy if sockets and busy == len(sockets) else SandboxRefused
                raise refusal(self._why_not(runtime, len(sockets)))
            time.sleep(_PAUSE)

    def _sockets(self, runtime: str) -> list[Path]:
        """Of this runtime only, whose name may be the beginning of another one's."""
        named = re.compile(rf"{re.escape(runtime)}-\d+\.sock")
        return [path for path in self._folder.glob("*.sock") if named.fullmatch(path.name)]

    def _why_not(self, runtime: str, count: int) -> str:
        if not count:
            return (
                f"no runner container for the {runtime} runtime: there is no {runtime}-1.sock in {self._folder}; start "
                f"the service runner-{runtime} of docker/compose.yaml, or set NABLA_SANDBOX to another folder"
            )
        return (
            f"none of {count} runner containers for the {runtime} runtime took this worker within "
            f"{self._patience:.0f} s; there must be one for each worker, a further one is a further service of "
            "docker/compose.yaml"
        )


class _Silent(Exception):
    """No zygote came of a connection: the runner turned it away, because it has another worker, or does not answer."""

    def __init__(self, turned_away: bool) -> None:
        self.turned_away = turned_away


def _connected(path: Path, runtime: str) -> Launched:
    """A zygote of the runner at this socket. Raises _Silent, and SandboxRefused where it has another runtime than its
    name says."""
    with contextlib.ExitStack() as ends:
        control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ends.callback(control.close)
        try:
            control.connect(str(path))
            hello = await_hello(control)
        except OSError:
            raise _Silent(turned_away=False) from None
        except NoHello as nothing:
            # Without a cause it is that the connection was closed, which is how others are turned away.
            raise _Silent(turned_away=nothing.__cause__ is None) from None
        if hello.runtime != runtime:
            raise SandboxRefused(
                f"the runner at {path} has the runtime {hello.runtime}; its service in docker/compose.yaml must be "
                f"given a socket that is named after it, such as {hello.runtime}-1.sock"
            )
        ends.pop_all()
        return Launched(control, "container", None, {"container": True, **hello.layers})
