"""A slot's life: warm, clean, replaced after damage, and gone when it is closed."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from grader.domain.limits import MIB, Limits
from grader.errors import SandboxRefused, SlotBroken
from grader.sandbox import runtimes
from grader.sandbox import slot as slots
from grader.sandbox.launcher import Launched, Namespaces
from grader.sandbox.run import Ending
from grader.sandbox.slot import Slot
from tests.conftest import ROOT
from tests.sandbox.processes import await_end, descendants, is_alive
from tests.sandbox.running import CALL_F, boot_of, returned, run

pytestmark = pytest.mark.sandbox

GOOD = "def f(): return 4.0"


@pytest.mark.parametrize(
    ("source", "ending"),
    [
        ("def f():\n    while True: pass", Ending.CPU),
        ("import os\ndef f(): os._exit(0)", Ending.DIED),
        ("import os\ndef f(): os.write(4, b'NB')", Ending.TIME),
        ("import os\ndef f(): os.write(4, bytes(100))", Ending.VIOLATED),
        ("def f():\n    while True: print('y' * 1000)", Ending.OUTPUT),
    ],
)
def test_a_misbehaving_run_costs_the_slot_nothing(source: str, ending: Ending) -> None:
    with Slot(Namespaces(), "numpy") as slot:
        zygote = boot_of(slot)
        run(slot, "def f():\n    import time\n    time.sleep(60)" if ending is Ending.TIME else source)
        assert returned(run(slot, GOOD)) == 4.0
        assert boot_of(slot) == zygote


def test_a_killed_zygote_is_replaced_and_the_run_repeated() -> None:
    with Slot(Namespaces(), "numpy") as slot:
        first = boot_of(slot)
        run(slot, GOOD)
        for pid in descendants(first):
            os.kill(pid, signal.SIGKILL)
        assert returned(run(slot, GOOD)) == 4.0
        assert boot_of(slot) != first


class Dying:
    """A launcher whose zygotes are dead before they get any work."""

    def launch(self, runtime: str) -> Launched:
        launched = Namespaces().launch(runtime)
        assert launched.process is not None
        os.killpg(launched.process.pid, signal.SIGKILL)
        launched.process.wait()
        return launched


def test_a_slot_that_breaks_twice_is_a_system_fault() -> None:
    with Slot(Dying(), "numpy") as slot, pytest.raises(SlotBroken, match="the zygote"):
        run(slot, GOOD)


def test_a_child_that_cannot_build_its_walls_is_a_system_fault() -> None:
    """A limit that the kernel does not take: no student byte has run, so no student is to blame.

    The spare child fails the same way; whichever end is heard first, it is a system fault.
    """
    absurd = Limits(memory=2**63 - 1)
    with (
        Slot(Namespaces(), "numpy") as slot,
        pytest.raises(SlotBroken, match=r"ended before it was ready|not of child"),
    ):
        run(slot, GOOD, limits=absurd)


def test_a_zygote_that_hangs_does_not_hang_the_worker() -> None:
    slot = Slot(Namespaces(), "numpy")
    boot = boot_of(slot)
    started = [boot, *descendants(boot)]
    for pid in started[1:]:
        os.kill(pid, signal.SIGSTOP)
    slot.close()
    await_end(started)


def test_a_spare_child_that_the_machine_killed_is_nobodys_fault() -> None:
    with Slot(Namespaces(), "numpy") as slot:
        run(slot, GOOD)
        spare = descendants(boot_of(slot))[-1]
        os.kill(spare, signal.SIGKILL)
        assert returned(run(slot, GOOD)) == 4.0


def test_a_child_that_the_kernel_ends_for_its_time_is_no_victim_of_the_machine() -> None:
    """As on a machine with so many processors that the second wall is reached before the zygote looks."""
    limits = Limits(wall=30, cpu=0.1)
    with Slot(Namespaces(), "numpy") as slot, ThreadPoolExecutor() as aside:
        run(slot, GOOD, limits=limits)
        boot = boot_of(slot)
        zygote, spare = descendants(boot)
        os.kill(zygote, signal.SIGSTOP)
        running = aside.submit(run, slot, "while True: pass", limits=limits)
        await_end([spare], seconds=30)
        os.kill(zygote, signal.SIGCONT)
        done = running.result()
        # No fault of the slot, after which it would have run once more.
        assert boot_of(slot) == boot
    assert (done.ending, done.exit_code) == (Ending.CPU, -signal.SIGKILL)


def test_whatever_ends_a_run_ends_its_child() -> None:
    """As when a time limit of the queue raises in the middle of it."""
    with Slot(Namespaces(), "numpy") as slot:
        boot = boot_of(slot)
        started = [boot, *descendants(boot)]

        def interrupt(*_: object) -> None:
            raise TimeoutError("from outside")

        previous = signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        try:
            with pytest.raises(TimeoutError, match="from outside"):
                run(slot, "import time\ndef f(): time.sleep(60)")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
        await_end(started)
        assert returned(run(slot, GOOD)) == 4.0


def _open_descriptors() -> int:
    # What earlier tests left to the collector must not vanish between two counts.
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


@contextlib.contextmanager
def _descriptors_left(count: int) -> Iterator[None]:
    """Meanwhile so many can be opened and no more, wherever among the numbers there are gaps."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/proc/self/fd"))) + 1 + count, hard))
    try:
        with contextlib.suppress(OSError):
            while True:
                taken.append(os.dup(0))
        for _ in range(count):
            os.close(taken.pop())
        yield
    finally:
        for descriptor in taken:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_worker_without_descriptors_leaks_none_and_says_so() -> None:
    with Slot(Namespaces(), "numpy") as slot:
        run(slot, GOOD)
        before = _open_descriptors()
        with (
            _descriptors_left(2),
            pytest.raises(
                SlotBroken, match=r"no pipe for a child|the zygote could not be started: Too many open files"
            ),
        ):
            run(slot, GOOD)
        assert _open_descriptors() <= before
        assert returned(run(slot, GOOD)) == 4.0


def test_closing_leaves_no_process() -> None:
    slot = Slot(Namespaces(), "numpy")
    boot = boot_of(slot)
    run(slot, GOOD)
    started = [boot, *descendants(boot)]
    assert len(started) >= 3  # boot, zygote, spare child
    slot.close()
    await_end(started)
    assert not any(map(is_alive, started))


def test_a_killed_worker_leaves_no_process() -> None:
    script = """
import sys
import threading
from grader.sandbox.launcher import Namespaces
from grader.sandbox.slot import Slot
from tests.sandbox.running import boot_of, run
slot = Slot(Namespaces(), "numpy")
run(slot, "def f(): return 1.0")
print("ready", flush=True)
run(slot, "import time\\ndef f(): time.sleep(60)")
"""
    worker = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        started = descendants(worker.pid)
        assert len(started) >= 2
        worker.kill()
    await_end(started)
    assert not any(map(is_alive, started))


def test_no_descriptor_leaks_in_the_worker() -> None:
    with Slot(Namespaces(), "numpy") as slot:
        run(slot, GOOD)
        before = _open_descriptors()
        for _ in range(30):
            run(slot, GOOD)
        assert _open_descriptors() == before


def test_no_descriptor_leaks_where_a_program_cannot_be_written(slot: Slot) -> None:
    """A fault of ours, after which the slot is started anew."""
    found = []
    for _ in range(2):
        with pytest.raises(TypeError, match="only data can be sent over the wire, not object"):
            run(slot, GOOD, probes=[[["constant", object()]]])
        found.append(_open_descriptors())
    assert found[0] == found[1]
    assert returned(run(slot, GOOD)) == 4.0


def test_two_slots_work_side_by_side() -> None:
    with Slot(Namespaces(), "numpy") as one, Slot(Namespaces(), "numpy") as two:
        assert returned(run(one, GOOD)) == returned(run(two, GOOD)) == 4.0
        assert boot_of(one) != boot_of(two)


def test_the_layers_in_force_are_reported(slot: Slot) -> None:
    layers = slot.warm().layers
    assert layers["namespaces"]
    assert layers["seccomp"]
    assert layers["root"] == (os.getuid() == 0)


def test_a_runtime_with_a_missing_package_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(runtimes.PACKAGES, "numpy", ("numpy", "no_such_package"))
    with pytest.raises(SandboxRefused, match="needs the package no_such_package, which is not installed"):
        Namespaces().launch("numpy")


def test_a_machine_that_refuses_namespaces_is_told_what_to_do() -> None:
    """Inside a user namespace that may hold no further one, as where an administrator switched them off."""
    script = """
import os
from pathlib import Path
from grader.inside import kernel
uid, gid = os.getuid(), os.getgid()
# before numpy: a process with threads cannot enter a user namespace
kernel.unshare(kernel.NEW_USER)
from grader.domain.limits import Limits
from grader.errors import SandboxRefused
from grader.sandbox.launcher import Namespaces
kernel.map_own_ids(0 if uid == 0 else 1000, uid, gid)
Path("/proc/sys/user/max_user_namespaces").write_text("0")
Path("/proc/sys/user/max_mnt_namespaces").write_text("0")
try:
    Namespaces().launch("numpy")
except SandboxRefused as refusal:
    print(refusal)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "does not let this user make namespaces" in done.stdout, done.stderr
    assert "sysctl" in done.stdout


def test_a_torch_runtime_has_torch_and_answers_with_tensors() -> None:
    source = "import torch\ndef f(x): return torch.func.grad(lambda t: (t * t).sum())(x)"
    probe = [["tensor", np.array([1.0, 2.0])], *[["name", "f"], ["call", 1, 0], ["reply", 2], ["unchanged", 0]]]
    with Slot(Namespaces(), "torch") as slot:
        # What torch.func imports when it is first used takes more than other runs are given.
        done = run(slot, source, probes=[probe], limits=Limits(wall=20.0, cpu=10.0, memory=512 * MIB))
        assert returned(done).tolist() == [2.0, 4.0]
        assert returned(run(slot, "import numpy\ndef f(): return 4.0", probes=[CALL_F])) == 4.0


def test_a_slot_is_recycled_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run that meets the end of a zygote has its answer before the next one is there."""
    monkeypatch.setattr(slots, "_FORKS_UNTIL_RECYCLED", 3)
    with Slot(Namespaces(), "numpy") as slot:
        first = boot_of(slot)
        for _ in range(2):
            assert returned(run(slot, GOOD)) == 4.0
        await_end([first])
        assert returned(run(slot, GOOD)) == 4.0
        assert boot_of(slot) != first
    assert not threading.enumerate()[1:]


def test_a_replacement_that_is_not_used_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_FORKS_UNTIL_RECYCLED", 1)
    others = set(descendants(os.getpid()))
    slot = Slot(Namespaces(), "numpy")
    run(slot, GOOD)
    slot.close()
    started = [pid for pid in descendants(os.getpid()) if pid not in others]
    await_end(started)
    assert not any(map(is_alive, started))


def test_a_replacement_that_cannot_be_started_is_told_at_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_FORKS_UNTIL_RECYCLED", 1)
    with Slot(Namespaces(), "numpy") as slot:
        slot.warm()
        monkeypatch.setattr(Namespaces, "launch", refused)
        run(slot, GOOD)
        with pytest.raises(SandboxRefused, match="not any more"):
            run(slot, GOOD)


def refused(*_: object) -> Launched:
    raise SandboxRefused("not any more")
