"""The pipeline: a submission and an assignment to a report. No queue, no database, no files."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from grader import __version__
from grader.bundles import Bundles
from grader.checks.judgement import Judgement, Plan
from grader.checks.kinds import KINDS
from grader.checks.tests import AuthoredPlan
from grader.diagnosis.catalogue import CONDITIONS
from grader.diagnosis.match import Diagnosis, recognise
from grader.domain.assignment import Assignment, Task, Visibility
from grader.domain.authored import AuthoredFile
from grader.domain.pictures import Figure
from grader.domain.report import CheckReport, Environment, Outcome, Report, TaskReport, Timing, Verdict
from grader.domain.submission import Submission
from grader.errors import SlotBroken
from grader.feedback.drawing import draw
from grader.feedback.sentences.say import say, syntax_error
from grader.sandbox import course_runtimes, relay
from grader.sandbox.run import AFRESH, Ending, Probe, Program, Replies, Run, Unit
from grader.sandbox.slot import Slot
from grader.stages import Found, checks_of, is_visible, stages, together

_TOGETHER_SECONDS = 1.0
"""Right submissions take milliseconds; one that hangs is not waited for twice."""
_MAX_REMARKS = 50
_BY_HAND = ("wrong_value", "wrong_tensor")
"""causes that say that numbers are wrong, and nothing else"""
_MAX_FIGURES = 6


class Grader:
    """Grades submissions of one assignment in one slot.

    The points of a grading are drawn by hash of the submission, the revision and `secret`: without one that students do
    not know, they could choose among versions of a file the one that meets points which are kind to a wrong answer.
    `tests` is where an author's own tests are run, for assignments that have any.
    """

    def __init__(
        self, assignment: Assignment, slot: Slot, bundles: Bundles, secret: str = "", tests: Slot | None = None
    ) -> None:
        self._assignment = assignment
        self._slot = slot
        self._tests = tests
        self._bundles = bundles
        self._secret = secret

    def grade(self, submission: Submission, seed: str | None = None, only: str | None = None) -> Report:
        """The report. Raises SpecError where the assignment is at fault, SandboxRefused where there is no sandbox."""
        # The same bytes always meet the same points, other bytes others.
        drawn = seed or _keyed(self._secret, submission.sha256, self._assignment.revision)
        return _Grading(self._assignment, self._slot, self._tests, self._bundles, submission, drawn, only).report()


def unreadable(assignment: Assignment, name: str, sha256: str, received: datetime, message: str) -> Report:
    """The report on a file that holds nothing to grade: no score, no attempt."""
    return Report(
        assignment.id, assignment.revision, sha256, (name,), received, Outcome.NOT_GRADABLE, assignment.points,
        Environment(__version__, assignment.runtime, "", "", {}), Timing(), message=message,
    )  # fmt: skip


class _Grading:
    """One grading while it is under way."""

    def __init__(
        self,
        assignment: Assignment,
        slot: Slot,
        tests: Slot | None,
        bundles: Bundles,
        submission: Submission,
        seed: str,
        only: str | None,
    ) -> None:
        self._assignment = assignment
        self._slot = slot
        self._tests = tests
        self._bundles = bundles
        self._submission = submission
        self._seed = seed
        self._tasks = [task for task in assignment.tasks if only in (None, task.id)]
        self._started = time.monotonic()
        self._sandbox_seconds = 0.0
        self._is_python = False
        """some of it, as far as is known"""
        self._found: dict[str, Found] = {}
        self._decided: dict[str, tuple[Plan, list[Judgement]]] = {}
        self._remarks = [*submission.remarks]
        self._remarked: set[str] = set()
        """units about which something was said"""

    def report(self) -> Report:
        course_runtimes.require(self._assignment)
        launched = self._slot.warm()
        environment = Environment(
            __version__, self._assignment.runtime, self._seed, launched.launcher, dict(launched.layers)
        )
        outcome, message = self._grade_tasks()
        total = 1000 * (time.monotonic() - self._started)
        return Report(
            self._assignment.id, self._assignment.revision, self._submission.sha256, self._submission.files,
            self._submission.received, outcome, sum(task.points for task in self._tasks), environment,
            Timing(0.0, 1000 * self._sandbox_seconds, total),
            self._task_reports() if outcome is Outcome.GRADED else (), message, tuple(self._remarks),
            tuple(self._figures()) if outcome is Outcome.GRADED else (),
        )  # fmt: skip

    def _grade_tasks(self) -> tuple[Outcome, str]:
        try:
            self._run_together()
            # A later child can measure what an earlier one left behind in the machine, such as which files the kernel
            # has looked for: so none that holds hidden inputs comes before one whose output is shown.
            for is_shown in (True, False):
                for task in self._tasks:
                    refusal = self._grade_task(task, is_shown)
                    if refusal:
                        return Outcome.NOT_GRADABLE, refusal
        except SlotBroken as fault:
            return Outcome.SYSTEM_ERROR, f"The sandbox failed twice, through no fault of yours: {fault}"
        return Outcome.GRADED, ""

    def _grade_task(self, task: Task, is_shown: bool) -> str:
        """Grade the checks that everybody may see, or the others; returns why nothing can be graded at all, if so."""
        found = self._found.setdefault(task.id, Found())
        if is_shown:
            found.unmet = [name for name in task.requires if self._earned_nothing(name)]
        for checks in (checks for checks in stages(task) if is_visible(task, checks) == is_shown):
            refusal = "" if found.unmet else self._grade_stage(task, checks, found)
            if refusal:
                return refusal
        return ""

    def _grade_stage(self, task: Task, checks: tuple[str, ...], found: Found) -> str:
        if task.id in self._decided and checks == together(task):
            found.judgements += self._settled(task, *self._decided[task.id])
            found.add_output("", is_visible=True)
            return ""
        is_shown = is_visible(task, checks)
        asked = self._plan(task, checks)
        run, refusal = self._run_units(asked, is_shown)
        if refusal:
            return refusal
        if is_shown:  # the text of an exception may hold what the child held
            self._note_dropped_lines(run)
        found.judgements += self._settled(task, asked, KINDS[task.kind].judge(asked, run))
        found.add_output(run.output, is_visible=is_shown)
        return ""

    def _earned_nothing(self, task: str) -> bool:
        """By what everybody may see of it: that a task is skipped must not tell how a hidden check ended."""
        found = self._found.get(task)
        return found is not None and (bool(found.unmet) or found.earned_nothing())

    def _plan(self, task: Task, checks: tuple[str, ...]) -> Plan:
        rng = np.random.default_rng(int(_digest(self._seed, task.id, *checks), 16))
        plan: Plan = KINDS[task.kind].plan(task, self._bundles.of(task, self._assignment), rng, checks)
        return plan

    def _run_together(self) -> None:
        """The visible checks of all tasks in one child: a submission costs one fork instead of one a task.

        The module is loaded afresh for each task. A task that was answered at every point is decided here, right or
        wrong: a second run would be a second guess. One with a point that has no answer is run alone, and so are all
        where the child came to no good end: no task loses by another one's endless loop, exception or crash.
        """
        tasks = [
            task
            for task in self._tasks
            if together(task) and task.limits == self._tasks[0].limits and not isinstance(task.content, AuthoredFile)
        ]
        if len(tasks) < 2:
            return
        plans = [self._plan(task, together(task)) for task in tasks]
        # It is loaded once before all probes; the first task need not load it again.
        probes = [probe for plan in plans for probe in (AFRESH, *plan.probes)][1:]
        run = self._run(replace(self._program(tasks[0], probes), patience=_TOGETHER_SECONDS))
        if run.ending is not Ending.FINISHED or run.output or any(not _is_plain(unit) for unit in run.units):
            return
        start = 0
        for plan in plans:
            mine = slice(start, start + len(plan.probes))
            start = mine.stop + 1  # loading it afresh for the next
            own = replace(run, responses=run.responses[mine], calls=run.calls[mine])
            if all(isinstance(response, Replies) for response in own.responses):
                self._decided[plan.task.id] = plan, KINDS[plan.task.kind].judge(plan, own)

    def _settled(self, task: Task, asked: Plan, judgements: list[Judgement]) -> list[Judgement]:
        """Asks further where what came left it open."""
        kind = KINDS[task.kind]
        while (more := kind.further(asked, judgements)) is not None:
            found = kind.judge(more, self._run(self._asked(more)))
            judgements, asked = [*kind.settle(judgements, found, task)], more
        return [_credited(task, item) for item in judgements]

    def _asked(self, plan: Plan) -> Program:
        program = self._program(plan.task, plan.probes)
        return plan.fitted(program) if isinstance(plan, AuthoredPlan) else program

    def _program(self, task: Task, probes: Sequence[Probe]) -> Program:
        return Program(
            entry=self._submission.entry,
            units=self._submission.units,
            probes=probes,
            limits=task.limits,
            files=self._submission.others,
            notebook=self._submission.notebook,
            seed=int(_digest(self._seed, task.id, "student")[:8], 16),
        )

    def _run_units(self, asked: Plan, decides: bool) -> tuple[Run, str]:
        """Run the submission with these probes; the text is why none of it is Python, if so.

        That it is not ends a grading without a score. So it is decided once, and by a child that runs nothing and is
        asked nothing: code that ran may say so to get out, and a child that holds hidden inputs must not decide at all.
        """
        program = self._asked(asked)
        # Tests would be run one by one on something that is not Python.
        if (program.tests or not decides) and not self._is_python:
            compiled, refusal = self._compile(program)
            if refusal:
                return compiled, refusal
        run = self._run(program)
        if not _is_unreadable(run):
            return run, ""
        if not self._is_python:
            compiled, refusal = self._compile(program)
            if refusal:
                return compiled, refusal
        return replace(run, ending=Ending.VIOLATED, responses=(None,) * len(asked.probes)), ""

    def _compile(self, program: Program) -> tuple[Run, str]:
        """What a child says that only compiles; the text is why none of it is Python, if so. Asked once at most."""
        run = self._run(replace(program, probes=(), only_compile=True, tests=None))
        self._is_python = not _is_unreadable(run)
        return run, "" if self._is_python else self._unreadable(run)

    def _run(self, program: Program) -> Run:
        started = time.monotonic()
        try:
            run = self._run_tests(program) if program.tests else self._slot.run(program)
        finally:
            self._sandbox_seconds += time.monotonic() - started
        # Whatever a later child says of it.
        self._is_python = self._is_python or (bool(run.units) and not _is_unreadable(run))
        return run

    def _run_tests(self, program: Program) -> Run:
        assert self._tests is not None, "whoever grades an assignment with tests has a slot for them"
        return relay.run(self._slot, self._tests, program)

    def _unreadable(self, run: Run) -> str:
        """Why none of the units is Python."""
        unit = run.units[0]
        line = unit.lines[0].line if unit.lines else 1
        return syntax_error(unit.label, line, unit.message, self._submission.line(unit.label, line))

    def _note_dropped_lines(self, run: Run) -> None:
        """Lines that only a notebook understands, and cells that are not Python, said once per report."""
        for unit in run.units:
            remark = ""
            if unit.dropped:
                lines = ", ".join(map(str, unit.dropped[:10]))
                remark = f"{unit.label}: notebook commands (line {lines}) were left out"
            elif unit.status != "ok" and self._submission.notebook:
                what = "is not Python" if unit.status == "syntax" else f"raised {unit.kind}"
                text = f": {unit.message[:200]}" if unit.message else ""
                remark = f"{unit.label} {what}{text}; the other cells were run"
            if remark and unit.label not in self._remarked and len(self._remarked) < _MAX_REMARKS:
                self._remarked.add(unit.label)
                self._remarks.append(remark)

    def _task_reports(self) -> tuple[TaskReport, ...]:
        return tuple(self._task_report(task, self._found[task.id]) for task in self._tasks)

    def _figures(self) -> Iterator[Figure]:
        """Of checks that did not pass; each costs some ten milliseconds, the first of a process half a second."""
        pictured = (
            (task, item, item.picture)
            for task in self._tasks
            for item in self._found[task.id].judgements
            if item.picture is not None and item.verdict is not Verdict.PASSED
        )
        for task, item, picture in itertools.islice(pictured, _MAX_FIGURES):
            title, alt, svg = draw(picture)
            yield Figure(task.id, item.check, task.visibility[item.check], title, alt, svg)

    def _task_report(self, task: Task, found: Found) -> TaskReport:
        judgements = _skipped(task, found.unmet) if found.unmet else found.judgements
        by_check = {item.check: item for item in judgements}
        reports = [self._check_report(task, by_check[check]) for check in checks_of(task)]
        return TaskReport(task.id, task.title, tuple(_each_hint_once(reports)), found.output())

    def _check_report(self, task: Task, judgement: Judgement) -> CheckReport:
        maximum = task.points * judgement.share
        diagnosis = _diagnose(task, judgement)
        message = say(judgement.cause, judgement.facts, self._submission.line)
        # Who gets no hint is told at least how to find out.
        remark = judgement.remark or ("by_hand" if judgement.cause in _BY_HAND and diagnosis is None else None)
        if remark:
            message += " " if message.endswith(".") and "\n" not in message else "\n"
            message += say(remark, judgement.facts, self._submission.line)
        return CheckReport(
            judgement.check, _title(judgement.check), judgement.verdict,
            maximum * judgement.credit, maximum, message,
            diagnosis.note if diagnosis else None, diagnosis.hint if diagnosis else None,
            task.visibility.get(judgement.check, Visibility.VISIBLE), judgement.evidence,
        )  # fmt: skip


def _credited(task: Task, judgement: Judgement) -> Judgement:
    """With what the author gives for the mistake that was recognised, where the check has earned nothing else."""
    diagnosis = _diagnose(task, judgement) if task.credit and not judgement.credit else None
    if diagnosis is None or diagnosis.note not in task.credit:
        return judgement
    part = task.credit[diagnosis.note]
    facts = {**judgement.facts, "credit": part}
    return replace(judgement, verdict=Verdict.PARTIAL, credit=part, facts=facts, remark="credited")


def _skipped(task: Task, unmet: list[str]) -> list[Judgement]:
    return [
        Judgement(check, share, Verdict.SKIPPED, "skipped", {"needs": ", ".join(unmet)})
        for check, share in KINDS[task.kind].shares(task)
    ]


def _title(check: str) -> str:
    return check.removeprefix("test_").replace("_", " ").replace("-", " ")


def _each_hint_once(checks: Sequence[CheckReport]) -> Iterator[CheckReport]:
    """One mistake often fails several checks: each of them has its note, the first that everybody may see its hint."""
    said: set[str] = set()
    for check in checks:
        is_said = check.note in said
        if check.note and check.visibility is Visibility.VISIBLE:
            said.add(check.note)
        yield replace(check, hint=None) if is_said else check


def _is_plain(unit: Unit) -> bool:
    """Nothing is to be remarked about it."""
    return unit.status == "ok" and not unit.dropped


def _is_unreadable(run: Run) -> bool:
    return bool(run.units) and all(unit.status == "syntax" for unit in run.units)


def _diagnose(task: Task, judgement: Judgement) -> Diagnosis | None:
    if judgement.verdict is Verdict.PASSED:
        return None
    if judgement.note:
        return Diagnosis(judgement.note, CONDITIONS[judgement.note])
    return recognise(judgement.comparisons, KINDS[task.kind].misconceptions(task))


def _keyed(secret: str, *parts: str) -> str:
    return hmac.new(secret.encode(), "\n".join(parts).encode(), "sha256").hexdigest()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
