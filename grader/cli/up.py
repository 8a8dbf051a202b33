"""`nabla up`: everything on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import click

from grader import logs
from grader.up.folder import default_folder
from grader.up.service import Wanted, serve


def up(data: Path | None, port: int, workers: int | None, *, demo: bool) -> None:
    """Run the service until Ctrl-C or SIGTERM. Raises ConfigurationFault."""
    logs.configure("nabla")
    wanted = Wanted(data or default_folder(), port, workers or len(os.sched_getaffinity(0)))
    serve(wanted, _announce)


def _announce(url: str, folder: Path) -> bool:
    click.echo(f"Nabla is at {url}, its data in {folder}. Ctrl-C stops it.", err=True)
    click.echo(f"Accounts: nabla user add NAME --role staff --data {folder}", err=True)
    return True
