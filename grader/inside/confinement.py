"""What every child does to itself before the first student byte, whichever walls it stands behind."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from typing import Protocol

from grader.inside import kernel
from grader.inside.tree import SCRATCH

PROGRAM_DESCRIPTOR = 3
ANSWER_DESCRIPTOR = 4

MAX_INODES = 4096
_MAX_THREADS = 64
_MAX_OPEN_FILES = 256
_MAX_QUEUED_SIGNALS = 64
_STACK = 8 << 20


@dataclass(frozen=True)
class Walls:
    """What one child may use, and what the zygote prepared so that a child need not build it."""

    number: int
    """of the fork, from 1"""
    memory: int
    """bytes of anonymous memory"""
    address_space: int
    """bytes of address space: far more than any use, to bound the page tables"""
    cpu_seconds: int
    """a second wall behind the zygote's own clock"""
    scratch: int
    """bytes of files"""
    syscall_filter: bytes


class Enclosure(Protocol):
    """A way to set children apart from the machine and from each other."""

    def settle(self) -> None:
        """Called by the zygote before it imports a runtime."""

    def get_ready(self) -> dict[str, bool | int]:
        """Called when all is imported, before the first fork: what is in force, by name."""

    def fork(self) -> int:
        """A child: its pid in the zygote, 0 in itself."""

    def confine(self, walls: Walls, programs: int, answers: int, output: int) -> None:
        """In the child: take over the two pipes and the output pipe, and give up everything else."""

    def exceeds(self, walls: Walls) -> bool | None:
        """Whether more files are there than `walls` allow, where the kernel does not count them. None where it takes
        a further call to know."""

    def sweep(self, number: int, known: set[int]) -> bool:
        """Remove what child `number` left; whether nothing is left but the children `known`."""


def place_descriptors(programs: int, answers: int, output: int) -> None:
    """Standard input is empty, output and errors go one way, programs and answers have their numbers; no others."""
    nothing = os.open("/dev/null", os.O_RDONLY)
    kernel.place_descriptors((nothing, output, output, programs, answers))


def offer_to_the_oom_killer() -> None:
    """Where the machine runs out of memory, a child goes first."""
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")


def settle_in_scratch() -> None:
    """The folder and the environment, the same for every child."""
    os.chdir(SCRATCH)
    os.umask(0o077)
    os.environ.clear()
    os.environ.update(HOME=SCRATCH, TMPDIR=SCRATCH, LANG="C.UTF-8", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")


def limit_resources(walls: Walls) -> None:
    """What the kernel itself bounds."""
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
