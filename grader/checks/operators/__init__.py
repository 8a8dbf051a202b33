"""`kind: autodiff` with an `operator`: a student's `jvp(f, x, v)` or `jacobian(f, x)`, whose f is answered outside.

f is worked out on the student's own numbers, one operation after the other; each call is counted and its operand is
recorded, so that differences are told from rules however many digits they have. Values at drawn points are judged as
those of any derivative; beside them stand laws that need no expected value.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from grader.checks import endings
from grader.checks.judgement import Judgement
from grader.checks.operators import laws, special
from grader.checks.operators.programs import program
from grader.checks.operators.questions import operator_of
from grader.checks.operators.rows import Check
from grader.checks.values import each_settled
from grader.domain.assignment import Task
from grader.domain.operators import GROUP
from grader.sandbox.run import Probe, Run
from reference.bundle import Bundle, Point
from reference.problem import Misconception

_FURTHER = 8
"""Points that are asked in addition where the first ones leave it open."""
_ALL = 10**6
_COUNTED = 2
_TRIED = 1
"""Points of every program that a law is tried at."""
_FEW = 2
"""Programs that linearity is tried with: it takes six questions at each point."""


@dataclass(frozen=True)
class Plan:
    """All that is asked of one operator, check by check."""

    task: Task
    checks: tuple[Check, ...]

    @property
    def probes(self) -> Sequence[Probe]:
        """Those of all checks, in their order."""
        return [asked.probe for check in self.checks for asked in check.questions]


@dataclass(frozen=True)
class _Drawing:
    """Where points come from."""

    task: Task
    bundles: Mapping[str, Bundle]
    rng: np.random.Generator

    _shuffled: dict[str, list[Point]] = field(default_factory=dict)

    def points(self, part: str, count: int) -> list[Point]:
        """`count` different points of a part, others than the last time while there are some."""
        if part not in self._shuffled:
            self._shuffled[part] = self.bundles[part].draw(GROUP, _ALL, self.rng)
        points = self._shuffled[part]
        self._shuffled[part] = points[count:] + points[:count]
        return points[:count]

    def of_programs(self, count: int, within: str = "", most: int = 40) -> list[tuple[str, Point]]:
        """Points of every program that laws may use, or of a part within each; of `most` programs, any of them."""
        names = [str(name) for name in self.rng.permutation(operator_of(self.task).tried)[:most]]
        return [(name, point) for name in names for point in self.points(f"programs.{name}{within}", count)]


_LAWS: dict[str, Callable[[_Drawing, float], Check]] = {
    "cost": lambda drawing, share: laws.cost(drawing.task, share, drawing.of_programs(_COUNTED)),
    "linearity": lambda drawing, share: laws.linearity(drawing.task, share, drawing.of_programs(_TRIED, most=_FEW)),
    "adjoint": lambda drawing, share: laws.adjoint(drawing.task, share, drawing.of_programs(_TRIED), drawing.rng),
    "kinks": lambda drawing, share: special.kinks(drawing.task, share, drawing.rng),
    "second": lambda drawing, share: special.second(
        drawing.task, share, drawing.of_programs(_COUNTED, ".second"), drawing.of_programs(_TRIED)
    ),
    "confusion": lambda drawing, share: special.confusion(drawing.task, share),
}
"""The checks that are no programs."""


def shares(task: Task) -> list[tuple[str, float]]:
    """The ids of the task's checks, and which part of its points each is worth."""
    return list(operator_of(task).shares.items())


def misconceptions(task: Task) -> tuple[Misconception, ...]:
    """The wrong answers that the author expects: none can be written."""
    return ()


def alone(task: Task) -> tuple[str, ...]:
    """Checks whose code runs in a child of its own: none."""
    return ()


def plan(task: Task, bundles: Mapping[str, Bundle], rng: np.random.Generator, checks: Container[str]) -> Plan:
    """Draw points and write the probes of those of the task's checks that are among `checks`."""
    drawing = _Drawing(task, bundles, rng)
    return Plan(task, tuple(_check(drawing, name, share) for name, share in shares(task) if name in checks))


def _check(drawing: _Drawing, name: str, share: float) -> Check:
    programs = operator_of(drawing.task).programs
    if name not in programs:
        return _LAWS[name](drawing, share)
    count = programs[name].points
    points = drawing.points(f"programs.{name}", count + _FURTHER)
    return program(drawing.task, name, share, points[:count], points[count:])


def judge(asked: Plan, run: Run) -> list[Judgement]:
    """One judgement for every check."""
    broken = endings.not_importable(run)
    if broken:
        return [check.found(broken) for check in asked.checks]
    start, found = 0, []
    for check in asked.checks:
        mine = slice(start, start + len(check.questions))
        start = mine.stop
        found.append(check.judge(asked.task, replace(run, responses=run.responses[mine], calls=run.calls[mine])))
    return found


def further(asked: Plan, judgements: Sequence[Judgement]) -> Plan | None:
    """Spare points for the programs that are not decided, None where all are."""
    open_checks = {item.check for item in judgements if item.inconclusive}
    again = [
        program(asked.task, check.id, check.share, check.spare, ())
        for check in asked.checks
        if check.id in open_checks and check.spare
    ]
    return Plan(asked.task, tuple(again)) if again else None


def settle(judgements: Sequence[Judgement], more: Sequence[Judgement], task: Task) -> list[Judgement]:
    """The judgements, with those that were open decided by what came at the spare points."""
    return each_settled(judgements, more, task)
