"""Wrong uses of autograd lose their checks, with the right hint; right ones pass, however they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.bundles import Bundles
from grader.domain.report import TaskReport, Verdict
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.checks.autograd_submissions import RIGHT, WRONG, Wrong
from tests.conftest import ROOT, submission_of

pytestmark = pytest.mark.sandbox

SEEDS = [f"seed {number}" for number in range(20)]


@pytest.fixture(scope="module")
def autograd(torch_slot: Slot, bundles: Bundles) -> Grader:
    return Grader(load(ROOT / "assignments" / "pytorch-autograd"), torch_slot, bundles)


def lost(report: TaskReport) -> dict[str, str | None]:
    return {check.id: check.note for check in report.checks if check.verdict is not Verdict.PASSED}


@pytest.mark.parametrize("name", RIGHT)
def test_right_submissions_pass(autograd: Grader, name: str) -> None:
    submission = submission_of(RIGHT[name])
    for seed in SEEDS:
        report = autograd.grade(submission, seed)
        missed = [(t.id, c.id, c.message) for t in report.tasks for c in t.checks if c.verdict is not Verdict.PASSED]
        assert not missed, (seed, missed)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_wrong_submissions_lose_with_the_right_note(autograd: Grader, wrong: Wrong) -> None:
    submission = submission_of("import torch\n\n" + wrong.body)
    for seed in SEEDS[:1]:
        (task,) = autograd.grade(submission, seed, only=wrong.task).tasks
        assert lost(task) == wrong.lost, [check.message for check in task.checks]
        assert all(check.score == 0 for check in task.checks if check.id in wrong.lost)


def test_every_task_has_wrong_answers(autograd: Grader) -> None:
    assert {wrong.task for wrong in WRONG.values()} == {task.id for task in autograd._assignment.tasks}


@pytest.mark.parametrize("path", sorted((ROOT / "assignments").glob("pytorch-autograd")), ids=lambda path: path.name)
def test_the_solution_knows_the_tutorial_s_numbers(path: Path) -> None:
    import torch

    names: dict[str, object] = {}
    exec((path / "solution" / "solution.py").read_text(), names)
    ones = torch.ones(2, 2, dtype=torch.float64)
    assert names["gradient"](ones).tolist() == [[4.5, 4.5], [4.5, 4.5]]  # type: ignore[operator]
    leaf = ones.clone().requires_grad_()
    for expected in (4.5, 9.0):
        names["add_gradient"](leaf)  # type: ignore[operator]
        assert leaf.grad is not None
        assert leaf.grad.tolist() == [[expected] * 2] * 2
    v = torch.tensor([0.1, 1.0, 0.0001], dtype=torch.float64)
    product = names["doubled"](torch.randn(3, dtype=torch.float64), 10.0, v)  # type: ignore[operator]
    assert product.tolist() == [102.4, 1024.0, 0.1024]
