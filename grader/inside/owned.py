"""Children under a user id of their own, where no namespaces can be had: in a stock container, or as root without them.

The zygote stays root, with no more capabilities than it takes to become somebody else, to kill and to sweep. What a
child may read is listed in a Landlock ruleset that the zygote builds once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterable

from grader.inside import confinement, kernel, landlock, leftovers, memory, seccomp
from grader.inside.confinement import Walls
from grader.inside.tree import SCRATCH

# Beyond those of namespaced slots. Every run has its own, and every zygote a range for its runs, drawn by chance: those
# in other containers, whose numbers of processes are the same, share the limits that the machine keeps for each user.
_FIRST_ID = 2_000_000_000
_SLOTS = 1 << 22
_IDS_OF_A_SLOT = 512
_SWEEP_SECONDS = 5


class Owned:
    """See confinement.Enclosure. `readable` are the only paths that children may read; nothing is imported from
    `source` any more once all is imported.

    Unless SCRATCH is a file system of its own, files are counted from outside, and children can remove none.
    """

    def __init__(self, readable: Iterable[str], source: str) -> None:
        self._readable = [path for path in readable if os.path.exists(path)]
        self._source = source
        self._watch = not os.path.ismount(SCRATCH)
        self._count = leftovers.Count(SCRATCH)
        self._landlock = landlock.version()
        self._ruleset = -1
        self._first_id = 0

    def settle(self) -> None:
        """Nobody may look into the zygote."""
        kernel.prctl(kernel.PRCTL_DUMPABLE, 0)

    def get_ready(self) -> dict[str, bool | int]:
        """Landlock is what keeps a child from the machine's files; the caller decides whether it can do without."""
        sys.path[:] = [path for path in sys.path if path != self._source]
        for name in ("grader", "grader.inside", "grader.sandbox"):
            sys.modules[name].__path__[:] = []
        os.setgroups([])
        # Of the ids that are given out, children get these by the number of their fork.
        self._first_id = _FIRST_ID + int.from_bytes(os.getrandom(8)) % _SLOTS * _IDS_OF_A_SLOT
        self._require_readable()
        capabilities = [kernel.CAP_SETUID, kernel.CAP_SETGID, kernel.CAP_KILL]
        kernel.drop_capabilities(capabilities + [kernel.CAP_READ_SEARCH] * self._watch)
        kernel.prctl(kernel.PRCTL_NO_NEW_PRIVILEGES, 1)
        if self._landlock:
            # A file without a name is in no folder, and nobody but its holder could count it.
            removes = not self._watch
            self._ruleset = landlock.restrict_to(self._landlock, self._readable, SCRATCH, removes=removes)
        layers = {"namespaces": False, "own user": True, "seccomp": True, "landlock": self._landlock}
        # Whoever is told of less than a run may use can refuse to begin it; the kernel would kill it midway.
        most = memory.limit()
        return layers if most is None else {**layers, "container MiB": most >> 20}

    def _require_readable(self) -> None:
        """A module that a run imports late must not be missing. Raises PermissionError."""
        answer, asked = os.pipe()
        pid = kernel.clone()
        if pid == 0:
            try:
                _become(self._first_id)
                denied = [path for path in self._readable if not os.access(path, os.R_OK)]
                os.write(asked, "".join(denied[:1]).encode())
            finally:
                os._exit(0)
        os.close(asked)
        with open(answer, encoding="utf-8") as file:
            path = file.read()
        os.waitpid(pid, 0)
        if path:
            raise PermissionError(
                f"users other than root may not read {path}, which every run needs; use a Python that is installed "
                "for everybody, such as the system's"
            )

    def fork(self) -> int:
        """A plain fork."""
        return kernel.clone()

    def confine(self, walls: Walls, programs: int, answers: int, output: int) -> None:
        """The order matters: the user changes when nothing needs root any more, the filter is last."""
        zygote = os.getppid()
        os.setsid()
        confinement.offer_to_the_oom_killer()
        if self._landlock:
            landlock.enter(os.dup(self._ruleset))
        confinement.place_descriptors(programs, answers, output)
        confinement.settle_in_scratch()
        confinement.limit_resources(walls)
        _become(self._id(walls.number))
        kernel.drop_capabilities()
        # Cleared by the change of user, so only now; a zygote that died before is no parent any more.
        kernel.prctl(kernel.PRCTL_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != zygote:
            os._exit(70)
        kernel.prctl(kernel.PRCTL_DUMPABLE, 0)
        seccomp.install_filter(walls.syscall_filter)

    def exceeds(self, walls: Walls) -> bool | None:
        """Whether the folder holds more than the walls allow."""
        return self._watch and self._count.go_on(walls.scratch, confinement.MAX_INODES)

    def sweep(self, number: int, known: set[int]) -> bool:
        """As the child's own user: end whatever runs under it, remove whatever it owns, and see that nothing stays."""
        self._count.restart()
        pid = kernel.clone()
        if pid == 0:
            try:
                signal.alarm(_SWEEP_SECONDS)
                _become(self._id(number))
                os._exit(0 if _removed_all() else 1)
            finally:
                os._exit(2)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0

    def _id(self, number: int) -> int:
        return self._first_id + number % _IDS_OF_A_SLOT


def _become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def _removed_all() -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    leftovers.remove_below(SCRATCH)
    return not os.listdir(SCRATCH)
