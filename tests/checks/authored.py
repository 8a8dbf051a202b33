"""A course whose only task is checked by tests of its author's, written in a test of ours."""

from __future__ import annotations

from pathlib import Path

from grader.bundles import Bundles
from grader.domain.report import CheckReport, Report
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from reference.bundle import Bundle, Part
from tests.conftest import submission_of

YAML = """\
format: 1
id: demo
title: Demo
file: solution.py
limits: {wall: 2 s, cpu: 2 s, memory: 128 MiB}
tasks:
  - {id: own, kind: pytest, points: 12, implement: f(x)}
"""


def written(folder: Path, tests: str, solution: str = "pass\n", yaml: str = YAML, **beside: str) -> Path:
    """The folder of an assignment with these tests, and files beside them."""
    made = folder / "demo"
    for part in ("starter", "solution", "checks"):
        (made / part).mkdir(parents=True)
    (made / "starter" / "solution.py").write_text("pass\n")
    (made / "solution" / "solution.py").write_text(solution)
    (made / "assignment.yaml").write_text(yaml)
    (made / "checks" / "test_own.py").write_text(tests)
    for name, text in beside.items():
        (made / "checks" / f"{name}.py").write_text(text)
    return made


class Course:
    """Grades submissions to it."""

    def __init__(self, folder: Path, slots: tuple[Slot, Slot]) -> None:
        slot, tests_slot = slots
        self._grader = Grader(load(folder), slot, Bundles(folder / "none", _never), tests=tests_slot)

    def report(self, source: str) -> Report:
        """The whole of it."""
        return self._grader.grade(submission_of(source), "a seed")

    def checks(self, source: str) -> dict[str, CheckReport]:
        """By test."""
        (task,) = self.report(source).tasks
        return {check.id: check for check in task.checks}

    def one(self, source: str) -> CheckReport:
        """Of the only test."""
        (check,) = self.checks(source).values()
        return check


def _never(part: Part) -> Bundle:
    raise AssertionError("tests of an author's have no bundles")
