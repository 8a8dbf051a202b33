"""One run in a slot: what is asked, and what came back.

Everything that came back is a claim, except `ending`, `usage` and `exit_code`.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from grader.domain.limits import Limits, Usage

Probe: TypeAlias = list[Any]

AFRESH: Probe = [["afresh"]]
"""not a probe: load the student's module once more, so that what was set in it is gone; replies nothing"""


@dataclass(frozen=True)
class Program:
    """A student's code and the probes to run on it."""

    entry: str
    """name of the module that the units define"""
    units: tuple[tuple[str, bytes], ...]
    """the file, or one notebook cell each"""
    probes: Sequence[Probe]
    limits: Limits
    files: tuple[tuple[str, bytes], ...] = ()
    notebook: bool = False
    only_compile: bool = False
    """run nothing of it: then what is said about its syntax is our own word"""
    seed: int = 0
    patience: float = math.inf
    """seconds after which we stop it, where that is sooner than its limit"""


class Ending(enum.Enum):
    """How a run ended, as seen from outside."""

    FINISHED = "finished"
    TIME = "time"
    CPU = "cpu"
    MEMORY = "memory"
    OUTPUT = "output"
    FILES = "files"
    DIED = "died"
    VIOLATED = "violated"


@dataclass(frozen=True)
class Place:
    """A line in a student's file or notebook cell."""

    unit: str
    line: int


@dataclass(frozen=True)
class Unit:
    """What became of one file or cell: status is ok, syntax or exception."""

    label: str
    status: str
    kind: str
    message: str
    lines: tuple[Place, ...]
    dropped: tuple[int, ...]


@dataclass(frozen=True)
class Claim:
    """A value the student's code is said to have returned."""

    form: str
    """array | number | list | tensor | none | object | too-large"""
    array: np.ndarray[Any, Any] | None
    description: str


@dataclass(frozen=True)
class Replies:
    """A probe ran to its end."""

    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Raised:
    """A probe ended with an exception of the student's code."""

    kind: str
    message: str
    lines: tuple[Place, ...]
    signature: str


@dataclass(frozen=True)
class Missing:
    """The student's module does not define this name."""

    name: str


Response: TypeAlias = Replies | Raised | Missing


@dataclass(frozen=True)
class Run:
    """All that is known of one run. `responses` has an entry for every probe, None where none came."""

    ending: Ending
    units: tuple[Unit, ...]
    names: tuple[str, ...]
    responses: tuple[Response | None, ...]
    output: str
    usage: Usage
    exit_code: int
