"""What an attack must leave as it was: the worker, its processes, and whatever of the machine a jail might reach.

    before = World.look(canaries)
    ...
    left = before.compare(World.look(canaries))

Everything is read, nothing is guessed, and two things are known not to be traces of an attack. The spare child is a new
process each time: processes are told by their line of ancestors and not by number. Other programs of the machine come
and go: processes count where they descend from this one (it is made the one that orphans fall to, so that none can
leave), shared objects where their owner is one of the users that a slot can be, sockets where one of those processes
holds them, and mounts, groups and keys where no container engine, which may be at work for others, has numbered them.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import select
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import grader
from grader.inside import kernel

_PROC = Path("/proc")
_SETTINGS = ("kernel/core_pattern", "kernel/hostname", "kernel/domainname", "kernel/modprobe", "vm/overcommit_memory")
_CLOCK_SECONDS = 1.0
_ORPHAN_SECONDS = 2.0
_SLOT_IDS = 1_900_000_000
_SUBREAPER = 36
_LIMITS = 16

_ENGINES_NUMBER = re.compile(r"[0-9a-f]{12}")

State = Mapping[str, str]


@dataclass(frozen=True)
class World:
    """One look: for each kind of thing the things there are, and what is to be said of each."""

    kinds: Mapping[str, State]
    clock: float
    """what the wall clock is ahead of the one that nobody can set"""

    @staticmethod
    def look(canaries: Canaries) -> World:
        """Now."""
        kinds = {kind: see() for kind, see in _KINDS.items()}
        return World({**kinds, "file": canaries.state()}, time.time() - time.monotonic())

    def compare(self, later: World) -> list[str]:
        """The differences, in words; none is as it should be."""
        found = [line for kind in self.kinds for line in _differences(kind, self.kinds[kind], later.kinds[kind])]
        if abs(self.clock - later.clock) > _CLOCK_SECONDS:
            found.append(f"the clock was set by {later.clock - self.clock:.1f} s")
        return found


def _differences(kind: str, before: State, after: State) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        was, became = before.get(name, "nothing"), after.get(name, "nothing")
        if was != became:
            yield f"{kind} {name}: {was} became {became}"


class Canaries:
    """Files where a jail might reach: some of our own making, and those that it is shown read-only."""

    def __init__(self, folder: Path) -> None:
        self._planted = [path for path in (folder, Path("/dev/shm"), Path("/var/tmp")) if os.access(path, os.W_OK)]
        self._files: list[Path] = []
        for place in self._planted:
            descriptor, name = tempfile.mkstemp(prefix="nabla-canary-", dir=place)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write("alive")
            self._files.append(Path(name))
        standard = Path(sysconfig.get_path("stdlib"))
        self._shown = [standard, standard / "__pycache__", standard / "encodings", Path(np.__file__).parent]
        own = Path(grader.__file__).parent
        self._shown += [own, own / "inside", own / "sandbox", folder]

    def state(self) -> State:
        """Content of the planted ones; size, time of change, mode and owner of all."""
        planted = {str(path): f"{_content(path)} {_outside(path)}" for path in self._files}
        return planted | {str(path): _outside(path) for folder in self._shown for path in folder.iterdir()}

    def remove(self) -> None:
        """Take the planted ones away."""
        for path in self._files:
            path.unlink(missing_ok=True)


def _content(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text(encoding="utf-8")
    return "unreadable"


def _outside(path: Path) -> str:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return "nothing"
    # What this process compiles while it imports is its own; the times of folders change with it.
    size = (found.st_size, found.st_mtime_ns) if path.is_file() else ()
    return f"{oct(found.st_mode)} {found.st_uid} {size}"


_STARTED: set[int] = set()
"""children that were started by this process; any other was orphaned"""


@contextlib.contextmanager
def keeping_orphans() -> Iterator[None]:
    """Meanwhile a descendant that loses its parent becomes a child of this process, so that it cannot hide."""
    _STARTED.update(_children(os.getpid()))
    kernel.prctl(_SUBREAPER, 1)
    try:
        yield
    finally:
        kernel.prctl(_SUBREAPER, 0)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    # A process may end while it is looked at.
    with contextlib.suppress(OSError):
        for task in (_PROC / str(pid) / "task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def _stat(pid: int) -> tuple[str, str]:
    """Name and state; an empty state where there is no such process."""
    with contextlib.suppress(OSError):
        text = (_PROC / str(pid) / "stat").read_text(errors="replace")
        return text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2]
    return "", ""


def family(pid: int | None = None) -> Iterator[tuple[int, str]]:
    """Every living descendant with its line of ancestors."""
    for child in _children(pid or os.getpid()):
        name, state = _stat(child)
        if state and state not in "ZX":
            yield child, name
            yield from ((descendant, f"{name} > {line}") for descendant, line in family(child))


def expect_child(pid: int) -> None:
    """This child is one that we started, and no orphan."""
    _STARTED.add(pid)


def bury_orphans() -> None:
    """Wait for orphans to end and reap them: those of a zygote that was ended do so by themselves."""
    for child in set(_children(os.getpid())) - _STARTED:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            descriptor = os.pidfd_open(child)
            try:
                if select.select([descriptor], [], [], _ORPHAN_SECONDS)[0]:
                    os.waitpid(child, 0)
            finally:
                os.close(descriptor)


def _processes() -> State:
    bury_orphans()
    return {line: f"{count} times" for line, count in Counter(line for _, line in family()).items()}


def _descriptors() -> State:
    kinds: Counter[str] = Counter()
    for name in os.listdir("/proc/self/fd"):
        # The listing's own is gone by now.
        with contextlib.suppress(OSError):
            kinds[os.readlink(f"/proc/self/fd/{name}").partition("[")[0]] += 1
    return {kind: f"{count} open" for kind, count in kinds.items()}


def _worker() -> State:
    status = dict(line.split(":\t", 1) for line in (_PROC / "self/status").read_text().splitlines() if ":\t" in line)
    kept = {name: status[name] for name in ("Threads", "Uid", "Umask", "SigBlk", "SigIgn", "SigCgt", "Seccomp")}
    limits = {f"limit {number}": str(resource.getrlimit(number)) for number in range(_LIMITS)}
    priority = str(os.getpriority(os.PRIO_PROCESS, 0))
    return {**kept, **limits, "folder": os.getcwd(), "priority": priority, "names": str(sorted(os.environ))}


def _is_ours(uid: int) -> bool:
    """Whether an object of this owner can be a trace of a slot."""
    return uid == os.getuid() or uid >= _SLOT_IDS


def _system_v(kind: str) -> Callable[[], State]:
    def see() -> State:
        path = _PROC / "sysvipc" / kind
        if not path.exists():
            return {}
        head, *rows = [line.split() for line in path.read_text().splitlines()]
        return {row[1]: "present" for row in rows if _is_ours(int(row[head.index("uid")]))}

    return see


def _folder(path: str) -> Callable[[], State]:
    def see() -> State:
        found = {}
        for entry in os.scandir(path) if os.path.isdir(path) else ():
            with contextlib.suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                if _is_ours(status.st_uid) and not entry.name.startswith("nabla-canary-"):
                    found[entry.name] = f"{status.st_size} bytes"
        return found

    return see


def _mounts() -> State:
    rows = [line.split() for line in (_PROC / "self/mounts").read_text().splitlines()]
    found = {f"{target} of {kind}": options for _, target, kind, options, *_ in rows}
    return {name: options for name, options in found.items() if not _ENGINES_NUMBER.search(name)}


def _cgroups() -> State:
    folders = (folder for folder, _, _ in os.walk("/sys/fs/cgroup"))
    return {folder: "present" for folder in folders if not _ENGINES_NUMBER.search(folder)}


def _keys() -> State:
    path = _PROC / "keys"
    rows = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    # serial, flags, usage, timeout, permissions, uid, gid, type, description
    found = [" ".join(row[7:9]) for row in rows if _is_ours(int(row[5]))]
    return {name: "present" for name in found if not _ENGINES_NUMBER.search(name)}


def _held_sockets() -> set[str]:
    """Sockets of this process and of its descendants, as far as they may be looked into."""
    found = set()
    for pid in (os.getpid(), *(pid for pid, _ in family())):
        with contextlib.suppress(OSError):
            found |= {os.readlink(link) for link in (_PROC / str(pid) / "fd").iterdir()}
    return found


def _abstract_sockets() -> State:
    rows = [line.split() for line in (_PROC / "net/unix").read_text().splitlines()[1:]]
    held = _held_sockets()
    names = {row[7]: f"socket:[{row[6]}]" for row in rows if len(row) > 7 and row[7].startswith("@")}
    return {name: "present" for name, inode in names.items() if inode in held}


def _settings() -> State:
    return {name: _content(_PROC / "sys" / name) for name in _SETTINGS}


_KINDS: dict[str, Callable[[], State]] = {
    "process": _processes,
    "descriptor of the worker": _descriptors,
    "worker": _worker,
    "shared memory": _system_v("shm"),
    "semaphore": _system_v("sem"),
    "message queue": _system_v("msg"),
    "/dev/shm": _folder("/dev/shm"),
    "/dev/mqueue": _folder("/dev/mqueue"),
    "mount": _mounts,
    "control group": _cgroups,
    "key": _keys,
    "abstract socket": _abstract_sockets,
    "setting": _settings,
}
