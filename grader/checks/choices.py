"""Checks whose answers are one of a few words, or true or false, at every stationary point: all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.endings import Finding
from grader.checks.handed import handed, made
from grader.checks.judgement import Judgement, of_finding
from grader.checks.replies import changed, failure, says_yes
from grader.domain.assignment import Signature, Task
from grader.domain.report import Verdict
from grader.sandbox.probes import Writer
from grader.sandbox.run import Claim, Probe, Replies, Run
from reference.bundle import Bundle, Point
from reference.constrained import KINDS, Ask, ConstrainedProblem
from reference.separation import note_of

_SHORT = ("min", "max", "saddle point", "saddlepoint", "degenerate", "Minimum", "Maximum", "Saddle", "Inconclusive")
"""What is said in place of the words that are asked for."""
_MANY = 64


@dataclass(frozen=True)
class ChoicePlan:
    """Points with the number of the right word each, and where their probes are; the first is asked twice."""

    task: Task
    ask: Ask
    function: Signature
    points: tuple[Point, ...]
    first_probe: int

    def judge(self, run: Run) -> Judgement:
        """Right at all points, or what is wrong."""
        arguments = self.function.arguments
        said: list[float] = []
        for response in run.responses[self.first_probe : self.first_probe + len(self.points) + 1]:
            finding = failure(response, 1 + len(self._words) + len(arguments), self.task, self.function, run)
            if not finding and isinstance(response, Replies):
                finding = changed(arguments, response.claims[1 + len(self._words) :])
                finding = finding or self._add(response.claims, said)
            if finding:
                return of_finding(self.ask.id, self.ask.share, finding)
        *said, again = said
        if again != said[0]:
            return of_finding(
                self.ask.id, self.ask.share, (Verdict.FAILED, "nondeterministic", {"note": "nondeterministic"})
            )
        return self._compared(said)

    @property
    def _words(self) -> tuple[str, ...]:
        return (*KINDS, *_SHORT) if self.ask.id == "classify" else ()

    def _add(self, claims: Sequence[Claim], said: list[float]) -> Finding | None:
        """The number of the word that was said, added to `said`; or that it was none."""
        if self.ask.id == "tangent":
            code = _truth(claims[0])
            if code is None:
                return Verdict.INVALID_OUTPUT, "not_a_truth", {"came": claims[0].description}
            said.append(code)
            return None
        equal = [word for word, claim in zip(self._words, claims[1:], strict=False) if says_yes(claim)]
        if len(equal) != 1 or equal[0] not in KINDS:
            short = equal[0] if len(equal) == 1 else ""
            return Verdict.INVALID_OUTPUT, "not_a_word", {"came": claims[0].description, "short": short, "words": KINDS}
        said.append(float(KINDS.index(equal[0])))
        return None

    def _compared(self, said: list[float]) -> Judgement:
        right = [float(point.expected) for point in self.points]
        wrong = sum(one != other for one, other in zip(said, right, strict=True))
        facts: dict[str, object] = {"wrong": wrong, "of": len(said)}
        if not wrong:
            return Judgement(self.ask.id, self.ask.share, Verdict.PASSED, "right_words", facts, credit=1.0)
        return Judgement(self.ask.id, self.ask.share, Verdict.FAILED, "wrong_words", facts, self._note(said))

    def _note(self, said: list[float]) -> str | None:
        """The mistake that says just this."""
        for name in self.points[0].wrong:
            if said == [float(point.wrong[name]) for point in self.points]:
                return note_of(name)
        return f"{self.ask.id}.constant" if len(set(said)) == 1 and len(said) > 1 else None


def _truth(claim: Claim) -> float | None:
    """1 for true, 0 for false, None for what is neither."""
    if claim.array is None or claim.array.size != 1 or claim.array.dtype.kind not in "bi":
        return None
    value = float(claim.array.item())
    return value if value in (0.0, 1.0) else None


def written_choices(
    task: Task, ask: Ask, function: Signature, bundle: Bundle, rng: np.random.Generator, start: int
) -> tuple[list[Probe], ChoicePlan]:
    """The probes at all points of an ask, in an order of their own."""
    points = tuple(bundle.draw(ask.id, _MANY, rng))
    planned = ChoicePlan(task, ask, function, points, start)
    return [_probe(task, function, point, planned._words) for point in (*points, points[0])], planned


def _probe(task: Task, function: Signature, point: Point, words: tuple[str, ...]) -> Probe:
    """Call, say what came, which of the words it equals, and whether the arguments are as they were.

    Words are compared inside, because only numbers travel.
    """
    p = Writer()
    assert isinstance(task.content, ConstrainedProblem)
    given = [made(p, task, value) for value in handed(task.content, function, point.inputs)]
    answer = p.call(p.name(function.name), *given)
    p.reply(answer)
    for word in words:
        p.reply(p.operate("eq", answer, word))
    for argument in given:
        p.unchanged(argument)
    return p.probe
