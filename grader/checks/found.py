"""Checks of what a student found: one solution of the equations, or all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks.judgement import Judgement, of_finding
from grader.checks.landscape import landscape
from grader.checks.pairs import Fault, Numbers, Pair, PairJudge, read_pair
from grader.checks.replies import failure
from grader.checks.values import credited
from grader.domain.assignment import Signature, Task
from grader.domain.report import Verdict
from grader.sandbox.probes import Writer
from grader.sandbox.run import Claim, Probe, Replies, Run
from reference.bundle import Bundle
from reference.constrained import Ask, ConstrainedProblem
from reference.extrema import GROUP, Extremum, from_blocks, matched
from reference.tolerance import EXACT_UNITS

_ZERO = 1e-9


@dataclass(frozen=True)
class _FoundPlan(ABC):
    """A call without arguments, and the stationary points that are known."""

    task: Task
    ask: Ask
    function: Signature
    known: tuple[Extremum, ...]
    probe: int

    @property
    def problem(self) -> ConstrainedProblem:
        """Whose solutions are asked for."""
        assert isinstance(self.task.content, ConstrainedProblem)
        return self.task.content

    def judge(self, run: Run) -> Judgement:
        """Judge the reply, if there is one."""
        response = run.responses[self.probe]
        finding = failure(response, 1, self.task, self.function, run)
        if finding or not isinstance(response, Replies):
            return of_finding(self.ask.id, self.ask.share, finding or (Verdict.INVALID_OUTPUT, "violated", {}))
        with np.errstate(all="ignore"):  # the numbers are the student's
            return self._judged(response.claims[0], PairJudge(self.problem, self.ask, self.known))

    @abstractmethod
    def _judged(self, answer: Claim, judge: PairJudge) -> Judgement: ...

    def _failed(self, fault: Fault, judge: PairJudge, pair: Pair, **more: object) -> Judgement:
        facts = {**fault.facts, **more}
        evidence = judge.evidence(pair)
        return Judgement(self.ask.id, self.ask.share, Verdict.FAILED, fault.cause, facts, fault.note, evidence=evidence)

    def _held(self, pairs: Sequence[Pair], judge: PairJudge) -> Judgement:
        """The equations hold: to the last digit, or to some."""
        worst = max(pairs, key=lambda pair: pair.worst)
        evidence = judge.evidence(worst)
        facts: dict[str, object] = {"units": worst.worst, "of": len(pairs), "asked": self.ask.accept}
        made = Judgement(self.ask.id, self.ask.share, Verdict.FAILED, f"{self.ask.id}_right", facts, evidence=evidence)
        if not judge.is_right(worst):
            digits = int(-np.log10(evidence.worst_error))
            few = Judgement(
                self.ask.id, self.ask.share, Verdict.FAILED, "few_digits_found", {"digits": digits}, "rounded",
                evidence=evidence,
            )  # fmt: skip
            return credited(few, self.task.approximate)
        is_cancelling = worst.worst > EXACT_UNITS and not self.ask.accuracy
        return credited(made, self.task.cancelling if is_cancelling else 1.0)


class SolvePlan(_FoundPlan):
    """One point of the type that is accepted."""

    def _judged(self, answer: Claim, judge: PairJudge) -> Judgement:
        read = read_pair(answer, self.problem)
        if not isinstance(read, Numbers):
            return of_finding(self.ask.id, self.ask.share, read)
        pair = judge.pair(read.x, read.lam)
        fault = judge.of_equations(pair) or judge.of_type(pair)
        if fault:
            return replace(self._failed(fault, judge, pair), picture=landscape(self.problem, pair.x))
        return self._held([pair], judge)


class ListPlan(_FoundPlan):
    """All stationary points, each once, in any order."""

    def _judged(self, answer: Claim, judge: PairJudge) -> Judgement:
        if answer.form != "elements" or not answer.elements:
            return of_finding(
                self.ask.id, self.ask.share, (Verdict.INVALID_OUTPUT, "not_a_list", {"came": answer.description})
            )
        pairs: list[Pair] = []
        for number, item in enumerate(answer.elements):
            read = read_pair(item, self.problem)
            if not isinstance(read, Numbers):
                verdict, cause, facts = read
                return of_finding(self.ask.id, self.ask.share, (verdict, cause, {**facts, "number": number}))
            pairs.append(judge.pair(read.x, read.lam))
        for number, pair in enumerate(pairs):
            fault = judge.of_equations(pair)
            if fault:
                return self._failed(fault, judge, pair, number=number)
        return self._complete(pairs, judge)

    def _complete(self, pairs: list[Pair], judge: PairJudge) -> Judgement:
        points = [matched(pair.x, self.known) for pair in pairs]
        twice = [k for k, point in enumerate(points) if point and any(point is other for other in points[:k])]
        if twice:
            first = next(k for k, point in enumerate(points) if point is points[twice[0]])
            facts: dict[str, object] = {"number": twice[0], "first": first}
            return self._failed(Fault("listed_twice", facts, "stationary.duplicate"), judge, pairs[twice[0]])
        missing = [known for known in self.known if not any(known is point for point in points)]
        if missing:
            note = "stationary.divided" if _lacks_zeros(missing, pairs) else "stationary.subset"
            return self._failed(Fault("points_missing", {"of": len(pairs)}, note), judge, pairs[0])
        return self._held(pairs, judge)


def _lacks_zeros(missing: list[Extremum], pairs: list[Pair]) -> bool:
    """Whether every missing point has an entry zero that is zero at none of those that were found."""
    size = max(float(np.max(np.abs(pair.x))) for pair in pairs) or 1.0
    found = np.all([np.abs(pair.x) > _ZERO * size for pair in pairs], axis=0)
    return all(bool(np.any(found & (np.abs(point.x) <= _ZERO * size))) for point in missing)


def written_solve(
    task: Task, ask: Ask, function: Signature, bundle: Bundle, rng: np.random.Generator, start: int
) -> tuple[list[Probe], SolvePlan]:
    """Call, and report the two parts of what comes."""
    return [_probe(function, 1)], SolvePlan(task, ask, function, from_blocks(bundle.groups[GROUP]), start)


def written_list(
    task: Task, ask: Ask, function: Signature, bundle: Bundle, rng: np.random.Generator, start: int
) -> tuple[list[Probe], ListPlan]:
    """Call, and report the two parts of every element of what comes."""
    return [_probe(function, 2)], ListPlan(task, ask, function, from_blocks(bundle.groups[GROUP]), start)


def _probe(function: Signature, depth: int) -> Probe:
    p = Writer()
    p.elements(p.call(p.name(function.name)), depth)
    return p.probe
