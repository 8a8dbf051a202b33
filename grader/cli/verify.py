"""`nabla verify`: all gates of an assignment, with the measurements behind its error bars."""

from __future__ import annotations

import math
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from grader.bundles import Bundles
from grader.cli import exits
from grader.cli.matrix import Tally
from grader.domain.assignment import Assignment, Task
from grader.domain.report import Report
from grader.errors import Problem as SpecProblem
from grader.errors import SpecError, StudentFault, SystemFault
from grader.gates import DRAWS, Mistakes, draws, given_away, missed, mistakes
from grader.grading import Grader
from grader.intake.read import read_path
from grader.sandbox import course_runtimes
from grader.sandbox.choice import from_settings
from grader.sandbox.runtimes import TESTS
from grader.sandbox.slot import Slot
from grader.specs.load import load
from reference.api import build_audited
from reference.audit import Audit, GroupAudit
from reference.bundle import Bundle, Part, key
from reference.constrained import AT_DRAWN_POINTS, ConstrainedProblem
from reference.extrema import GROUP, from_blocks
from reference.problem import Misconception, Problem
from reference.program import Programs, derivative_in, group_of
from reference.tolerance import EXACT_UNITS

Gate = Callable[[Sequence[Report]], list[str]]

_SHOWN = 6
"""names in a list before it is cut"""


def verify_all(folders: tuple[Path, ...], *, matrix: bool = False) -> int:
    """Verify and print, with `matrix` every typical wrong answer as well; the exit status."""
    tally = Tally() if matrix else None
    try:
        status = max([_verify(folder, tally) for folder in folders], default=exits.DONE)
    except SystemFault as fault:
        click.echo(f"The gates could not be tried, through no fault of the author: {fault}", err=True)
        return exits.SYSTEM
    if tally is not None:
        click.echo(tally.line())
    return status


def _verify(folder: Path, tally: Tally | None) -> int:
    try:
        assignment = load(folder)
        course_runtimes.require(assignment)
        launcher = from_settings()
        with (
            tempfile.TemporaryDirectory() as cache,
            Slot(launcher, assignment.runtime) as slot,
            Slot(launcher, TESTS) as tests,
        ):
            problems = _Verification(assignment, folder, slot, tests, Path(cache), tally).problems()
    except SpecError as error:
        problems = [str(problem) for problem in error.problems]
    for problem in problems:
        click.echo(problem, err=True)
    count = f"{len(problems)} gate{'s' * (len(problems) != 1)}"
    click.echo(f"{folder}: " + (f"{count} did not hold" if problems else "every gate holds"))
    return exits.SPEC if problems else exits.DONE


@dataclass(frozen=True)
class _Scored:
    """Points that are scored, and how they are called."""

    problem: Problem
    group: str
    shown: str


def _scored(part: str, content: Part) -> Iterator[_Scored]:
    """The groups of a part whose mathematics is the author's."""
    name = part.rpartition(".")[2]
    if isinstance(content, Problem):
        for group in content.groups:
            yield _Scored(content, group.id, name or group.id)
    elif isinstance(content, Programs) and part.startswith("programs."):
        for case, program in content.cases:
            for argument in program.names:
                quantity = derivative_in(argument)
                yield _Scored(program.problem(argument), group_of(case, quantity), f"{name} {quantity}")


@dataclass
class _Verification:
    """One assignment under way. Bundles are computed anew, since what is kept of them holds no measurements."""

    assignment: Assignment
    folder: Path
    slot: Slot
    tests: Slot
    cache: Path
    tally: Tally | None
    audits: dict[str, Audit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._bundles = Bundles(self.cache, self._build)

    def _build(self, part: Part) -> Bundle:
        bundle, self.audits[key(part)] = build_audited(part)
        return bundle

    def problems(self) -> list[str]:
        """Every gate that does not hold."""
        click.echo(f"{self.assignment.source}: {len(self.assignment.tasks)} tasks, {self.assignment.points:g} points")
        found = [problem for task in self.assignment.tasks for problem in self._of_task(task)]
        if found:
            return found  # what is right is not known
        return [
            *self._handed_in("solution", missed, draws(self.assignment)),
            *self._handed_in("starter", given_away, DRAWS[:1]),
        ]

    def _of_task(self, task: Task) -> list[str]:
        started = time.monotonic()
        try:
            bundles = self._bundles.of(task, self.assignment)
        except SpecError as error:
            return [str(problem) for problem in error.problems]
        click.echo(f"  {task.id}   {_closed_form(task)}{time.monotonic() - started:.2f} s")
        problems = []
        for part, content in task.parts.items():
            if isinstance(content, ConstrainedProblem):
                problems += self._of_constrained(task, content, bundles[part])
            for scored in _scored(part, content):
                problems += self._of_group(task, part, scored, bundles[part])
        return problems

    def _of_group(self, task: Task, part: str, scored: _Scored, bundle: Bundle) -> list[str]:
        measured = self.audits[key(task.parts[part])].groups[scored.group]
        blocks = bundle.groups[scored.group]
        fared = mistakes(task, scored.problem.misconceptions, blocks, measured.apart)
        nearest = min(float(block.separation.min()) for block in blocks)
        click.echo(_lines(scored.shown, measured, fared, nearest))
        self._print_matrix(scored.problem.misconceptions, fared)
        return [str(self._accepted(task, part, scored.group, name)) for name in fared.accepted]

    def _of_constrained(self, task: Task, problem: ConstrainedProblem, bundle: Bundle) -> list[str]:
        audit = self.audits[key(problem)]
        if GROUP in audit.groups:
            click.echo(f"    {_points(bundle, audit)}")
        problems = []
        for ask in (ask.id for ask in problem.asks if ask.id in (*AT_DRAWN_POINTS, "multipliers", "sensitivity")):
            measured, blocks = audit.groups.get(ask), bundle.groups[ask]
            names = measured.apart if measured else dict.fromkeys(name for block in blocks for name in block.wrong)
            fared = mistakes(task, (), blocks, names)
            nearest = min(float(block.separation.min()) for block in blocks)
            click.echo(_lines(ask, measured, fared, nearest) if measured else f"    {ask}: {_refused(fared, nearest)}")
            self._print_matrix((), fared)
            problems += [str(self._accepted(task, "", ask, name)) for name in fared.accepted]
        return problems

    def _print_matrix(self, expected: Sequence[Misconception], fared: Mistakes) -> None:
        if self.tally is not None:
            click.echo("".join(self.tally.rows([item.note for item in expected], fared)), nl=False)

    def _accepted(self, task: Task, part: str, group: str, name: str) -> SpecProblem:
        line, column = task.place(part or (f"groups.{group}" if "groups" in task.places else f"ask.{group}"))
        text = f"the wrong answer `{name}` would earn points in group `{group}`; change its domains"
        return SpecProblem(self.assignment.source, line, column, text)

    def _handed_in(self, part: str, gate: Gate, seeds: Sequence[str]) -> list[str]:
        try:
            submission = read_path(self.folder / part / self.assignment.file, self.assignment.file)
        except StudentFault as fault:
            return [f"{part}/: {fault}"]
        grader = Grader(self.assignment, self.slot, self._bundles, tests=self.tests)
        reports = [grader.grade(submission, seed) for seed in seeds]
        least = min(report.score or 0 for report in reports)
        draws = f", {len(seeds)} draws of points" if len(seeds) > 1 else ""
        click.echo(f"  {part}/{self.assignment.file}: {least:g} of {reports[0].max_score:g} points{draws}")
        return gate(reports)


def _closed_form(task: Task) -> str:
    problem = task.parts.get("")
    if not isinstance(problem, Problem):
        return ""
    return "closed form agrees   " if problem.solution else "no closed form   "


def _lines(name: str, measured: GroupAudit, fared: Mistakes, nearest: float) -> str:
    """One group: what its error bars rest on, and how wrong answers fare."""
    lost = f" (`{measured.lossy}` loses digits)" if measured.lossy and measured.library_units > EXACT_UNITS else ""
    seen = f"agree, an error of {measured.resolution:.1g} would show"
    seen = seen if math.isfinite(measured.resolution) else "say nothing: f overflows or loses all digits nearby"
    lines = [
        f"    {name}: {measured.used} of {measured.drawn} points; a library errs by {measured.library_units:.2g} units"
        f"{lost}; differences {seen}",
        f"      {_refused(fared, nearest)}",
    ]
    for names, meaning in ((fared.unnamed, "without a hint"), (measured.harmless, "no mistake at most points")):
        if names:
            lines.append(f"      {meaning}: {_listed(names)}")
    return "\n".join(lines)


def _refused(fared: Mistakes, nearest: float) -> str:
    count = len(fared.refused) + len(fared.accepted)
    return f"{len(fared.refused)} of {count} typical mistakes refused, the nearest {nearest:.1g} units away"


def _points(bundle: Bundle, audit: Audit) -> str:
    """The stationary points of a problem: how many of which type, and whether these are all."""
    kinds = Counter(point.kind for of in from_blocks(bundle.groups[GROUP]) for point in of.points)
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    measured = audit.groups[GROUP]
    whether = f"perhaps not all: {audit.doubt}" if audit.doubt else "the search found no others"
    total = f"{measured.used} stationary point{'s' * (measured.used != 1)}"
    problems = len(bundle.groups[GROUP])
    total += f" of {problems} drawn problems" if problems > 1 else ""
    return f"{total} ({listed}), residuals up to {measured.library_units:.2g} units; {whether}"


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
