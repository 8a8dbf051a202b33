"""The two assignments about automatic differentiation, and what students hand in to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.bundles import Bundles
from grader.domain.report import Report
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import ROOT, submission_of

pytestmark = pytest.mark.sandbox

GRADERS: dict[str, Grader] = {}


@pytest.fixture(scope="module", autouse=True)
def graders(slot: Slot, bundles: Bundles) -> Iterator[None]:
    for name in ("reverse-mode", "forward-mode"):
        GRADERS[name] = Grader(load(ROOT / "assignments" / name), slot, bundles)
    yield
    GRADERS.clear()


def graded(assignment: str, path: str) -> Report:
    return GRADERS[assignment].grade(submission_of((ROOT / path).read_bytes()))


@pytest.mark.parametrize("name", ["reverse-mode", "forward-mode"])
def test_solutions_and_starters(name: str) -> None:
    for seed in range(3):
        source = (ROOT / "assignments" / name / "solution" / "solution.py").read_bytes()
        report = GRADERS[name].grade(submission_of(source), f"seed {seed}")
        assert report.score == pytest.approx(report.max_score)
    assert graded(name, f"assignments/{name}/starter/solution.py").score == 0


SUBMISSIONS: dict[tuple[str, str], tuple[dict[str, float], dict[str, str | None]]] = {
    ("reverse-mode", "closures"): (
        {"graph-a": 2, "graph-b": 1, "graph-local": 0, "graph-forward": 0, "value": 15.489},
        {"backward-twice": "intermediates-not-reset", "chain": "recursion-depth"},
    ),
    ("reverse-mode", "one_path"): (
        {"graph-a": 0, "graph-b": 1, "graph-local": 0, "graph-forward": 0, "value": 3.476},
        {
            "sub": "constants-not-lifted", "truediv": "constants-not-lifted", "tutorial": "not-accumulated",
            "mixed": "not-accumulated", "neuron": "not-accumulated", "diamond": "not-accumulated",
            "doubling": "exponential-traversal", "chain": "recursion-depth",
        },
    ),
    ("reverse-mode", "differences"): (
        {"graph-a": 0.8, "graph-b": 0.4, "graph-local": 0, "graph-forward": 0, "value": 0},
        {
            **dict.fromkeys(("add", "mul", "truediv", "exp", "tanh", "relu", "tutorial", "mixed", "neuron", "diamond", "tape"), "finite-difference"),
            "doubling": "exponential-traversal", "chain": "recursion-depth",
        },
    ),
    ("reverse-mode", "borrowed"): ({"graph-a": 0, "graph-b": 0, "graph-local": 0, "graph-forward": 0, "value": 0}, {"add": "imported-autograd", "random-dag": "imported-autograd"}),
    ("forward-mode", "careless"): (
        {"dual": 4.549, "functions": 3.111},
        {
            "sub": "constants-not-lifted", "mul": "eps-squared", "truediv": "constants-not-lifted", "powv": "power-rules",
            "cos": "trig.sign", "sqrt": "sqrt.half", "relu": "relu.negative",
        },
    ),
    ("forward-mode", "complex_step"): (
        {"dual": 2.949, "functions": 0.889},
        dict.fromkeys(("mul", "truediv", "pow", "powv", "sin", "exp", "cubic", "wave", "depth", "diamond"), "complex-step"),
    ),
    ("forward-mode", "functions_only"): (
        {"dual": 4.869, "functions": 3.111},
        {"sub": None, "powv": "power-rules", "sin": "tangent-ignored", "exp": "tangent-ignored"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("assignment", "name"), SUBMISSIONS)
def test_submissions(assignment: str, name: str) -> None:
    scores, notes = SUBMISSIONS[assignment, name]
    report = graded(assignment, f"tests/submissions/{assignment}/{name}.py")
    checks = [check for task in report.tasks for check in task.checks if check.verdict.value != "passed"]
    found = {check.id: check for check in checks}
    came = {check: found[check].note if check in found else "passed" for check in notes}
    assert came == notes, {check: item.message for check, item in found.items()}
    assert {task.id: task.score for task in report.tasks} == pytest.approx(scores, abs=0.001)
