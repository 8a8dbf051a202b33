"""`nabla runtime`: what can be imported where student code runs, besides numpy and torch."""

from __future__ import annotations

import os
from pathlib import Path

import click

from grader.domain.limits import MIB, Limits
from grader.errors import ConfigurationFault, SandboxRefused, SystemFault
from grader.sandbox import choice, course_runtimes, installing
from grader.sandbox.course_runtimes import BASES, CourseRuntime
from grader.sandbox.installing import Wanted
from grader.sandbox.run import Ending, Program
from grader.sandbox.slot import Slot

_TRIAL = Limits(wall=60.0, cpu=60.0, memory=2048 * MIB)


def choose(folder: Path | None) -> None:
    """Work on this folder instead of the one that is set or usual."""
    if folder is not None:
        os.environ["NABLA_RUNTIMES"] = str(folder.absolute())


def add(name: str, requirements: tuple[str, ...], base: str, warm: tuple[str, ...]) -> None:
    """Make a runtime and try it. Raises ConfigurationFault."""
    made = installing.install(Wanted(name, requirements, base, warm))
    if warm:
        try:
            _try(made)
        except SystemFault:
            installing.remove(name)
            raise
    click.echo(f"runtime: {name} is {_words(made)}")
    click.echo(f"It is in {course_runtimes.folder() / name}")


def _try(made: CourseRuntime) -> None:
    """Import in a slot what every slot of this runtime is going to import. Raises ConfigurationFault."""
    try:
        with Slot(choice.from_settings(), made.base) as slot:
            slot.warm()
    except SandboxRefused:
        click.echo("Its --warm modules were not tried: this machine has no sandbox (see nabla grade)", err=True)
        return
    for module in made.warm:
        said = _import(made.name, module)
        if said:
            raise ConfigurationFault(
                f"`{module}` cannot be imported where student code runs: {said}; nothing was added"
            )


def _import(runtime: str, module: str) -> str:
    """What went wrong, if so."""
    program = Program("solution", (("solution.py", f"import {module}\n".encode()),), [], _TRIAL)
    try:
        with Slot(choice.from_settings(), runtime) as slot:
            run = slot.run(program)
    except SandboxRefused as refusal:
        return str(refusal)  # this one, and not that of the base
    if run.ending is not Ending.FINISHED:
        return f"it ended the process ({run.ending.value})"
    unit = run.units[0]
    return "" if unit.status == "ok" else f"{unit.kind}: {unit.message}"


def show() -> None:
    """Print a line for each. Raises SandboxRefused for a damaged one."""
    click.echo(f"course runtimes are kept in {course_runtimes.folder()}")
    for name in BASES:
        click.echo(f"{name:<16} built in")
    for name in course_runtimes.names():
        click.echo(f"{name:<16} {_words(course_runtimes.read(name))}")


def _words(runtime: CourseRuntime) -> str:
    warm = f", imports {', '.join(runtime.warm)} at the start" if runtime.warm else ""
    return f"{runtime.base} with {', '.join(runtime.distributions)} (Python {runtime.python}{warm})"


def remove(name: str) -> None:
    """Delete a runtime. Raises ConfigurationFault."""
    installing.remove(name)
    click.echo(f"the runtime {name} is gone; workers that have it warm let go of it when they are started again")
