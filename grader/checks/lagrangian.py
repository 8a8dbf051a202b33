"""`kind: lagrangian`: functions about L at drawn points, about its stationary points, and solutions of the equations.

What is asked about given points is compared with what is right there (`pointwise`, `choices`); what a student found is
judged by the equations themselves (`pairs`), so that no particular solution is expected.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from grader.checks import endings
from grader.checks.choices import written_choices
from grader.checks.found import written_list, written_solve
from grader.checks.handed import handed
from grader.checks.judgement import Comparison, Judgement, of_finding
from grader.checks.pointwise import GroupPlan, judge_group, probes_of
from grader.checks.values import credited, each_settled, settled
from grader.domain.assignment import Signature, Task
from grader.domain.report import Verdict
from grader.sandbox.run import Probe, Run
from reference.bundle import Bundle, Point
from reference.constrained import AT_DRAWN_POINTS, Ask, ConstrainedProblem
from reference.problem import Misconception
from reference.tolerance import Band, band, units

_POINTS = 24
_FURTHER = 8
_ALL = 1000
"""More than there are stationary points."""


class AskPlan(Protocol):
    """What is asked for one check, and how the replies are judged."""

    @property
    def ask(self) -> Ask: ...
    def judge(self, run: Run) -> Judgement: ...


@dataclass(frozen=True)
class ValuePlan:
    """Values at points, with the accuracy that is asked of them."""

    task: Task
    ask: Ask
    group: GroupPlan

    def judge(self, run: Run) -> Judgement:
        """The judgement on values, by the accuracy of the ask where there is one."""
        judged = judge_group(self.task, self.group, run)
        if judged.cause not in ("wrong_value", "approximate"):
            return judged
        if self.ask.accuracy and all(_relative(item) <= self.ask.accuracy for item in judged.comparisons):
            facts = {**judged.facts, "accuracy": self.ask.accuracy}
            return credited(replace(judged, cause="accurate", facts=facts), 1.0)
        if judged.cause == "approximate" and not self.group.spare:
            return credited(replace(judged, cause="few_digits", note="rounded"), self.task.approximate)
        return self._by_blocks(judged) if self.ask.id == "system" and judged.cause == "wrong_value" else judged

    def _by_blocks(self, judged: Judgement) -> Judgement:
        """Of a wrong system, whether one of its two blocks is right."""
        assert isinstance(self.task.content, ConstrainedProblem)
        size = self.task.content.size
        above = all(_is_right(item, slice(0, size)) for item in judged.comparisons)
        below = all(_is_right(item, slice(size, None)) for item in judged.comparisons)
        if above == below:
            return judged
        return replace(judged, cause="wrong_block", facts={**judged.facts, "above": above, "size": size})


@dataclass(frozen=True)
class Plan:
    """All that is asked in one child, and what is needed to judge the replies."""

    task: Task
    probes: tuple[Probe, ...]
    asks: tuple[AskPlan, ...]


def shares(task: Task) -> list[tuple[str, float]]:
    """The ids of the task's checks, and which part of its points each is worth."""
    return [(ask.id, ask.share) for ask in _problem(task).asks]


def misconceptions(task: Task) -> tuple[Misconception, ...]:
    """The wrong answers that the author expects: none are written for this kind."""
    return ()


def alone(task: Task) -> tuple[str, ...]:
    """Solvers iterate, and one that does not end costs itself only. Points that are handed over together with their
    multipliers would tell what is asked about the same points elsewhere."""
    return tuple(ask.id for ask in _problem(task).asks if ask.id in ("solve", "stationary", "multipliers", "tangent"))


def plan(task: Task, bundles: Mapping[str, Bundle], rng: np.random.Generator, checks: Container[str]) -> Plan:
    """Draw the points and write the probes for the asks that are among `checks`."""
    probes: list[Probe] = []
    asked: list[AskPlan] = []
    for ask, function in zip(_problem(task).asks, task.implements, strict=True):
        if ask.id in checks:
            more, planned = _WRITERS[ask.id](task, ask, function, bundles[""], rng, len(probes))
            probes += more
            asked.append(planned)
    return Plan(task, tuple(probes), tuple(asked))


def _problem(task: Task) -> ConstrainedProblem:
    assert isinstance(task.content, ConstrainedProblem)
    return task.content


def _values(
    task: Task, ask: Ask, function: Signature, bundle: Bundle, rng: np.random.Generator, start: int
) -> tuple[list[Probe], ValuePlan]:
    if ask.id in AT_DRAWN_POINTS:
        drawn = tuple(bundle.draw(ask.id, _POINTS + _FURTHER, rng))
        points, spare = drawn[:_POINTS], drawn[_POINTS:]
    else:
        points, spare = tuple(bundle.draw(ask.id, _ALL, rng)), ()
    return _valued(task, ask, function, points, spare, start)


def _valued(
    task: Task, ask: Ask, function: Signature, points: tuple[Point, ...], spare: tuple[Point, ...], start: int
) -> tuple[list[Probe], ValuePlan]:
    probes = probes_of(task, function, points, lambda point: handed(_problem(task), function, point.inputs))
    last = start + len(probes) - 1
    group = GroupPlan(ask.id, ask.share, function, points, start, last, spare, may_be_of_size_one=True)
    return probes, ValuePlan(task, ask, group)


_Writer = Callable[[Task, Ask, Signature, Bundle, np.random.Generator, int], tuple[list[Probe], AskPlan]]
_WRITERS: dict[str, _Writer] = {
    "lagrangian": _values,
    "system": _values,
    "multipliers": _values,
    "sensitivity": _values,
    "classify": written_choices,
    "tangent": written_choices,
    "solve": written_solve,
    "stationary": written_list,
}


def judge(asked: Plan, run: Run) -> list[Judgement]:
    """One judgement for every ask."""
    broken = endings.not_importable(run)
    if broken:
        return [of_finding(item.ask.id, item.ask.share, broken) for item in asked.asks]
    return [ask.judge(run) for ask in asked.asks]


def further(asked: Plan, judgements: Sequence[Judgement]) -> Plan | None:
    """Spare points for what is not decided, None where all is."""
    undecided = {item.check for item in judgements if item.inconclusive}
    probes: list[Probe] = []
    asks: list[AskPlan] = []
    for ask in asked.asks:
        if isinstance(ask, ValuePlan) and ask.ask.id in undecided and ask.group.spare:
            more, planned = _valued(ask.task, ask.ask, ask.group.function, ask.group.spare, (), len(probes))
            probes += more
            asks.append(planned)
    return Plan(asked.task, tuple(probes), tuple(asks)) if asks else None


def settle(judgements: Sequence[Judgement], more: Sequence[Judgement], task: Task) -> list[Judgement]:
    """The judgements, with those that were open decided by what came at the spare points."""
    return each_settled(judgements, more, task, _settled)


def _settled(first: Judgement, more: Judgement, task: Task) -> Judgement:
    return _of_value(settled(first, _open_again(more), task))


def _open_again(judged: Judgement) -> Judgement:
    """A judgement at spare points as `settled` takes it."""
    if judged.cause in ("few_digits", "accurate"):
        return replace(judged, cause="approximate", verdict=Verdict.FAILED, credit=0.0, note=None, inconclusive=True)
    return judged


def _of_value(judged: Judgement) -> Judgement:
    """L itself is no derivative that differences could approximate."""
    if judged.check == "lagrangian" and judged.cause == "approximate":
        return replace(judged, cause="few_digits", note="rounded")
    return judged


def _relative(item: Comparison) -> float:
    size = float(np.max(np.abs(item.point.expected), initial=0.0))
    off = float(np.max(np.abs(item.answer - item.point.expected), initial=0.0))
    return off / size if size else off


def _is_right(item: Comparison, part: slice) -> bool:
    """Whether a part of the answer is not wrong at a point."""
    answer = item.answer.astype(np.float64)[part]
    q = units(answer, item.point.expected[part], item.point.unit[part])
    return band(q, item.point.separation) is not Band.WRONG
