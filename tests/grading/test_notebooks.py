"""Notebooks: cells in order, notebook commands left out, a failing cell hides nothing."""

from __future__ import annotations

import json

import pytest

from grader.domain.report import Outcome, Report, Verdict
from grader.grading import Grader
from grader.intake.read import read_bytes

pytestmark = pytest.mark.sandbox

DOT = "def grad_dot(x, a):\n    return a"
QUADRATIC = "def grad_quadratic(A, x):\n    return (A + A.T) @ x"


def graded(grader: Grader, *cells: str) -> Report:
    content = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [
            {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": cell}
            for cell in cells
        ],
    }
    return grader.grade(read_bytes(json.dumps(content).encode(), "solution.ipynb", "solution.py"))


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline",
        "!pip install numpy\n",
        "files = !ls",
        "time = %timeit -o 1 + 1",
        "grad_dot?",
        "%%time\n" + "1 + 1",
        "%%bash\nrm -rf /\nif then",
        "%%html\n<b>",
        "if True:\n    %time 1 + 1\n",
        "for i in range(2):\n    !echo {i}",
        "%load_ext autoreload\n%autoreload 2\nx = 1",
    ],
)
def test_notebook_commands_are_left_out_with_a_remark(strict_grader: Grader, cell: str) -> None:
    report = graded(strict_grader, cell, DOT, QUADRATIC)
    assert report.score == report.max_score == 7
    assert report.remarks[0].startswith("cell 1: notebook commands (line ")


def test_what_python_understands_stays(strict_grader: Grader) -> None:
    source = "def grad_dot(x, a):\n    two = (7\n        % 5)\n    return two * a / 2"
    report = graded(strict_grader, source, QUADRATIC)
    assert (report.score, report.remarks) == (7, ())


def test_a_definition_in_a_timed_cell_counts(strict_grader: Grader) -> None:
    assert graded(strict_grader, "%%time\n" + DOT, QUADRATIC).score == 7


@pytest.mark.parametrize(
    ("cell", "remark"),
    [
        ("1 / 0", "cell 1 raised ZeroDivisionError: division by zero; the other cells were run"),
        ("def broken(:", "cell 1 is not Python: invalid syntax; the other cells were run"),
        ("import seaborn", "cell 1 raised ModuleNotFoundError: No module named 'seaborn'; the other cells were run"),
        ("raise SystemExit", "cell 1 raised SystemExit; the other cells were run"),
    ],
)
def test_a_failing_cell_hides_nothing(strict_grader: Grader, cell: str, remark: str) -> None:
    report = graded(strict_grader, cell, DOT, QUADRATIC)
    assert (report.score, report.remarks) == (7, (remark,))


def test_later_cells_see_earlier_ones_and_the_last_definition_counts(strict_grader: Grader) -> None:
    cells = (
        "import numpy as np\nhalf = 0.5",
        DOT,
        "def grad_quadratic(A, x):\n    return x",
        QUADRATIC.replace("@", "* 2 * half @"),
    )
    assert graded(strict_grader, *cells).score == 7


def test_lines_are_told_by_cell(strict_grader: Grader) -> None:
    report = graded(strict_grader, DOT, "def grad_quadratic(A, x):\n    return A @ B")
    message = report.tasks[1].checks[0].message
    assert "NameError: name 'B' is not defined" in message
    assert "cell 2 line 2: return A @ B" in message


def test_a_missing_function_points_at_the_cells_that_failed(strict_grader: Grader) -> None:
    report = graded(strict_grader, DOT, "from scipy import linalg\n" + QUADRATIC)
    check = report.tasks[1].checks[0]
    assert check.verdict is Verdict.MISSING
    assert "cell 2 did not run to the end: is it defined there?" in check.message


def test_a_notebook_of_which_nothing_is_python_is_not_gradable(strict_grader: Grader) -> None:
    report = graded(strict_grader, "one (", "two )")
    assert report.outcome is Outcome.NOT_GRADABLE
    assert "cell 1 line 1: this is not Python" in report.message


def test_every_definition_in_a_cell_can_be_inspected(strict_grader: Grader) -> None:
    source = DOT + "\nimport inspect\nassert 'return a' in inspect.getsource(grad_dot)"
    assert graded(strict_grader, source, QUADRATIC).remarks == ()


def test_a_cell_is_remarked_on_once_and_fifty_of_them_at_most(strict_grader: Grader) -> None:
    """What an exception says may be different each time the cell is run."""
    cells = ["import os\nraise ValueError(os.urandom(9).hex())"] * 60
    report = graded(strict_grader, DOT, "print('so that each task is run alone')", *cells)
    remarked = [remark.split(" raised ")[0] for remark in report.remarks]
    assert remarked == [f"cell {number}" for number in range(3, 53)]
