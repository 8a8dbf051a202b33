"""Every entry of the catalogue is recognised from its own wrong answers, and from no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.bundles import Bundles
from grader.checks.judgement import Comparison
from grader.diagnosis.catalogue import CONDITIONS, HINTS, expressions
from grader.diagnosis.match import recognise
from grader.domain.assignment import Assignment
from reference.bundle import Point
from reference.functions import FUNCTIONS
from reference.hypotheses import hypotheses
from reference.problem import Problem

Answer = Callable[[Point], Any]


@pytest.fixture(scope="session")
def points(assignment: Assignment, bundles: Bundles) -> dict[str, list[Point]]:
    """24 points of every task."""
    rng = np.random.default_rng(0)
    return {task.id: bundles.of(task, assignment)[""].draw("generic", 24, rng) for task in assignment.tasks}


def note_of(points: list[Point], answer: Answer, problem: object = None) -> str | None:
    compared = [Comparison(point, np.asarray(answer(point))) for point in points]
    expected = problem.misconceptions if isinstance(problem, Problem) else ()
    found = recognise(compared, expected)
    return found.note if found else None


def mirrored(gradient: Any) -> Any:
    """The gradient that there would be if mirrored entries moved together."""
    return gradient + gradient.T - np.diag(np.diag(gradient))


MISTAKES: dict[str, tuple[str, Answer]] = {
    "transposed": ("linear-denominator", lambda p: p.inputs["A"]),
    "layout.row": ("quadratic", lambda p: p.expected.reshape(1, -1)),
    "layout.column": ("wls-grad-s", lambda p: p.expected.reshape(-1, 1)),
    "layout.flat": ("logdet", lambda p: np.linalg.inv(p.inputs["A"]).T.flatten()),
    "layout.reversed": ("chain-rule", lambda p: p.expected[::-1]),
    "sign": ("wls-grad-x", lambda p: -2 * p.inputs["W"] @ (p.inputs["x"] - p.inputs["A"] @ p.inputs["s"])),
    "scale.half": ("quadratic-symmetric", lambda p: p.inputs["A"] @ p.inputs["x"]),
    "scale.double": ("dot", lambda p: 2 * p.inputs["a"]),
    "scale.mean": ("trace", lambda p: p.inputs["B"].T / len(p.inputs["A"])),
    "scale.sum": ("dot", lambda p: len(p.inputs["a"]) * p.inputs["a"]),
    "zero": ("cubic", lambda p: 0.0),
    "structured": ("logdet", lambda p: mirrored(np.linalg.inv(p.inputs["A"]))),
    "not-summed": ("chain-rule", lambda p: np.outer([0.25, 0.5, 0.25], p.expected)),
}


def test_every_note_that_can_be_recognised_has_a_hint() -> None:
    """Of rules of functions, of mistakes with whole expressions, of layouts and factors, and of programs that
    differentiate."""
    rules = {mutation.note for row in FUNCTIONS.values() for mutation in row.mutations}
    square = np.arange(4.0).reshape(2, 2)
    simple = {note for shape in ((2, 2), (4,)) for note, _, _ in hypotheses(square.reshape(shape), {"x": square})}
    assert set(expressions.HINTS) == rules | set(MISTAKEN_WHOLE) | simple


MISTAKEN_WHOLE = ("not-summed", "value", "variable", "wrong-variable", "product.both", "symmetric-only", "chain.inner",
                  "chain.outer-place", "unstructured", "structured.missing-diagonal")  # fmt: skip


@pytest.mark.parametrize("note", MISTAKES)
def test_a_mistake_gets_its_note(points: dict[str, list[Point]], note: str) -> None:
    task, answer = MISTAKES[note]
    assert note_of(points[task], answer) == note


@pytest.mark.parametrize("note", MISTAKES)
def test_one_other_point_is_enough_to_refuse_it(points: dict[str, list[Point]], note: str) -> None:
    """The mistake at all points but one, where the answer is right: then it was something else."""
    task, answer = MISTAKES[note]
    odd = points[task][-1]
    assert note_of(points[task], lambda point: point.expected if point is odd else answer(point)) is None


@pytest.mark.parametrize("factor", [1.001, 3.0, -0.5, 0.1, 1 + 1e-9])
def test_no_note_for_what_is_not_known(points: dict[str, list[Point]], factor: float) -> None:
    assert note_of(points["quadratic"], lambda point: factor * point.expected) is None


def test_no_note_without_answers() -> None:
    assert recognise([], ()) is None


def test_right_answers_get_no_note(points: dict[str, list[Point]]) -> None:
    """A symmetric derivative equals its own transpose; that is no mistake."""
    for task, drawn in points.items():
        assert note_of(drawn, lambda point: point.expected) is None, task


def test_float32_digits_in_a_float64_array(points: dict[str, list[Point]]) -> None:
    rounded: Answer = lambda point: point.expected.astype(np.float32).astype(np.float64)  # noqa: E731
    assert note_of(points["quadratic"], rounded) == "float32"
    assert note_of(points["quadratic"], lambda point: 2 * rounded(point)) != "float32"


AUTHORS: dict[str, tuple[str, Answer]] = {
    "wrong-variable": ("dot", lambda p: p.inputs["x"]),
    "value": ("dot", lambda p: p.inputs["x"] @ p.inputs["a"]),
    "symmetric-only": ("quadratic", lambda p: 2 * p.inputs["A"] @ p.inputs["x"]),
    "product.second": ("quadratic", lambda p: p.inputs["A"] @ p.inputs["x"]),
    "inverse-untransposed": ("logdet", lambda p: np.linalg.inv(p.inputs["A"])),
    "outer.missing": ("logdet", lambda p: np.linalg.det(p.inputs["A"]) * np.linalg.inv(p.inputs["A"]).T),
    "chain.outer-missing": ("chain-rule", lambda p: 2 * p.inputs["x"]),
    "power.exponent": ("cubic", lambda p: 9 * p.inputs["x"] ** 3 - 10 * p.inputs["x"] ** 2),
    "power.coefficient": ("cubic", lambda p: 3 * p.inputs["x"] ** 2 - 5 * p.inputs["x"]),
    "weight-dropped": ("wls-grad-s", lambda p: -2 * p.inputs["A"].T @ (p.inputs["x"] - p.inputs["A"] @ p.inputs["s"])),
}


@pytest.mark.parametrize("note", AUTHORS)
def test_the_authors_misconceptions_come_first(
    points: dict[str, list[Point]], assignment: Assignment, note: str
) -> None:
    task, answer = AUTHORS[note]
    content = next(item.content for item in assignment.tasks if item.id == task)
    assert note_of(points[task], answer, content) == note


def test_hints_ask_and_do_not_tell() -> None:
    hints = [*HINTS.values(), *CONDITIONS.values()]
    assert all(len(hint) < 200 for hint in hints)
    assert not any("@" in hint or "np." in hint for hint in HINTS.values())
