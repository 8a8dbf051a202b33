"""The zygote: process 1 of a slot's jail. It has the runtime imported and runs no student byte.

It obeys one socket. FORK brings the limits and a child's three pipe ends; the zygote forks the child, watches it
from outside, and says ENDED with what was used, once the child and everything it started is gone and the slot was
looked over. KILL ends a child early. When the socket closes, the zygote ends and the kernel ends its jail.
"""

from __future__ import annotations

import gc
import importlib
import os
import platform
import select
import signal
import socket
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.inside import confinement, kernel, seccomp
from grader.inside.confinement import Enclosure

if TYPE_CHECKING:
    from grader.sandbox import wire

_TICK_MS = 20
_PAGE = os.sysconf("SC_PAGE_SIZE")
_CLOCK_TICK = os.sysconf("SC_CLK_TCK")
_MESSAGE_BYTES = 1 << 16
_SPARE_ADDRESS_SPACE = 8 << 30


def main(control: socket.socket, base: str, warm: Iterable[str], enclosure: Enclosure) -> None:
    """Never returns to its caller's work: ends when the control socket closes."""
    enclosure.settle()
    # The worker can kill the process above this one; whatever this one is doing then, it goes with it.
    kernel.prctl(kernel.PRCTL_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    sys.argv[:] = ["nabla"]
    warm_up(base, warm)
    Zygote(control, base, enclosure).serve()
    os._exit(0)


def warm_up(base: str, warm: Iterable[str]) -> None:
    """Import all that a child may need: a first import in every child would cost it milliseconds to seconds."""
    for name in ("numpy", "numpy.linalg", "numpy.random", "numpy.fft", "math", "cmath", "functools", "itertools",
                 "typing", "dataclasses", "collections", "inspect", "linecache", "grader.inside.shim"):  # fmt: skip
        importlib.import_module(name)
    if base == "torch":
        torch = importlib.import_module("torch")
        torch.set_num_threads(1)
        x = torch.ones(2, dtype=torch.float64, requires_grad=True)
        # The first vector-Jacobian product imports some 500 modules; single-threaded, so that a fork stays safe.
        torch.autograd.grad(x * x, x, torch.ones(2, dtype=torch.float64))
    if base == "tests":
        importlib.import_module("grader.inside.testing").warm_up()
    for name in warm:
        importlib.import_module(name)
    if len(os.listdir("/proc/self/task")) > 1:
        raise RuntimeError(f"importing {', '.join([base, *warm])} started threads, which a fork would not have")
    gc.collect()
    gc.freeze()


@dataclass
class _Child:
    number: int
    pid: int
    pidfd: int
    cpu_allowed: float
    memory_allowed: int
    walls: confinement.Walls
    memory_peak: int = 0
    stopped_for: str = ""


class Zygote:
    """Forks children, watches them from outside and reports how each ended.

    At most two are alive: one that runs, and a spare that waits for its first program, so that the cost of a fork
    and of its walls falls into the time in which another child works.
    """

    def __init__(self, control: socket.socket, base: str, enclosure: Enclosure) -> None:
        from grader.sandbox import wire

        self._wire = wire
        self._control = control
        self._base = base
        self._enclosure = enclosure
        self._layers = enclosure.get_ready()
        self._filter = seccomp.build_filter()
        self._children: dict[int, _Child] = {}
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        # A child starts with the zygote's pages, so they are added to what it may map and not counted as its use.
        with open("/proc/self/statm", encoding="ascii") as file:
            pages = [int(field) for field in file.read().split()]
        self._own_size, self._own_resident, self._own_data = (pages[k] * _PAGE for k in (0, 1, 5))
        if "container MiB" in self._layers:
            self._layers["runtime MiB"] = self._own_resident >> 20
        self._own_descriptors = _open_descriptors()
        self._pause = _TICK_MS

    def serve(self) -> None:
        """Say what is in force, then fork and watch until the socket closes."""
        layers: list[wire.Value] = [[name, value] for name, value in self._layers.items()]
        self._send(self._wire.Kind.HELLO, [self._base, platform.python_version(), layers])
        while True:
            ready = [descriptor for descriptor, _ in self._poll.poll(self._pause if self._children else None)]
            for descriptor in ready:
                if descriptor in self._children:
                    self._report(self._children.pop(descriptor))
                elif not self._obey():
                    return
            for child in [] if ready else self._children.values():
                self._measure(child)

    def _send(self, kind: wire.Kind, value: wire.Value) -> None:
        self._control.send(self._wire.frame(kind, value))

    def _obey(self) -> bool:
        """Read one order and follow it; False when the worker is gone."""
        message, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE_BYTES, 3)
        if not message:
            return False
        kind, value = next(self._wire.FrameReader(_MESSAGE_BYTES).feed(message))
        assert isinstance(value, list)
        if kind == self._wire.Kind.FORK:
            self._fork(value, descriptors)
        elif kind == self._wire.Kind.KILL:
            for child in self._children.values():
                if child.number == value[0]:
                    _stop(child, "order")
        return True

    def _fork(self, order: list[Any], descriptors: list[int]) -> None:
        number, cpu, memory, scratch = order
        walls = confinement.Walls(
            number=number,
            memory=memory + self._own_data,
            address_space=memory + self._own_size + _SPARE_ADDRESS_SPACE,
            cpu_seconds=int(cpu) + 2,
            scratch=scratch,
            syscall_filter=self._filter,
        )
        pid = self._enclosure.fork()
        if pid == 0:
            _become_child(self._enclosure, walls, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        child = _Child(number, pid, os.pidfd_open(pid), cpu, memory, walls)
        self._children[child.pidfd] = child
        self._poll.register(child.pidfd, select.POLLIN)

    def _report(self, child: _Child) -> None:
        # Reaping the first process of a pid namespace waits until the kernel has ended all others in it.
        _, status, usage = os.wait4(child.pid, 0)
        self._poll.unregister(child.pidfd)
        os.close(child.pidfd)
        cpu = usage.ru_utime + usage.ru_stime
        peak = max(child.memory_peak, usage.ru_maxrss * 1024 - self._own_resident)
        code = os.waitstatus_to_exitcode(status)
        self._send(
            self._wire.Kind.ENDED, [child.number, code, child.stopped_for, cpu, peak, self._is_clean(child.number)]
        )

    def _is_clean(self, number: int) -> bool:
        """Nothing is left of the child that was reaped: no process, no file and no descriptor."""
        known = {child.pid for child in self._children.values()}
        swept = self._enclosure.sweep(number, known)
        return swept and _open_descriptors() == self._own_descriptors + len(known)

    def _measure(self, child: _Child) -> None:
        """Compare what a child has used with what is allowed. It is one process: the filter refuses it any other."""
        ticks, pages = _usage(child.pid)
        resident = max(0, pages * _PAGE - self._own_resident)
        child.memory_peak = max(child.memory_peak, resident)
        if ticks / _CLOCK_TICK > child.cpu_allowed:
            _stop(child, "cpu")
        elif resident > child.memory_allowed:
            _stop(child, "memory")
        elif child is next(iter(self._children.values())):
            # The spare child, which is younger, has had no chance to write any.
            exceeds = self._enclosure.exceeds(child.walls)
            # However many files there are, nobody waits for the end of their count to be measured or to be obeyed.
            self._pause = 0 if exceeds is None else _TICK_MS
            if exceeds:
                _stop(child, "files")


def _stop(child: _Child, reason: str) -> None:
    child.stopped_for = child.stopped_for or reason
    signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)


def _usage(pid: int) -> tuple[int, int]:
    """Clock ticks and resident pages of a process, nothing if it is gone."""
    fields = _numbers(f"/proc/{pid}/stat")
    if not fields:
        return 0, 0
    pages = int(fields[21])
    if fields[0] == "Z":
        # A first thread that has ended is said to have no memory, while others may go on with all of it.
        pages = max((int(thread[21]) for thread in map(_numbers, _threads(pid)) if thread), default=0)
    return int(fields[11]) + int(fields[12]), pages


def _threads(pid: int) -> list[str]:
    try:
        return [f"/proc/{pid}/task/{name}/stat" for name in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return []


def _numbers(path: str) -> list[str]:
    """The fields of a stat file after the name, none if there is no such process."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            # The name of a program may contain spaces and parentheses; the numbers follow the last one.
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def _become_child(enclosure: Enclosure, walls: confinement.Walls, descriptors: list[int]) -> None:
    """The child's whole life. Control never returns into the zygote's loop, whatever happens."""
    try:
        enclosure.confine(walls, *descriptors)
        from grader.inside import shim

        shim.serve(confinement.PROGRAM_DESCRIPTOR, confinement.ANSWER_DESCRIPTOR)
        os._exit(0)
    except (OSError, ValueError, OverflowError) as error:
        # Only the walls raise these; the worker sees a child that was never ready and calls it a system fault.
        os.write(2, f"a child could not confine itself: {error}\n".encode())
    finally:
        os._exit(70)


def _open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))
