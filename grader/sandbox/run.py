"""One run in a slot: what is asked, and what came back.

Everything that came back is a claim, except `ending`, `usage`, `exit_code`, and that the calls of oracles took place.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from grader.domain.limits import MIB, Limits, Usage

Probe: TypeAlias = list[Any]
"""instructions of a straight-line program, as `grader.sandbox.probes.Writer` writes them"""

AFRESH: Probe = [["afresh"]]
"""not a probe: load the student's module once more, so that what was set in it is gone; replies nothing"""


@dataclass(frozen=True)
class AuthoredTests:
    """An author's test functions, to be run by pytest in a jail of their own."""

    file: str
    names: tuple[str, ...]
    """the functions in that file which are to be run"""
    files: tuple[tuple[str, bytes], ...]
    """all files of the folder, this one among them"""
    limits: Limits
    """of that jail, beside those that the student's code has"""
    tensors: bool = False
    """whether arrays reach the student's code as tensors"""
    seed: int = 0
    """of what the tests draw, which the student's code does not have"""


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
    max_calls: int = 100_000
    """of oracles, in the whole run; a further call raises in the student's code"""
    max_recorded: int = 32 * MIB
    """bytes of memory that the record of these calls may take; a call beyond them raises as well"""
    asked: Callable[[Any], Any] | None = None
    """what answers a child that asks with plain data, at once or `LATER`. The time that it takes is not the child's"""
    tests: AuthoredTests | None = None
    """an author's own tests, to be relayed to this code in the place of probes"""


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


@dataclass(frozen=True, slots=True)
class Claim:
    """A value the student's code is said to have returned, or to have handed to an oracle."""

    form: str
    """array | number | list | tensor | none | object | elements | too-large | text | kept"""
    array: np.ndarray[Any, Any] | None
    description: str
    elements: tuple[Claim, ...] = ()
    """of a list whose elements are claims of their own"""


@dataclass(frozen=True, slots=True)
class Call:
    """One evaluation of an oracle. That it came, and when, is a fact; its operands are claims."""

    oracle: Oracle
    arguments: tuple[Claim, ...]
    captured: tuple[Claim, ...] = ()
    """what the probe that made this callable gave to it, beside what the student's code calls it with"""


@dataclass(frozen=True)
class Steps:
    """An answer that the child works out on the objects themselves: a program and the slot of its result.

    Its first slots hold what was captured, then the arguments.
    """

    probe: Probe
    result: int


@dataclass(frozen=True)
class Refused:
    """An answer that raises in the student's code: the name of a built-in exception and a sentence."""

    message: str
    kind: str = "TypeError"


@dataclass(frozen=True)
class Further:
    """No answer yet: a probe that the child works out first, telling what came of it. Its slots begin as in Steps."""

    probe: Probe


class Later(enum.Enum):
    """The child waits for an answer that is given some time later."""

    LATER = "later"


LATER = Later.LATER

Answer: TypeAlias = "float | complex | np.ndarray[Any, Any] | Steps | Refused | Further | Later"
Oracle: TypeAlias = "Callable[[Call], Answer]"
"""A function of ours that student code may call. It gets whatever a student hands to it, and its time is the
student's. An ArithmeticError that it raises is raised in the student's code."""


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
    instruction: int = 0
    """of the probe, which was being executed"""


@dataclass(frozen=True)
class Missing:
    """The student's module does not define this name."""

    name: str


Response: TypeAlias = Replies | Raised | Missing


@dataclass(frozen=True)
class Outcome:
    """What an author's test found. What it says of itself is the author's claim, `response` and `run` are not."""

    test: str
    case: str
    """which of its parameters, empty where it has none"""
    word: str
    """passed | failed | raised | ended | skipped | error"""
    text: str = ""
    credit: float = 0.0
    """0 to 1: what was earned, however it went on"""
    response: Raised | Missing | None = None
    """of the student's code, with which it ended"""
    run: Run | None = None
    """of the student's code, None where the test asked nothing of it"""


@dataclass(frozen=True)
class Run:
    """All that is known of one run. `responses` has an entry for every probe, None where none came.

    `calls` has one for every probe as well: the calls of oracles that came while it was executed, in their order.
    """

    ending: Ending
    units: tuple[Unit, ...]
    names: tuple[str, ...]
    responses: tuple[Response | None, ...]
    output: str
    usage: Usage
    exit_code: int
    calls: tuple[tuple[Call, ...], ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    """of the author's tests, where there are any in the program"""
    cases: tuple[tuple[str, int], ...] = ()
    """how many cases each test has, whether or not it was run"""
    fault: str = ""
    """what kept the author's tests from being run to their end"""
