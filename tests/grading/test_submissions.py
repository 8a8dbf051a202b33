"""What students really hand in, for every assignment that is shipped: tests/submissions/ID/, with what must come of it.

expected.yaml there holds `file: {score: 3.5, notes: {task: [notes of its checks that failed]}}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.bundles import Bundles
from grader.domain.report import Report
from grader.grading import Grader
from grader.intake.read import read_path
from grader.sandbox.choice import from_settings
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import ROOT

pytestmark = pytest.mark.sandbox

SUBMISSIONS = ROOT / "tests" / "submissions"
FOLDERS = sorted(path.parent for path in SUBMISSIONS.glob("*/expected.yaml"))
CASES = [
    pytest.param(folder, name, wanted, id=f"{folder.name}/{name}")
    for folder in FOLDERS
    for name, wanted in yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8")).items()
]


@pytest.fixture(scope="module")
def slots() -> Iterator[dict[str, Slot]]:
    """A warm slot for each runtime that was needed."""
    warm: dict[str, Slot] = {}
    yield warm
    for slot in warm.values():
        slot.close()


def notes(report: Report) -> dict[str, list[str]]:
    found = {task.id: sorted({check.note for check in task.checks if check.note}) for task in report.tasks}
    return {task: names for task, names in found.items() if names}


@pytest.mark.parametrize(("folder", "name", "wanted"), CASES)
def test_a_submission(
    folder: Path, name: str, wanted: dict[str, Any], bundles: Bundles, slots: dict[str, Slot], tests_slot: Slot
) -> None:
    assignment = load(ROOT / "assignments" / folder.name)
    if assignment.runtime not in slots:
        slots[assignment.runtime] = Slot(from_settings(), assignment.runtime)
    grader = Grader(assignment, slots[assignment.runtime], bundles, tests=tests_slot)
    report = grader.grade(read_path(folder / name, assignment.file))
    assert notes(report) == {task: sorted(names) for task, names in wanted["notes"].items()}
    assert report.score == pytest.approx(wanted["score"], abs=0.005)
    lost = [task.id for task in report.tasks if task.score < task.max_score]
    assert lost == wanted.get("lost", lost)


def test_every_submission_is_expected_to_be_something() -> None:
    for folder in FOLDERS:
        files = {path.name for path in folder.iterdir() if path.suffix in (".py", ".ipynb")}
        assert files == set(yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))), folder.name
