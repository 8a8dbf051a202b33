"""Which checks get a figure, and that one of a hidden check stays hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from grader.bundles import Bundles
from grader.checks.landscape import landscape
from grader.domain.assignment import Assignment, Visibility
from grader.domain.report import Report
from grader.feedback.document import document, for_student
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from reference.constrained import ConstrainedProblem
from tests.conftest import MATRIX_CALCULUS, ROOT, submission_of

pytestmark = pytest.mark.sandbox

RIGHT = (MATRIX_CALCULUS / "solution" / "solution.py").read_text()
PARTLY = "\ndef grad_logdet(A):\n    g = np.linalg.inv(A).T\n    g[0, 1] *= 2\n    return g\n"


def graded(grader: Grader, more: str) -> Report:
    return grader.grade(submission_of(RIGHT + more), seed="one", only="logdet")


def test_where_some_entries_are_wrong_it_shows_which(grader: Grader) -> None:
    (figure,) = graded(grader, PARTLY).figures
    assert (figure.task, figure.check, figure.visibility) == ("logdet", "generic", Visibility.VISIBLE)
    assert "entries are wrong: row and column (1, 2). The others are right." in figure.alt
    assert figure.svg.startswith("<svg")


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("", id="right"),
        pytest.param("\ndef grad_logdet(A):\n    return 2 * np.linalg.inv(A).T\n", id="wrong everywhere"),
        pytest.param("\ndef grad_logdet(A):\n    return A[0]\n", id="another shape"),
        pytest.param("\ndef grad_logdet(A):\n    raise ValueError\n", id="exception"),
    ],
)
def test_where_it_would_show_nothing_there_is_none(grader: Grader, more: str) -> None:
    assert graded(grader, more).figures == ()


def test_a_matrix_made_with_students_own_numbers_shows_it_too(slot: Slot, bundles: Bundles) -> None:
    folder = ROOT / "assignments" / "jacobians"
    source = (folder / "solution" / "solution.py").read_text()
    partly = source.replace(
        "for unit in np.eye(len(x))], axis=1)", "for unit in np.eye(len(x))], axis=1) * entries(x, f)"
    )
    partly += "\ndef entries(x, f):\n    weights = np.ones((len(f([*x])), len(x)))\n    weights[0, 0] = 2\n    return weights\n"
    grader = Grader(load(folder), slot, bundles)
    figures = grader.grade(submission_of(partly), seed="one", only="jacobian-forward").figures
    assert [figure.alt for figure in figures if "entries are wrong: row and column (1, 1)" in figure.alt]


def test_the_figure_of_a_hidden_check_is_hidden(assignment: Assignment, slot: Slot, bundles: Bundles) -> None:
    tasks = tuple(
        replace(task, visibility=dict.fromkeys(task.visibility, Visibility.HIDDEN)) for task in assignment.tasks
    )
    report = graded(Grader(replace(assignment, tasks=tasks), slot, bundles), PARTLY)
    assert len(report.figures) == 1
    assert for_student(document(report), None, datetime.now(UTC))["figures"] == []


def of_points(slot: Slot, bundles: Bundles, point: str) -> list[str]:
    grader = Grader(load(ROOT / "assignments" / "lagrange-multipliers"), slot, bundles)
    source = f"import numpy as np\ndef line_largest():\n    return np.array({point}), np.array([0.5])\n"
    return [figure.alt for figure in grader.grade(submission_of(source), only="line-on-circle").figures]


def test_a_point_that_is_no_solution_is_shown_with_both_gradients(slot: Slot, bundles: Bundles) -> None:
    (alt,) = of_points(slot, bundles, "[1.3, 0.4]")
    assert "your point at (1.3, 0.4). There the gradient of f and that of the constraint enclose 28 degrees" in alt


@pytest.mark.parametrize("point", ["[1.0, 1.0]", "[1e9, 0.0]", "[np.nan, 0.0]", "[1.0]"])
def test_solutions_and_points_far_away_are_not_shown(slot: Slot, bundles: Bundles, point: str) -> None:
    assert of_points(slot, bundles, point) == []


def test_only_constraints_are_drawn_as_curves() -> None:
    task = load(ROOT / "assignments" / "lagrange-multipliers").tasks[0]
    (problem,) = (part for part in task.parts.values() if isinstance(part, ConstrainedProblem))
    drawn = landscape(problem, np.array([1.3, 0.4]))
    assert drawn is not None
    (circle,) = drawn.constraints
    middle = len(drawn.xs) // 2
    assert circle[middle][middle] == pytest.approx(1.3**2 + 0.4**2 - 2)
    assert drawn.f[middle][middle] == pytest.approx(1.3 + 0.4)
    assert len(drawn.normals) == 1
