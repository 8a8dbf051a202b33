"""Prints what becomes of every wrong answer that the tests hold.

    python -m tests.matrix [WORD]    (with a word, only the assignments whose title has it)

A row is one wrong answer and one check that it must lose: caught or not (`partly` where an approximation earns a part),
the note that a student is told, and the one that belongs to the mistake where it is another. The exit status is 1 where a wrong answer earns the points of such a
check, or where fewer than nine in ten mistakes of the catalogue are told by their note.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from grader.bundles import Bundles, cache_folder
from grader.domain.report import CheckReport, Report, Verdict
from grader.grading import Grader
from grader.sandbox.choice import from_settings
from grader.sandbox.runtimes import TESTS
from grader.sandbox.slot import Slot
from grader.specs.load import load
from reference.api import build_bundle
from tests.conftest import ROOT, submission_of
from tests.matrix.cases import Case, Source, sources

TOLD = 0.9
_WIDTH = 56


@dataclass(frozen=True)
class Row:
    """One wrong answer at one check, or one task of a whole submission."""

    name: str
    where: str
    came: str
    """caught, partly (an approximation that earns a part), or PASSED"""
    told: str
    expected: str
    """empty where the catalogue has no such mistake"""

    @property
    def is_right(self) -> bool:
        """Whether a student is told the note of the mistake."""
        return self.told == self.expected

    def line(self) -> str:
        """As it is printed."""
        name = self.name if len(self.name) <= _WIDTH else self.name[: _WIDTH - 1] + "…"
        other = f"  (expected: {self.expected or 'no note'})" if not self.is_right else ""
        return f"  {name:{_WIDTH}} {self.where:22} {self.came:7} {self.told or '-'}{other}"


def rows(case: Case, report: Report) -> Iterator[Row]:
    """What became of one wrong answer."""
    for check, note in case.expected.items():
        found = [item for task in report.tasks for item in task.checks if item.id == check]
        yield Row(case.name, check, _came(found), _notes(found), note or "")
    for task, notes in case.tasks.items():
        lost = next(item for item in report.tasks if item.id == task)
        told = _notes(item for item in lost.checks if item.note)
        came = "caught" if lost.score < lost.max_score else "PASSED"
        yield Row(case.name, task, came, told, ", ".join(sorted(notes)))


def _came(checks: list[CheckReport]) -> str:
    verdicts = {check.verdict for check in checks}
    return (
        "PASSED"
        if not verdicts or Verdict.PASSED in verdicts
        else "partly"
        if Verdict.PARTIAL in verdicts
        else "caught"
    )


def _notes(checks: Iterator[CheckReport] | list[CheckReport]) -> str:
    return ", ".join(sorted({item.note for item in checks if item.note}))


class Table:
    """Grades and prints."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._slots: dict[str, Slot] = {}
        self._bundles = Bundles(cache_folder(), build_bundle)
        self.rows: list[Row] = []

    def add(self, source: Source) -> None:
        """All wrong answers to one assignment."""
        grader = self._grader(source)
        found = [
            row
            for case in source.cases
            for row in rows(case, grader.grade(submission_of(case.source), "matrix", only=case.task))
        ]
        print(f"{source.title}: {_summed(found)}")
        for row in found:
            print(row.line())
        self.rows += found

    def _grader(self, source: Source) -> Grader:
        assignment = load(self._written(source) if source.yaml else ROOT / "assignments" / source.title)
        return Grader(assignment, self._slot(assignment.runtime), self._bundles, tests=self._slot(TESTS))

    def _slot(self, runtime: str) -> Slot:
        if runtime not in self._slots:
            self._slots[runtime] = self._stack.enter_context(Slot(from_settings(), runtime))
        return self._slots[runtime]

    def _written(self, source: Source) -> Path:
        name = source.yaml.partition("id: ")[2].partition("\n")[0]
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory())) / name
        for part in ("starter", "solution"):
            (folder / part).mkdir(parents=True)
            (folder / part / "solution.py").write_text("pass\n")
        (folder / "assignment.yaml").write_text(source.yaml)
        return folder


def _summed(found: list[Row]) -> str:
    known = [row for row in found if row.expected]
    told = sum(row.is_right for row in known)
    share = f", {100 * told / len(known):.0f} %" if known else ""
    return (
        f"{sum(row.came != 'PASSED' for row in found)} of {len(found)} caught; of {len(known)} mistakes of the catalogue {told} "
        f"told by their note{share}"
    )


def main(word: str = "") -> int:
    """Print the table; the exit status."""
    with ExitStack() as stack:
        table = Table(stack)
        for source in sources():
            if word in source.title:
                table.add(source)
    known = [row for row in table.rows if row.expected]
    print(f"all: {_summed(table.rows)}")
    is_good = all(row.came != "PASSED" for row in table.rows) and sum(r.is_right for r in known) >= TOLD * len(known)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
