"""The walls that a child puts around itself before the first student byte. The order matters: the filter is last."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass

from grader.inside import kernel, landlock, seccomp
from grader.inside.tree import SCRATCH

PROGRAM_DESCRIPTOR = 3
ANSWER_DESCRIPTOR = 4

_MAX_THREADS = 64
_MAX_OPEN_FILES = 256
_MAX_INODES = 4096
_MAX_QUEUED_SIGNALS = 64
_STACK = 8 << 20


@dataclass(frozen=True)
class Walls:
    """What one child may use, and what the zygote prepared so that a child need not build it."""

    inside_id: int
    memory: int
    """bytes of anonymous memory"""
    address_space: int
    """bytes of address space: far more than any use, to bound the page tables"""
    cpu_seconds: int
    """a second wall behind the zygote's own clock"""
    scratch: int
    """bytes of files under /tmp"""
    landlock_version: int
    syscall_filter: bytes


def confine(walls: Walls, programs: int, answers: int, output: int) -> None:
    """Take over the two pipes and the output pipe, and give up everything else."""
    # Between a user namespace's parent and child the ids stay as they are: the zygote's.
    kernel.map_own_ids(walls.inside_id, walls.inside_id, walls.inside_id)
    os.setsid()
    nothing = os.open("/dev/null", os.O_RDONLY)
    kernel.place_descriptors((nothing, output, output, programs, answers))
    _mount_own_folders(walls.scratch)
    _write_own_environment()
    _limit_resources(walls)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PRCTL_NO_NEW_PRIVILEGES, 1)
    kernel.prctl(kernel.PRCTL_DUMPABLE, 0)
    if walls.landlock_version:
        landlock.confine(walls.landlock_version, SCRATCH)
    seccomp.install_filter(walls.syscall_filter)


def _mount_own_folders(scratch: int) -> None:
    safe = kernel.MOUNT_NO_SUID | kernel.MOUNT_NO_DEVICES | kernel.MOUNT_NO_EXEC
    kernel.mount("none", "/", None, kernel.MOUNT_RECURSIVE | kernel.MOUNT_PRIVATE)
    kernel.mount("none", SCRATCH, "tmpfs", safe, f"size={scratch},nr_inodes={_MAX_INODES},mode=0700")
    kernel.mount("none", "/proc", "proc", safe, "subset=pid")
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")
    os.chdir(SCRATCH)
    os.umask(0o077)


def _write_own_environment() -> None:
    os.environ.clear()
    os.environ.update(HOME=SCRATCH, TMPDIR=SCRATCH, LANG="C.UTF-8", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    kernel.sethostname("nabla")


def _limit_resources(walls: Walls) -> None:
    # RLIMIT_DATA is the memory limit. RLIMIT_AS cannot be: torch reserves far more address space than it uses.
    # It is set high all the same, because touching a mapping of half a terabyte costs a gigabyte of page tables.
    for limit, value in (
        (resource.RLIMIT_DATA, walls.memory),
        (resource.RLIMIT_AS, walls.address_space),
        (resource.RLIMIT_STACK, _STACK),
        (resource.RLIMIT_CPU, walls.cpu_seconds),
        (resource.RLIMIT_FSIZE, walls.scratch),
        (resource.RLIMIT_NOFILE, _MAX_OPEN_FILES),
        (resource.RLIMIT_NPROC, _MAX_THREADS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, _MAX_QUEUED_SIGNALS),
    ):
        resource.setrlimit(limit, (value, value))
