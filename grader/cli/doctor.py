"""`nabla doctor`: a line for every layer and service, in force, degraded or missing, and what to do about it."""

from __future__ import annotations

import importlib.util
import os
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

import click

from grader.cli import exits
from grader.domain.limits import MIB, Limits
from grader.errors import RunnersBusy, SystemFault
from grader.sandbox import choice
from grader.sandbox.launcher import Launched, Launcher, Namespaces, Uid
from grader.sandbox.run import Program
from grader.sandbox.slot import Slot
from grader.up import parts

FINE, DEGRADED, MISSING, UNUSED = "in force", "degraded", "missing", "not used"
_COLOURS = {FINE: "green", DEGRADED: "yellow", MISSING: "red", UNUSED: "bright_black"}
_LANDLOCK_NETWORK, _LANDLOCK_SCOPES = 4, 6
_SAMPLE = 20
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Line:
    """One thing that was looked at."""

    state: str
    name: str
    text: str


def run() -> int:
    """Print every line; the exit status: 0, or 4 where no submission could be graded here."""
    lines = []
    for line in _examined():
        lines.append(line)
        click.echo(f"{click.style(f'{line.state:<9}', fg=_COLOURS[line.state])} {line.name:<22} {line.text}")
    return exits.SYSTEM if any(line.state == MISSING and line.name == "sandbox" for line in lines) else exits.DONE


def _examined() -> Iterator[Line]:
    yield _machine()
    yield from _offers()
    yield from _sandbox()
    yield from _services()


def _machine() -> Line:
    text = f"{platform.system()} {platform.release()} on {platform.machine()}, Python {platform.python_version()}"
    fits = (platform.system(), platform.machine()) == ("Linux", "x86_64")
    return Line(FINE, "machine", text) if fits else Line(MISSING, "machine", f"{text}; Linux on x86_64 is needed")


def _offers() -> Iterator[Line]:
    """Each launcher by itself, whichever is used."""
    for launcher, state in ((Namespaces(), FINE), (Uid(), DEGRADED)):
        name = type(launcher).__name__.lower()
        try:
            _launched(launcher).destroy()
            yield Line(state, f"launcher {name}", "can be had here")
        except SystemFault as fault:
            yield Line(MISSING if state is FINE else UNUSED, f"launcher {name}", str(fault))
    asked = os.environ.get(choice.SETTING, "auto")
    if not asked.startswith("container:"):
        text = f"{choice.SETTING} names no folder of runner containers (docker/README.md)"
        yield Line(UNUSED, "launcher container", text)


def _launched(launcher: Launcher) -> Launched:
    return launcher.launch("numpy")


def _sandbox() -> Iterator[Line]:
    """What submissions would be run under, layer by layer."""
    asked = os.environ.get(choice.SETTING, "auto")
    try:
        with Slot(choice.from_settings(patience=_PATIENCE_SECONDS), "numpy") as slot:
            launched = slot.warm()
            state = DEGRADED if launched.launcher == "uid" else FINE
            yield Line(state, "sandbox", f"{launched.launcher}, by {choice.SETTING}={asked}; {_milliseconds(slot)}")
            yield from _layers(launched)
    except RunnersBusy:
        text = "every runner serves a worker, as it should while the service runs; so no run was tried from here"
        yield Line(FINE, "sandbox", f"container, by {choice.SETTING}={asked}; {text}")
    except SystemFault as fault:
        yield Line(MISSING, "sandbox", f"nothing can be graded here: {fault}")


def _milliseconds(slot: Slot) -> str:
    program = Program("solution", (("solution.py", b"def f(): return 1.0\n"),), [], Limits())
    times = []
    for _ in range(_SAMPLE):
        started = time.perf_counter()
        slot.run(program)
        times.append(time.perf_counter() - started)
    return f"a run takes {1000 * sorted(times)[_SAMPLE // 2]:.1f} ms"


def _layers(launched: Launched) -> Iterator[Line]:
    layers = launched.layers
    if layers["namespaces"]:
        yield Line(FINE, "namespaces", "user, mount, pid, ipc, net and uts, fresh for every run")
    else:
        outer = "; the container is the outer wall" if layers.get("container") else ""
        yield Line(FINE if outer else DEGRADED, "user of its own", f"a fresh user id for every run{outer}")
    yield Line(FINE, "seccomp", "an allow list: no new process, socket, exec, mount or shared memory")
    yield _landlock(int(layers["landlock"]))
    room = launched.room()
    most = f"; a run can have {room // MIB} MiB here" if room is not None else ""
    yield Line(FINE, "memory limit", f"RLIMIT_DATA, and the resident size measured every 20 ms{most}")
    yield Line(FINE, "time limits", "wall and processor time by the worker and the zygote, RLIMIT_CPU behind them")


def _landlock(found: int) -> Line:
    if not found:
        text = (
            "the kernel has none; files are kept apart by mounts and permissions only (Linux 5.13, `lsm=landlock,...`)"
        )
        return Line(DEGRADED, "landlock", text)
    lacks = [word for word, needed in (("TCP", _LANDLOCK_NETWORK), ("signals", _LANDLOCK_SCOPES)) if found < needed]
    text = f"version {found}" + (f"; too old to refuse {' and '.join(lacks)}, which the filter does" if lacks else "")
    return Line(FINE, "landlock", text)


def _services() -> Iterator[Line]:
    torch = importlib.util.find_spec("torch") is not None
    yield (
        Line(FINE, "torch", version("torch"))
        if torch
        else Line(
            MISSING, "torch", "needed to publish and for runtime: torch; run `make`, or pip install torch==2.13.0"
        )
    )
    yield _redis()
    url = os.environ.get("DATABASE_URL", "")
    yield Line(FINE, "database", "by DATABASE_URL" if url else "SQLite in the data folder; PostgreSQL by DATABASE_URL")


def _redis() -> Line:
    if os.environ.get("BROKER_URL"):
        return Line(FINE, "redis", "by BROKER_URL")
    try:
        return Line(FINE, "redis", parts.redis_binary())
    except SystemFault as fault:
        return Line(MISSING, "redis", str(fault))
