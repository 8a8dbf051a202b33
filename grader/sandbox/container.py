"""Slots in runner containers that somebody else started beside this worker: reached by a socket on a shared volume.

Nobody here talks to a container engine. A folder holds a socket for each runner, named `<runtime>*.sock`. A runner
serves one worker at a time and turns others away, so a worker takes the first that answers.
"""

from __future__ import annotations

import contextlib
import random
import socket
import time
from pathlib import Path

from grader.errors import SandboxRefused
from grader.sandbox.launcher import Launched, NoHello, await_hello

_RESTART_SECONDS = 30.0
_PAUSE = 0.05


class Container:
    """See Launcher. `folder` is where the sockets of the runners are; one that is being restarted is waited for."""

    def __init__(self, folder: Path, patience: float = _RESTART_SECONDS) -> None:
        self._folder = folder
        self._patience = patience

    def launch(self, runtime: str) -> Launched:
        """A zygote in a runner that is free. Raises SandboxRefused where there is none for this runtime."""
        deadline = time.monotonic() + self._patience
        while True:
            sockets = list(self._folder.glob(f"{runtime}*.sock"))
            # Workers that start together do not all ask the same one.
            for path in random.sample(sockets, len(sockets)):
                launched = _connected(path)
                if launched is not None:
                    return launched
            if time.monotonic() > deadline or not self._folder.is_dir():
                raise SandboxRefused(self._why_not(runtime, len(sockets)))
            time.sleep(_PAUSE)

    def _why_not(self, runtime: str, count: int) -> str:
        if not count:
            return (
                f"no runner container for the {runtime} runtime: there is no {runtime}*.sock in {self._folder}; start "
                f"the service runner-{runtime} of docker/compose.yaml, or set NABLA_SANDBOX to another folder"
            )
        return (
            f"none of {count} runner containers for the {runtime} runtime took this worker within "
            f"{self._patience:.0f} s; there must be one for each worker, a further one is a further service of "
            "docker/compose.yaml"
        )


def _connected(path: Path) -> Launched | None:
    """A zygote of the runner at this socket, or None where it has another worker or does not answer."""
    with contextlib.ExitStack() as ends:
        control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ends.callback(control.close)
        try:
            control.connect(str(path))
            layers = await_hello(control)
        except (OSError, NoHello):
            return None
        ends.pop_all()
        return Launched(control, "container", None, {"container": True, **layers})
