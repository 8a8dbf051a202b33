"""How a slot's zygote is started. One launcher today: `namespaces`, a jail of our own making."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Protocol

from grader.errors import SandboxRefused, SlotBroken
from grader.sandbox import runtimes, wire

_START_SECONDS = 60.0

_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass
class Launched:
    """A running zygote: the process to wait for, the socket it obeys, the walls it reported."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    launcher: str
    layers: dict[str, bool | int] = field(default_factory=dict)

    def destroy(self) -> None:
        """End the zygote and everything in its jail."""
        self.control.close()
        self.process.kill()
        self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()


class Launcher(Protocol):
    """Starts zygotes of one runtime."""

    def launch(self, runtime: str) -> Launched:
        """A warm zygote. Raises SandboxRefused where this machine does not allow it."""


class Namespaces:
    """The zygote in Linux namespaces of our own making, as root or as an ordinary user."""

    def launch(self, runtime: str) -> Launched:
        """See Launcher."""
        try:
            process, control = _start_with_control(json.dumps(runtimes.describe(runtime)))
        except OSError as error:
            raise SlotBroken(f"the zygote could not be started: {error.strerror}") from error
        launched = Launched(process, control, "namespaces")
        _await_hello(launched, runtime)
        return launched


def _start_with_control(description: str) -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        try:
            return _start(theirs.fileno(), description), ours
        except OSError:
            ours.close()
            raise


def _start(control: int, description: str) -> subprocess.Popen[bytes]:
    # -S, -P and -s: nothing of the worker's own packages or folders is importable there.
    command = [sys.executable, "-S", "-s", "-P", "-m", "grader.inside.boot", str(control)]
    process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**_ENVIRONMENT, "PYTHONPATH": json.loads(description)["source"]},
        pass_fds=(control,),
        start_new_session=True,
        cwd="/",
    )
    assert process.stdin is not None
    # Not as an argument: those can be read from within, and paths of the machine are nobody's business there.
    with process.stdin, contextlib.suppress(BrokenPipeError):
        process.stdin.write(description.encode())
    process.stdin = None
    return process


def _await_hello(launched: Launched, runtime: str) -> None:
    launched.control.settimeout(_START_SECONDS)
    try:
        message = launched.control.recv(1 << 16)
    except TimeoutError:
        message = b""
    if not message:
        launched.control.close()
        launched.process.kill()
        _, complaint = launched.process.communicate()
        reason = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise SandboxRefused(f"no sandbox for the {runtime} runtime: {reason or 'it did not start in time'}")
    _, value = next(wire.FrameReader().feed(message))
    assert isinstance(value, list)
    launched.layers = {"namespaces": True, "seccomp": True, "landlock": int(str(value[2])), "root": os.getuid() == 0}
