"""Realistic submissions for the assignment pytorch-autograd, with all that is lost and why."""

from __future__ import annotations

import pytest

from grader.bundles import Bundles
from grader.domain.report import Verdict
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import ROOT, submission_of

pytestmark = pytest.mark.sandbox

# score, and for each task what it earned and the notes that it got
EXPECTED: dict[str, tuple[float, dict[str, tuple[float, set[str]]]]] = {
    "first_try": (6.05, {
        "gradient": (2.25, {"grad.accumulated"}),
        "any-function": (0, {"graph.missing"}),
        "vector-jacobian": (0, {"cotangent.none"}),
        "accumulate": (1, {"grad.overwritten"}),
        "zero-grad": (1.2, {"grad.accumulated"}),
        "detach": (0, {"detach.missing"}),
        "update": (0, {"update.rebound"}),
        "function": (1.6, {"cotangent.ones"}),
        "in-place": (0, set()),
    }),
    "detached_too_much": (7.0, {
        "gradient": (0, {"graph.missing"}),
        "any-function": (0, {"finite-difference"}),
        "vector-jacobian": (0, {"cotangent.ones"}),
        "accumulate": (0, {"grad.none"}),
        "zero-grad": (1.8, {"grad.none-yet"}),
        "detach": (0, {"detach.everything"}),
        "update": (0, {"update.no-grad"}),
        "function": (5.2, {"function.needs", "function.once"}),
        "in-place": (0, set()),
    }),
    "careless_step": (23.6, {
        "gradient": (3, set()),
        "any-function": (3, set()),
        "vector-jacobian": (3, set()),
        "accumulate": (3, set()),
        "zero-grad": (3, set()),
        "detach": (0, {"detach.other"}),
        "update": (0, {"update.requires-grad"}),
        "function": (5.6, {"function.needs", "function.view"}),
        "in-place": (3, set()),
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_submissions_end_as_expected(torch_slot: Slot, bundles: Bundles, name: str) -> None:
    grader = Grader(load(ROOT / "assignments" / "pytorch-autograd"), torch_slot, bundles)
    source = (ROOT / "tests" / "submissions" / "pytorch-autograd" / f"{name}.py").read_text(encoding="utf-8")
    report = grader.grade(submission_of(source))
    score, tasks = EXPECTED[name]
    notes = {task.id: {check.note for check in task.checks if check.note} for task in report.tasks}
    assert {task.id: (round(task.score, 2), notes[task.id]) for task in report.tasks} == tasks
    assert report.score == pytest.approx(score)
    for task in report.tasks:
        for check in task.checks:
            assert (check.hint is not None) == (check.note is not None)
            assert check.verdict is Verdict.PASSED or check.message
