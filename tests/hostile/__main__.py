"""Plays every attack against every launcher and prints a table; `python -m tests.hostile NAME...` plays some."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader.bundles import Bundles
from grader.errors import SandboxRefused
from reference.api import build_bundle
from tests.hostile import corpus
from tests.hostile.launchers import offered
from tests.hostile.stage import Played, Stage


def _play(name: str, attacks: list[corpus.Attack], folder: Path) -> list[Played]:
    (folder / name).mkdir()
    with Stage(name, offered()[name](), Bundles(folder / "bundles", build_bundle), folder / name) as stage:
        return [stage.play(attack) for attack in attacks]


def _table(attacks: list[corpus.Attack], played: dict[str, dict[str, Played]]) -> Table:
    table = Table("attack", *played)
    for attack in attacks:
        results = [played[name][attack.name] for name in played]
        table.add_row(attack.name, *map(_cell, results))
    return table


def _cell(result: Played) -> str:
    head = f"{'[red]FAILED[/]' if result.faults else 'held'} {result.milliseconds:5.0f} ms  "
    return head + "\n".join([result.outcome[:90], *result.faults]).replace("[", "\\[")


def main(names: list[str]) -> int:
    """The number of attacks that did not fail as they should, at most 1."""
    console = Console(width=160)
    attacks = [attack for attack in corpus.attacks() if not names or attack.name in names]
    started = time.monotonic()
    played: dict[str, dict[str, Played]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in offered():
            try:
                played[name] = {result.attack.name: result for result in _play(name, attacks, Path(folder))}
            except SandboxRefused as refusal:
                console.print(f"{name}: not offered here: {refusal}")
    console.print(_table(attacks, played))
    failed = [result for results in played.values() for result in results.values() if result.faults]
    seconds = time.monotonic() - started
    console.print(f"{len(attacks)} attacks, {len(played)} launchers, {len(failed)} failures, {seconds:.0f} s")
    return 1 if failed or not played else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
