"""How a slot's zygote is started on this machine: in namespaces of our own making, or with a user for each run."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from grader.domain.limits import MIB, SCRATCH_BYTES
from grader.errors import SandboxRefused, SlotBroken
from grader.sandbox import runtimes, wire

if TYPE_CHECKING:
    from grader.inside.tree import Runtime

_START_SECONDS = 60.0
_END_SECONDS = 5.0

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
    """A running zygote: the socket it obeys, the walls it reported, the process to wait for if it is ours."""

    control: socket.socket
    launcher: str
    process: subprocess.Popen[bytes] | None = None
    layers: dict[str, bool | int] = field(default_factory=dict)
    patience: float = 0.0
    """seconds in which it may end by itself, to clear up behind it"""

    def room(self) -> int | None:
        """Bytes of memory that a run can have beside the runtime and the files it may write; None without a bound."""
        if "container MiB" not in self.layers:
            return None
        return (self.layers["container MiB"] - self.layers["runtime MiB"]) * MIB - SCRATCH_BYTES

    def destroy(self) -> None:
        """End the zygote and everything in its jail."""
        self.control.close()
        if self.process is not None:
            self._end(self.process)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(self.patience)
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


class Launcher(Protocol):
    """Starts zygotes of one runtime."""

    def launch(self, runtime: str) -> Launched:
        """A warm zygote. Raises SandboxRefused where this machine does not allow it."""


class Namespaces:
    """The zygote in Linux namespaces of our own making, as root or as an ordinary user."""

    def launch(self, runtime: str) -> Launched:
        """See Launcher."""
        description = runtimes.describe(runtime)
        return _launched(description, {"PYTHONPATH": description["source"]})


class Uid:
    """Root without namespaces: every run under a user id of its own, behind Landlock and the filter. Degraded."""

    def launch(self, runtime: str) -> Launched:
        """See Launcher."""
        description = runtimes.describe(runtime)
        folder = Path(tempfile.mkdtemp(prefix="nabla-slot-"))
        packages, scratch = folder / "packages", folder / "scratch"
        for made, mode in ((folder, 0o711), (packages, 0o755), (scratch, 0o1777)):
            made.mkdir(exist_ok=True)
            made.chmod(mode)
        for path in description["packages"]:
            (packages / os.path.basename(path)).symlink_to(path)
        description |= {"launcher": "uid", "folder": str(folder)}
        environment = {"PYTHONPATH": f"{description['source']}:{packages}", "NABLA_SCRATCH": str(scratch)}
        launched = _launched(description, environment)
        launched.patience = _END_SECONDS
        return launched


def _launched(description: Runtime, environment: dict[str, str]) -> Launched:
    try:
        process, control = _start_with_control(json.dumps(description), environment)
    except OSError as error:
        raise SlotBroken(f"the zygote could not be started: {error.strerror}") from error
    launched = Launched(control, description["launcher"], process)
    try:
        launched.layers = await_hello(control).layers
    except NoHello:
        control.close()
        complaint = _last_words(process)
        reason = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2] or "it did not start in time"
        raise SandboxRefused(f"no sandbox for the {description['name']} runtime: {reason}") from None
    launched.layers["root"] = os.getuid() == 0
    return launched


def _last_words(process: subprocess.Popen[bytes]) -> bytes:
    """What it wrote to stderr, after it cleared up or was killed."""
    try:
        return process.communicate(timeout=_END_SECONDS)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[1]


def _start_with_control(description: str, environment: dict[str, str]) -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        try:
            return _start(theirs.fileno(), description, environment), ours
        except OSError:
            ours.close()
            raise


def _start(control: int, description: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # -S, -P and -s: nothing of the worker's own packages or folders is importable there.
    command = [sys.executable, "-S", "-s", "-P", "-m", "grader.inside.boot", str(control)]
    process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**_ENVIRONMENT, **environment},
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


class NoHello(Exception):
    """A zygote said nothing in time, or is gone."""


@dataclass(frozen=True)
class Hello:
    """What a new zygote says of itself."""

    runtime: str
    layers: dict[str, bool | int]
    """the walls"""


def await_hello(control: socket.socket) -> Hello:
    """The first word of a new zygote. Raises NoHello."""
    control.settimeout(_START_SECONDS)
    try:
        message = control.recv(1 << 16)
    except OSError as error:
        raise NoHello from error
    if not message:
        raise NoHello
    _, value = next(wire.FrameReader().feed(message))
    assert isinstance(value, list)
    runtime, _, layers = value
    return Hello(runtime, dict(layers))
