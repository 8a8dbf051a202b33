"""Grades submissions to tasks that are written in a test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.bundles import Bundles
from grader.domain.report import CheckReport
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import submission_of


def grader_of(folder: Path, yaml: str, slot: Slot, bundles: Bundles) -> Grader:
    """A grader of an assignment with this assignment.yaml; its id is `demo`."""
    made = folder / "demo"
    for part in ("starter", "solution"):
        (made / part).mkdir(parents=True)
        (made / part / "solution.py").write_text("pass\n")
    (made / "assignment.yaml").write_text(yaml)
    return Grader(load(made), slot, bundles)


def checks(grader: Grader, source: str, seed: str = "a seed", task: str | None = None) -> dict[str, CheckReport]:
    """The checks of the only task, or of the one that is named."""
    (found,) = grader.grade(submission_of(source), seed, only=task).tasks
    return {check.id: check for check in found.checks}


def notes(found: Mapping[str, CheckReport]) -> dict[str, str | None]:
    """The notes of the checks that did not pass."""
    return {name: check.note for name, check in found.items() if check.verdict.value != "passed"}
