"""Children in Linux namespaces of their own, within the namespaces of the zygote. One SIGKILL ends all they started."""

from __future__ import annotations

import os
import sys

from grader.inside import confinement, kernel, landlock, seccomp
from grader.inside.confinement import Walls
from grader.inside.tree import HOME, SCRATCH

_SAFE = kernel.MOUNT_NO_SUID | kernel.MOUNT_NO_DEVICES | kernel.MOUNT_NO_EXEC


class Namespaced:
    """See confinement.Enclosure. The zygote is process 1 of a pid namespace, in the root that boot built."""

    def __init__(self, inside_id: int, outer: tuple[int, int]) -> None:
        self._id = inside_id
        self._outer = outer
        self._landlock = landlock.version()

    def settle(self) -> None:
        """Ids, an own /proc, no capability; imports from the new root only."""
        kernel.map_own_ids(self._id, *self._outer)
        kernel.mount("none", "/proc", "proc", _SAFE)
        kernel.drop_capabilities()
        kernel.prctl(kernel.PRCTL_NO_NEW_PRIVILEGES, 1)
        # Of the interpreter's own path only the standard library exists in here.
        sys.path[:] = [HOME, f"{HOME}/packages", *filter(os.path.isdir, sys.path)]
        # These were imported before the root changed; what they import from now on lies in the new one.
        for name in ("grader", "grader.inside"):
            sys.modules[name].__path__[:] = [f"{HOME}/{name.replace('.', '/')}"]

    def get_ready(self) -> dict[str, bool | int]:
        """Namespaces and filter are required, Landlock is used where there is one."""
        return {"namespaces": True, "seccomp": True, "landlock": self._landlock}

    def fork(self) -> int:
        """A child as process 1 of six new namespaces."""
        return kernel.clone(kernel.ALL_NAMESPACES)

    def confine(self, walls: Walls, programs: int, answers: int, output: int) -> None:
        """The order matters: the filter is last."""
        # Between a user namespace's parent and child the ids stay as they are: the zygote's.
        kernel.map_own_ids(self._id, self._id, self._id)
        os.setsid()
        confinement.place_descriptors(programs, answers, output)
        _mount_own_folders(walls.scratch)
        confinement.offer_to_the_oom_killer()
        confinement.settle_in_scratch()
        kernel.sethostname("nabla")
        confinement.limit_resources(walls)
        kernel.drop_capabilities()
        kernel.prctl(kernel.PRCTL_NO_NEW_PRIVILEGES, 1)
        kernel.prctl(kernel.PRCTL_DUMPABLE, 0)
        if self._landlock:
            landlock.enter(landlock.restrict_to(self._landlock, ["/"], SCRATCH))
        seccomp.install_filter(walls.syscall_filter)

    def exceeds(self, walls: Walls) -> bool:
        """Never: /tmp is a file system of its own with a size."""
        return False

    def sweep(self, number: int, known: set[int]) -> bool:
        """Files and mounts went with the child's namespaces; a process would still be seen, in whatever namespace."""
        return known == {int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != 1}


def _mount_own_folders(scratch: int) -> None:
    kernel.mount("none", "/", None, kernel.MOUNT_RECURSIVE | kernel.MOUNT_PRIVATE)
    kernel.mount("none", SCRATCH, "tmpfs", _SAFE, f"size={scratch},nr_inodes={confinement.MAX_INODES},mode=0700")
    kernel.mount("none", "/proc", "proc", _SAFE, "subset=pid")
