"""`nabla grade`: one warm slot, a report for each submission."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from grader.bundles import Bundles, cache_folder
from grader.cli import exits, render
from grader.domain.assignment import Assignment
from grader.domain.report import Outcome, Report
from grader.domain.text import printable
from grader.errors import SpecError, StudentFault, SystemFault
from grader.feedback.document import document, for_student
from grader.grading import Grader, unreadable
from grader.intake.read import read_path
from grader.sandbox.choice import from_settings
from grader.sandbox.runtimes import TESTS
from grader.sandbox.slot import Slot
from grader.specs.load import load
from reference.bundle import Bundle, Part
from reference.language import nearest

_EXIT = {
    Outcome.GRADED: exits.DONE,
    Outcome.NOT_GRADABLE: exits.NOT_GRADABLE,
    Outcome.SYSTEM_ERROR: exits.SYSTEM,
}


def _build(part: Part) -> Bundle:
    """Compute a bundle. Imports torch, so only when none is in the cache."""
    from reference.api import build_bundle

    return build_bundle(part)


def grade_all(
    folder: Path, paths: tuple[Path, ...], *, as_json: bool, seed: str | None, audience: str, task: str | None
) -> int:
    """Grade and print; the exit status. The worst outcome of all submissions decides it."""
    try:
        assignment = load(folder)
        if task is not None and task not in [item.id for item in assignment.tasks]:
            known = nearest(task, [item.id for item in assignment.tasks])
            click.echo(f"{assignment.source} has no task `{task}`{known}", err=True)
            return exits.SPEC
        worst = exits.DONE
        for path, report in _reports(assignment, paths, seed, task):
            worst = max(worst, _EXIT[report.outcome])
            _print(path, report, assignment, as_json, audience, many=len(paths) > 1)
        return worst
    except SpecError as error:
        click.echo(str(error), err=True)
        return exits.SPEC
    except SystemFault as fault:
        click.echo(f"The grading stopped, through no fault of the student: {fault}", err=True)
        return exits.SYSTEM


def _reports(
    assignment: Assignment, paths: tuple[Path, ...], seed: str | None, task: str | None
) -> Iterator[tuple[Path, Report]]:
    launcher = from_settings()
    with Slot(launcher, assignment.runtime) as slot, Slot(launcher, TESTS) as tests:
        grader = Grader(assignment, slot, Bundles(cache_folder(), _build), tests=tests)
        for path in paths:
            try:
                yield path, grader.grade(read_path(path, assignment.file), seed, task)
            except StudentFault as fault:
                yield path, unreadable(assignment, path.name, "", datetime.now(UTC), str(fault))


def _print(path: Path, report: Report, assignment: Assignment, as_json: bool, audience: str, *, many: bool) -> None:
    content = document(report)
    if audience == "student":
        content = for_student(content, assignment.closes, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False, allow_nan=False))
    elif many:
        render.print_line(printable(path.name), content)
    else:
        render.print_report(assignment.title, printable(path.name), content)
