"""`nabla lint`: what is wrong with assignments, in milliseconds."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli import exits
from grader.errors import SpecError
from grader.sandbox import course_runtimes
from grader.specs import handed_over
from grader.specs.load import load


def lint_all(folders: tuple[Path, ...]) -> int:
    """Lint and print; the exit status."""
    return max(_lint(folder) for folder in folders)


def _lint(folder: Path) -> int:
    try:
        assignment = load(folder)
    except SpecError as error:
        click.echo(str(error), err=True)
        return exits.SPEC
    for problem in course_runtimes.problems(assignment):
        click.echo(f"{problem} (a warning: another machine may grade it)", err=True)
    for problem in handed_over.problems(assignment):
        click.echo(f"{problem} (a warning: it can be used as it is)", err=True)
    click.echo(f"{assignment.source}: {len(assignment.tasks)} tasks, {assignment.points:g} points, no problems")
    return exits.DONE
