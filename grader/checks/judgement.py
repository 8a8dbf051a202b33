"""What a check found, before it is put into words and points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from grader.checks.endings import Finding
from grader.domain.assignment import Task
from grader.domain.pictures import Picture
from grader.domain.report import Evidence, Verdict
from grader.sandbox.run import Probe
from reference.bundle import Point


class Plan(Protocol):
    """What is asked of the student's code about some checks of a task, in one child."""

    @property
    def task(self) -> Task: ...
    @property
    def probes(self) -> Sequence[Probe]: ...


@dataclass(frozen=True)
class Comparison:
    """A student's answer beside what is right there."""

    point: Point
    answer: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Judgement:
    """One check: verdict, why (a cause of the sentence catalogue, with its facts), and numbers to diagnose from."""

    check: str
    share: float
    """of the task's points, 0 to 1, that this check is worth"""
    verdict: Verdict
    cause: str
    facts: dict[str, object] = field(default_factory=dict)
    note: str | None = None
    remark: str | None = None
    """a cause as well; said beside a passed check"""
    evidence: Evidence | None = None
    comparisons: tuple[Comparison, ...] = ()
    credit: float = 0.0
    """part of the share that was earned, 0 to 1"""
    picture: Picture | None = None
    """what a figure beside the check shows"""
    inconclusive: bool = False
    """neither right nor wrong beyond doubt at the points that were asked; more of them will tell"""


def of_finding(check: str, share: float, finding: Finding, comparisons: tuple[Comparison, ...] = ()) -> Judgement:
    """A finding as a judgement; its facts may name the note that goes with it. What passed has earned its share."""
    verdict, cause, facts = finding
    note = str(facts["note"]) if facts.get("note") else None
    credit = float(verdict is Verdict.PASSED)
    return Judgement(check, share, verdict, cause, facts, note, comparisons=comparisons, credit=credit)
