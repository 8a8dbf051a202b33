"""`cost: {tape: ...}`: how memory grows with the number of operations, measured from outside of the student's process.

Three runs in children of their own: no operations, some, and four times as many. What is left after the first is taken
away is memory of the operations. A child is forked with pages that are not counted as its own, so each run first takes
more memory than these: else the first megabytes would not be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.checks import endings
from grader.checks.autodiff.answers import read
from grader.checks.autodiff.drawing import chain_of, content
from grader.checks.autodiff.instances import Instances
from grader.checks.autodiff.judging import judged
from grader.checks.autodiff.samples import Answer, Sample
from grader.checks.judgement import Judgement, of_finding
from grader.domain.assignment import Task
from grader.domain.autodiff import CHAINED, FORWARD, TAPE
from grader.domain.limits import MIB
from grader.domain.report import Verdict
from grader.sandbox.run import Ending, Probe, Raised, Replies, Run

OPERATIONS = (0, 4_000, 16_000)
_SMALLEST_PER_OPERATION = 32
"""bytes; no record of an operation is smaller"""
_BOUNDS = (3.0, 5.0)
_WITNESSES = 3
_SLACK = 1 * MIB
"""by which the memory of a process differs from what its objects take"""
_BALLAST = 20 * MIB


@dataclass(frozen=True)
class TapePlan:
    """One of the three runs."""

    task: Task
    share: float
    round: int = 0

    @property
    def probes(self) -> Sequence[Probe]:
        """A chain of so many operations, which is only built."""
        asked = content(self.task)
        numbers = Instances(asked)
        numbers.writer.operate("mul", "-", _BALLAST)
        leaves = numbers.leaf(0.5, 1.0), numbers.leaf(1.0, 0.0)
        operator = next(op for op in CHAINED if op in asked.ops)
        root = numbers.writer.iterate(operator, *leaves, OPERATIONS[self.round])
        numbers.writer.reply(numbers.value(root))
        return (numbers.writer.probe, self.witness.probe) if self.round == 0 else (numbers.writer.probe,)

    @property
    def witness(self) -> Sample:
        """A few operations whose derivative may be wrong, but no approximation."""
        return chain_of(content(self.task), _WITNESSES)


def measured(asked: TapePlan, run: Run) -> Judgement:
    """What one run used; undecided until all three are there."""
    facts: dict[str, object] = {"sizes": (run.usage.memory,), "operations": OPERATIONS[asked.round]}
    undecided = Judgement(TAPE, asked.share, Verdict.FAILED, "tape", facts, inconclusive=True)
    response = run.responses[0]
    if asked.round and (
        run.ending is Ending.MEMORY or (isinstance(response, Raised) and response.kind == "MemoryError")
    ):
        return replace(undecided, verdict=Verdict.MEMORY_LIMIT, cause="tape_memory", note="tape-superlinear",
                       inconclusive=False)  # fmt: skip
    if run.ending is Ending.FINISHED and isinstance(response, Replies):
        return undecided if asked.round else _witnessed(asked, undecided, run)
    if response is None:
        return of_finding(TAPE, asked.share, endings.no_response(run, asked.task.limits))
    return replace(undecided, cause="tape_broken", inconclusive=False)


def _witnessed(asked: TapePlan, undecided: Judgement, run: Run) -> Judgement:
    """Undecided still, unless the derivative of a few operations is an approximation: a record that differences are
    taken of is none of reverse mode."""
    answer = read(asked.task, asked.witness, run.responses[1], run)
    judgement = judged(asked.task, TAPE, asked.share, [answer], {}) if isinstance(answer, Answer) else None
    if judgement is None or not judgement.inconclusive:
        return undecided
    return replace(undecided, cause="tape_of_differences", note="finite-difference", inconclusive=False)


def following(asked: TapePlan, judgements: Sequence[Judgement]) -> TapePlan | None:
    """The next run, None after the last or where one came to no good end."""
    if not any(item.inconclusive for item in judgements) or asked.round + 1 == len(OPERATIONS):
        return None
    return replace(asked, round=asked.round + 1)


def combined(first: Judgement, more: Judgement, task: Task) -> Judgement:
    """What the runs so far say."""
    if not more.inconclusive:
        return more
    sizes = (*_sizes(first), *_sizes(more))
    if len(sizes) < len(OPERATIONS):
        return replace(first, facts={**first.facts, "sizes": sizes})
    if sizes[0] == 0:
        return Judgement(TAPE, first.share, Verdict.PASSED, "tape_unmeasured", credit=1.0)
    grown = [max(0, size - sizes[0]) for size in sizes[1:]]
    verdict = _constant(grown) if content(task).mode == FORWARD else _linear(grown)
    facts = {**more.facts, "grown": [size / MIB for size in grown], "counts": OPERATIONS[1:]}
    passed = verdict == ""
    return Judgement(
        TAPE, first.share, Verdict.PASSED if passed else Verdict.FAILED, "tape_passed" if passed else verdict, facts,
        None if passed else _NOTES[verdict], credit=1.0 if passed else 0.0,
    )  # fmt: skip


def _sizes(judgement: Judgement) -> tuple[int, ...]:
    sizes = judgement.facts["sizes"]
    assert isinstance(sizes, tuple)
    return sizes


_NOTES = {"tape_superlinear": "tape-superlinear", "tape_none": "no-tape", "tape_kept": "tape-kept"}


def _linear(grown: Sequence[int]) -> str:
    """Why memory does not grow like a record of the operations, empty where it does."""
    if grown[1] < _SMALLEST_PER_OPERATION * OPERATIONS[2]:
        return "tape_none"
    low, high = (bound * grown[0] for bound in _BOUNDS)
    return "tape_superlinear" if grown[1] > high + _SLACK else "" if grown[1] >= low - _SLACK else "tape_none"


def _constant(grown: Sequence[int]) -> str:
    return "tape_kept" if grown[1] - grown[0] > _SLACK else ""
