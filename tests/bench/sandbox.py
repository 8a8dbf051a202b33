"""What a sandboxed run costs, beside containers and cold processes in the same minutes.

    python -m tests.bench.sandbox    (part of `make bench`; asserts nothing)

Bounds are those that the design sets: what must be reached, and what is aimed at.
"""

from __future__ import annotations

import os
import platform
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from grader.domain.limits import Limits
from grader.errors import SandboxRefused
from grader.sandbox.container import Container
from grader.sandbox.conversation import Child, Conversation, dismiss
from grader.sandbox.launcher import Launcher, Namespaces, Uid
from grader.sandbox.run import Program
from grader.sandbox.slot import Slot
from tests.conftest import ROOT
from tests.docker import engine
from tests.docker.runner import Runners
from tests.sandbox.processes import descendants
from tests.sandbox.running import CALL_F, boot_of

_SOCKETS = "NABLA_BENCH_SOCKETS"
LAUNCHERS: dict[str, Callable[[], Launcher]] = {
    "namespaces": Namespaces,
    "uid": Uid,
    "container": lambda: Container(Path(os.environ[_SOCKETS])),
}
RUNTIMES = ("numpy", "torch")
BOUNDS = {"numpy": (6.0, 15.0, 3.0), "torch": (12.0, 25.0, 6.0)}
"""a confined child ready, in ms: median and 95th percentile that must be reached, median that is aimed at"""

RUNS = 500
SECONDS = 5.0
LIMITS = Limits()
TASK = Program("solution", (("solution.py", b"def f(): return 1.0\n"),), [CALL_F], LIMITS)
EMPTY = Program("solution", (("solution.py", b""),), [], LIMITS)


def say(text: str = "") -> None:
    """A line, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def row(name: str, times: list[float], bounds: tuple[float, float, float] | None = None) -> None:
    """Median, 95th percentile and maximum in ms, and how they stand to the bounds (below 1 is within)."""
    ordered = sorted(times)
    median, p95 = statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))]
    text = f"{name:<46}{median:8.2f} {p95:8.2f} {ordered[-1]:8.2f}"
    if bounds:
        must, must_p95, aim = bounds
        text += f"   {median / must:5.2f} {p95 / must_p95:9.2f} {median / aim:8.2f}"
    say(text)


def timed(work: Callable[[], object], runs: int) -> list[float]:
    """Milliseconds of each run, after three that are not counted."""
    times = []
    for number in range(-3, runs):
        started = time.perf_counter()
        work()
        if number >= 0:
            times.append(1000 * (time.perf_counter() - started))
    return times


@contextmanager
def child(slot: Slot, number: int) -> Iterator[Child]:
    """A fresh child that got an empty program."""
    control = slot.warm().control
    made = Child(control, number, LIMITS)
    Conversation(control, made, EMPTY).start()
    yield made
    dismiss(control, made)
    made.close()


def await_bytes(descriptor: int) -> bytes:
    """What a child has said by now; waits for the first of it."""
    assert select.select([descriptor], [], [], 10.0)[0], "a child says nothing"
    return os.read(descriptor, 1 << 16)


def until_ready(slot: Slot) -> list[float]:
    """From the order for a child that is not there yet to that child being ready behind all its walls."""
    times = []
    for number in range(1, RUNS + 4):
        started = time.perf_counter()
        with child(slot, number) as made:
            await_bytes(made.answers)
            times.append(1000 * (time.perf_counter() - started))
    return times[3:]


def private_memory(slot: Slot) -> str:
    """Pages that a child with an empty program has to itself, in MiB."""
    if slot.warm().process is None:
        return "in another pid namespace"
    with child(slot, 1_000_000) as made:
        await_bytes(made.answers)
        pid = max(descendants(boot_of(slot)))
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError as error:
            return f"not readable as this user ({error.strerror})"
    fields = dict(line.split(":", 1) for line in lines[1:])
    return f"{int(fields['Private_Dirty'].split()[0]) / 1024:.1f} MiB private, {_mib(fields['Rss'])} MiB resident"


def _mib(field: str) -> str:
    return f"{int(field.split()[0]) / 1024:.0f}"


def bench_launcher(name: str, runtimes: Iterable[str]) -> None:
    """Each runtime."""
    for runtime in runtimes:
        with Slot(LAUNCHERS[name](), runtime) as slot:
            memory = private_memory(slot)
            row(f"{name}, {runtime}: child ready, none in spare", until_ready(slot), BOUNDS[runtime])
        with Slot(LAUNCHERS[name](), runtime) as slot:
            row(f"{name}, {runtime}: one task, order to clean slot", timed(lambda: slot.run(TASK), RUNS))
        say(f"    a child: {memory}; {throughput(name, runtime)}")


def throughput(launcher: str, runtime: str) -> str:
    """Submissions of one task, a second, with a process and a slot for each core."""
    cores = len(os.sched_getaffinity(0))
    command = [sys.executable, "-m", "tests.bench.sandbox", launcher, runtime]
    crew = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(cores)
    ]
    for process in crew:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in crew:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    total = sum(int(process.communicate()[0]) for process in crew)
    return f"{cores} slots at once: {total / SECONDS:.0f} submissions/s"


def work(launcher: str, runtime: str) -> None:
    """One of the processes that `throughput` starts: how many runs in a given time."""
    with Slot(LAUNCHERS[launcher](), runtime) as slot:
        timed(lambda: slot.run(TASK), 10)
        say("ready")
        sys.stdin.readline()
        done, until = 0, time.monotonic() + SECONDS
        while time.monotonic() < until:
            slot.run(TASK)
            done += 1
    say(str(done))


def command(*words: str) -> Callable[[], object]:
    """A whole process."""
    return lambda: subprocess.run(words, check=True, capture_output=True)


def bench_processes() -> None:
    """Without a sandbox, from cold."""
    row("cold python -c pass, no sandbox", timed(command(sys.executable, "-c", "pass"), 30))
    row("cold python -c 'import numpy', no sandbox", timed(command(sys.executable, "-c", "import numpy"), 20))


def bench_bubblewrap() -> None:
    """The same under bubblewrap."""
    found = shutil.which("bwrap")
    if found is None:
        say("bwrap                                         is not installed")
        return
    walls = [found, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-all", "--die-with-parent"]
    try:
        row("bwrap true", timed(command(*walls, "true"), 30))
        row("bwrap python -c 'import numpy'", timed(command(*walls, sys.executable, "-c", "import numpy"), 20))
    except subprocess.CalledProcessError as error:
        say(f"bwrap                                         refuses: {error.stderr.decode().strip()[:80]}")


def bench_containers() -> None:
    """Runs in runner containers; a container for each run; and a process more in a running one."""
    with tempfile.TemporaryDirectory() as folder, engine.running() as found:
        os.environ[_SOCKETS] = folder
        image = found.image("runner-numpy")
        runners = Runners(found, {"nabla-runner-numpy": image})
        try:
            for number, service in enumerate(("runner-numpy-1", "runner-numpy-2"), 1):
                place = runners.start(service).sockets / f"numpy-{number}.sock"
                (Path(folder) / place.name).symlink_to(place)
            bench_launcher("container", ("numpy",))
            python = ("--network=none", "--entrypoint=python3", image, "-S", "-c", "pass")
            row("docker run --rm python -c pass", timed(lambda: found.docker("run", "--rm", *python), 10))
            running = runners.started[0]
            row("docker exec python -c pass", timed(lambda: running.run_python("pass"), 20))
        finally:
            runners.remove_all()


def main() -> None:
    """Print the table."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in RUNTIMES)
    machine = f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}, {versions}"
    say(f"{machine}, load {os.getloadavg()[0]:.1f}\n")
    say(f"{'ms':<46}{'median':>8} {'p95':>8} {'max':>8}   {'/must':>5} {'p95/must':>9} {'/aim':>8}")
    for name in ("namespaces", "uid"):
        try:
            bench_launcher(name, RUNTIMES)
        except SandboxRefused as refusal:
            say(f"{name:<45} is not to be had here: {refusal}")
    bench_processes()
    bench_bubblewrap()
    try:
        bench_containers()
    except engine.Unavailable as reason:
        say(f"containers                                    not measured: {reason}")
    say("\nA slot is replaced after 500 children: the largest time of a task includes the start of another zygote.")
    say(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    work(*sys.argv[1:]) if len(sys.argv) > 1 else main()
