"""Realistic submissions to the two assignments about Lagrangians: what they earn, and which mistakes are named."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from grader.bundles import Bundles
from grader.domain.report import Outcome, Report, Verdict
from grader.grading import Grader
from grader.intake.read import read_path
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import ROOT

pytestmark = pytest.mark.sandbox

EXPECTED: dict[tuple[str, str], tuple[dict[str, float], dict[str, str]]] = {
    ("lagrange-multipliers", "plus_sign"): (
        {"line-on-circle": 0, "all-points": 8, "nearest-point": 3, "quadratic-program": 0, "by-iteration": 0},
        {
            "line-on-circle.lagrangian": "lambda.sign", "line-on-circle.system": "lambda.sign",
            "line-on-circle.solve": "lambda.sign", "all-points.solve": "lambda.sign",
            "all-points.stationary": "lambda.sign", "nearest-point.lagrangian": "lambda.sign",
            "nearest-point.system": "lambda.sign", "nearest-point.multipliers": "lambda.sign",
            "nearest-point.solve": "lambda.sign", "quadratic-program.solve": "lambda.sign",
            "quadratic-program.sensitivity": "sensitivity.sign",
        },
    ),
    ("lagrange-multipliers", "unfinished"): (
        {"line-on-circle": 4, "all-points": 0, "nearest-point": 0, "quadratic-program": 0, "by-iteration": 0},
        {
            "line-on-circle.system": "system.sign", "all-points.tangent": "tangent.infeasible",
            "all-points.solve": "extremum.local", "all-points.stationary": "stationary.divided",
            "all-points.classify": "classify.unconstrained",
        },
    ),
    ("lagrange-multipliers", "by_descent"): (
        {"line-on-circle": 1.2, "all-points": 1.6, "nearest-point": 1.6, "quadratic-program": 4, "by-iteration": 0},
        {
            "line-on-circle.lagrangian": "constraint.squared", "line-on-circle.system": "finite-difference",
            "line-on-circle.solve": "lagrangian.descent", "all-points.tangent": "tangent.division",
            "all-points.solve": "rounded", "nearest-point.lagrangian": "lambda.shared",
            "nearest-point.system": "lambda.shared", "nearest-point.multipliers": "lambda.shared",
            "nearest-point.solve": "rounded", "nearest-point.classify": "classify.unconstrained",
            "quadratic-program.solve": "constraint.missing",
        },
    ),
    ("constrained-learning", "smallest_eigenvalue"): (
        {"principal-component": 5, "uniform": 0, "loaded-die": 0},
        {
            "principal-component.system": "system.halved", "principal-component.solve": "extremum.other",
            "principal-component.stationary": "stationary.subset",
            "principal-component.classify": "classify.unconstrained", "uniform.solve": "constraint.scaled",
            "uniform.multipliers": "lambda.sign", "loaded-die.lagrangian": "constraint.constant",
            "loaded-die.system": "constraint.constant", "loaded-die.solve": "constraint.one-missing",
            "loaded-die.sensitivity": "sensitivity.sign",
        },
    ),
    ("constrained-learning", "not_normalised"): (
        {"principal-component": 6, "uniform": 2, "loaded-die": 7.8},
        {
            "principal-component.system": "system.order", "principal-component.multipliers": "lambda.sign",
            "principal-component.solve": "constraint.scaled", "principal-component.stationary": "lambda.sign",
            "loaded-die.system": "system.sign", "loaded-die.solve": "rounded",
        },
    ),
    ("constrained-learning", "needs_scipy"): ({"principal-component": 0, "uniform": 0, "loaded-die": 0}, {}),
}  # fmt: skip


Graded = Callable[[str, str], Report]


@pytest.fixture(scope="module")
def graded(slot: Slot, bundles: Bundles) -> Graded:
    """The report on a submission to an assignment, once for all tests."""

    @functools.cache
    def grader(assignment: str) -> Grader:
        return Grader(load(ROOT / "assignments" / assignment), slot, bundles)

    @functools.cache
    def report(assignment: str, name: str) -> Report:
        path = ROOT / "tests" / "submissions" / assignment / f"{name}.py"
        return grader(assignment).grade(read_path(path, "solution.py"))

    return report


@pytest.mark.parametrize(("assignment", "name"), EXPECTED)
def test_scores_and_notes(graded: Graded, assignment: str, name: str) -> None:
    report = graded(assignment, name)
    scores, notes = EXPECTED[assignment, name]
    assert report.outcome is Outcome.GRADED
    assert {task.id: round(task.score, 6) for task in report.tasks} == scores
    checks = {f"{task.id}.{check.id}": check for task in report.tasks for check in task.checks}
    assert {key: check.note for key, check in checks.items() if check.note} == notes
    assert all(check.hint for check in checks.values() if check.note)


def test_a_package_that_is_not_there_is_named(graded: Graded) -> None:
    checks = [check for task in graded("constrained-learning", "needs_scipy").tasks for check in task.checks]
    assert {check.verdict for check in checks} == {Verdict.CRASHED}
    assert "No module named 'scipy'" in checks[0].message


def test_what_is_not_python_uses_no_attempt(graded: Graded) -> None:
    report = graded("constrained-learning", "not_python")
    assert report.outcome is Outcome.NOT_GRADABLE
    assert "solution.py line 12: this is not Python" in report.message


def test_what_hangs_costs_itself_only(graded: Graded) -> None:
    report = graded("lagrange-multipliers", "by_descent")
    verdicts = {check.id: check.verdict for check in report.tasks[-1].checks}
    assert verdicts == {"solve": Verdict.TIME_LIMIT}
