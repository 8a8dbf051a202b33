"""What the checks of operators share: their questions, and the conditions of every answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from grader.checks.endings import Finding
from grader.checks.judgement import Comparison, Judgement, of_finding
from grader.checks.operators.mistaken import with_wrong_answers
from grader.checks.operators.questions import Answers, Question, answers, numbers
from grader.checks.values import compared
from grader.domain.assignment import Task
from grader.domain.report import Verdict
from grader.sandbox.run import Run
from reference.bundle import Point

Judge = Callable[["Check", Task, Answers], Judgement]


@dataclass(frozen=True)
class Check:
    """One check under way: what it asks, and how answers without any other fault are judged."""

    id: str
    share: float
    questions: tuple[Question, ...]
    judge_answers: Judge
    program: str = ""
    spare: tuple[Point, ...] = ()
    """further points of its program, for answers that are neither right nor wrong beyond doubt"""

    def judge(self, task: Task, run: Run) -> Judgement:
        """The judgement on a run of the probes of these questions."""
        found = answers(task, self.questions, run)
        if isinstance(found, Answers):
            with np.errstate(all="ignore"):  # sums of what came may overflow
                return self.judge_answers(self, task, found)
        comparisons = numbers(self.questions, run) if found[1] == "operator.shape" else ()
        return self.found(found, with_wrong_answers(task, self.program, comparisons) if self.program else comparisons)

    def found(self, finding: Finding, comparisons: tuple[Comparison, ...] = ()) -> Judgement:
        """A finding as a judgement."""
        return of_finding(self.id, self.share, finding, comparisons)

    def valued(self, task: Task, given: Answers) -> Judgement:
        """The judgement on values alone."""
        judged = compared(task, self.id, self.share, given.comparisons(), given.listed)
        if judged.verdict is not Verdict.FAILED or judged.inconclusive or not self.program:
            return judged
        named = with_wrong_answers(task, self.program, given.comparisons())
        return replace(judged, comparisons=named)

    def passed(self, cause: str, facts: dict[str, object]) -> Judgement:
        """All of it was right."""
        return Judgement(self.id, self.share, Verdict.PASSED, cause, facts, credit=1.0)
