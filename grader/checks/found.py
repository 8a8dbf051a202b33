"""Checks of what a student found: one solution of the equations, or all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks.handed import handed, made
from grader.checks.judgement import Judgement, of_finding
from grader.checks.landscape import landscape
from grader.checks.pairs import Fault, Numbers, Pair, PairJudge, read_pair
from grader.checks.replies import changed, failure
from grader.checks.values import credited
from grader.domain.assignment import Signature, Task
from grader.domain.report import Verdict
from grader.sandbox.probes import Writer
from grader.sandbox.run import Claim, Probe, Replies, Run
from reference.bundle import Bundle
from reference.constrained import Ask, ConstrainedProblem
from reference.extrema import GROUP, Extremum, Instance, from_blocks, matched
from reference.tolerance import EXACT_UNITS

_ZERO = 1e-9
_CALLS = 3
"""with numbers that were drawn"""


@dataclass(frozen=True)
class _FoundPlan(ABC):
    """A call for each problem: for the only one, or for some of a family with their numbers."""

    task: Task
    ask: Ask
    function: Signature
    instances: tuple[Instance, ...]
    first_probe: int

    def judge(self, run: Run) -> Judgement:
        """The judgement on the call that went worst: the first of those that earn least, or the least exact one."""
        return min((self._of_call(number, run) for number in range(len(self.instances))), key=_standing)

    def _of_call(self, number: int, run: Run) -> Judgement:
        response, arguments = run.responses[self.first_probe + number], self.function.arguments
        finding = failure(response, 1 + len(arguments), self.task, self.function, run)
        if not finding and isinstance(response, Replies):
            finding = changed(arguments, response.claims[1:])
        if finding or not isinstance(response, Replies):
            return of_finding(self.ask.id, self.ask.share, finding or (Verdict.INVALID_OUTPUT, "violated", {}))
        instance = self.instances[number]
        judge = PairJudge(_problem(self.task).at(instance.numbers), self.ask, instance.points)
        with np.errstate(all="ignore"):  # the numbers are the student's
            judged = self._judged(response.claims[0], judge)
        if len(self.instances) == 1:
            return judged
        return replace(judged, facts={**judged.facts, "call": number, "calls": len(self.instances)})

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
        read = read_pair(answer, judge.problem)
        if not isinstance(read, Numbers):
            return of_finding(self.ask.id, self.ask.share, read)
        pair = judge.pair(read.x, read.lam)
        fault = judge.of_equations(pair) or judge.of_type(pair)
        if fault:
            return replace(self._failed(fault, judge, pair), picture=landscape(judge.problem, pair.x))
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
            read = read_pair(item, judge.problem)
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
        points = [matched(pair.x, judge.known) for pair in pairs]
        twice = [k for k, point in enumerate(points) if point and any(point is other for other in points[:k])]
        if twice:
            first = next(k for k, point in enumerate(points) if point is points[twice[0]])
            facts: dict[str, object] = {"number": twice[0], "first": first}
            return self._failed(Fault("listed_twice", facts, "stationary.duplicate"), judge, pairs[twice[0]])
        missing = [known for known in judge.known if not any(known is point for point in points)]
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
    instances = _chosen(bundle, rng)
    return _probes(task, function, instances, 1), SolvePlan(task, ask, function, instances, start)


def written_list(
    task: Task, ask: Ask, function: Signature, bundle: Bundle, rng: np.random.Generator, start: int
) -> tuple[list[Probe], ListPlan]:
    """Call, and report the two parts of every element of what comes."""
    instances = _chosen(bundle, rng)
    return _probes(task, function, instances, 2), ListPlan(task, ask, function, instances, start)


def _chosen(bundle: Bundle, rng: np.random.Generator) -> tuple[Instance, ...]:
    """Some of the problems that the bundle holds."""
    blocks = bundle.groups[GROUP]
    return from_blocks(blocks[k] for k in rng.permutation(len(blocks))[:_CALLS])


def _probes(task: Task, function: Signature, instances: Sequence[Instance], depth: int) -> list[Probe]:
    """Call with the numbers of each problem, and say whether they are as they were."""
    probes = []
    for instance in instances:
        p = Writer()
        given = [made(p, task, value) for value in handed(_problem(task), function, instance.numbers)]
        p.elements(p.call(p.name(function.name), *given), depth)
        for argument in given:
            p.unchanged(argument)
        probes.append(p.probe)
    return probes


def _problem(task: Task) -> ConstrainedProblem:
    assert isinstance(task.content, ConstrainedProblem)
    return task.content


def _standing(judged: Judgement) -> tuple[float, float]:
    """What it earns, and of what is right how exact it is."""
    return judged.credit, -(judged.evidence.in_units if judged.credit and judged.evidence else 0.0)
