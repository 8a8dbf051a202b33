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


TRICKS = """
import torch

class Right(torch.Tensor):
    def __eq__(self, other): return True
    def detach(self): return self
    def numpy(self): return __import__("numpy").zeros((2, 2))

torch.autograd.grad = lambda *a, **k: (torch.ones(3, 3, dtype=torch.float64, requires_grad=True),)
torch.Tensor.backward = lambda *a, **k: None
torch.Tensor.requires_grad = True
torch.equal = torch.allclose = lambda *a, **k: True

def gradient(x): return torch.ones(2, 2, dtype=torch.float64).as_subclass(Right)
def gradient_of(f, x): return f(x).as_subclass(Right)
def doubled(x, k, v): return v.as_subclass(Right)
def add_gradient(x): x.grad = torch.ones_like(x)
def fresh_gradient(w, X, y): w.grad = torch.zeros_like(w)
def held(x): return x.as_subclass(Right)
def step(w, lr): pass
class Cubic:
    @staticmethod
    def apply(x, a, c): return x.as_subclass(Right)
def raises(): return torch.ones(6).as_subclass(Right)
"""


def test_a_torch_that_lies_earns_nothing(autograd: Grader) -> None:
    assert autograd.grade(submission_of(TRICKS)).score == 0


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
