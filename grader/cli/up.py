"""`nabla up`: everything on this machine."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from grader import logs
from grader.cli.demo import require_checkout
from grader.up.folder import default_folder
from grader.up.parts import python
from grader.up.service import Wanted, serve


def up(data: Path | None, port: int, workers: int | None) -> None:
    """Run the service until Ctrl-C or SIGTERM. Raises ConfigurationFault."""
    logs.configure("nabla")
    serve(Wanted(data or default_folder(), port, workers or _cores()), _announce)


def up_demo(data: Path | None, port: int, workers: int | None) -> None:
    """The same with the example course, in a folder that is thrown away unless one is named."""
    require_checkout()
    logs.configure("nabla")
    with tempfile.TemporaryDirectory(prefix="nabla-demo-") as thrown_away:
        goes_on = os.environ.get("DEMO_EXIT") != "1"
        first = python("grader.cli.demo")
        serve(Wanted(data or Path(thrown_away), port, workers or _cores(), first, goes_on), _announce_demo)


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _announce(url: str, folder: Path) -> None:
    click.echo(f"Nabla is at {url}, its data in {folder}. Ctrl-C stops it.")
    click.echo(f"Make a course with: nabla course add COURSE --data {folder}")
    click.echo(f"and accounts with: nabla user add NAME --course COURSE --role instructor --data {folder}")


def _announce_demo(url: str, folder: Path) -> None:
    click.echo("\nIt runs until you press Ctrl-C.")
