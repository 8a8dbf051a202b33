"""The small case beside a wrong value: it is wrong there, it tells nothing that is right, and only who may see it does."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from grader.bundles import Bundles
from grader.domain.assignment import Assignment, Visibility
from grader.grading import Grader
from grader.sandbox.slot import Slot
from tests.conftest import submission_of
from tests.grading.test_together import Counting

pytestmark = pytest.mark.sandbox

SAID = re.compile(
    r"A small case to work out by hand: for A = (\[.*\]), x = (\[.*\]) your function returns (\[.*\]), which"
)


def messages(grader: Grader, body: str) -> list[str]:
    source = f"import numpy as np\ndef grad_quadratic(A, x):\n    return {body}\n"
    (task,) = grader.grade(submission_of(source), only="quadratic").tasks
    return [check.message for check in task.checks]


@pytest.mark.parametrize("body", ["2 * A @ x", "A @ x", "-(A + A.T) @ x", "1.001 * (A + A.T) @ x", "np.zeros(len(x))"])
def test_the_case_that_is_shown_is_small_and_wrong(grader: Grader, body: str) -> None:
    first, *others = messages(grader, body)
    said = SAID.search(first)
    assert said is not None, first
    a, x, answer = (np.array([float(number) for number in re.findall(r"[-\d.e]+", text)]) for text in said.groups())
    matrix = a.reshape(2, 2)
    right = (matrix + matrix.T) @ x
    assert not np.allclose(answer, right, rtol=1e-5, atol=0)
    assert np.array2string(right) not in first
    assert not any("small case" in message for message in others)


def test_there_is_none_where_the_answer_is_right_or_no_answer(grader: Grader) -> None:
    for body in ("(A + A.T) @ x", "A", "x[9]", "np.nan * x"):
        assert not any("small case" in message for message in messages(grader, body))


def test_there_is_none_where_it_is_wrong_for_large_inputs_only(grader: Grader) -> None:
    body = "(A + A.T) @ x if len(x) < 4 else x"
    assert "the value is wrong" in messages(grader, body)[0]
    assert not any("small case" in message for message in messages(grader, body))


def changed(assignment: Assignment, **more: object) -> Assignment:
    return replace(assignment, tasks=tuple(replace(task, **more) for task in assignment.tasks))  # type: ignore[arg-type]


def test_wrong_values_of_hidden_checks_are_shown_nowhere(assignment: Assignment, slot: Slot, bundles: Bundles) -> None:
    hidden = {"generic": Visibility.HIDDEN, "scaled": Visibility.HIDDEN}
    grader = Grader(changed(assignment, visibility=hidden), slot, bundles)
    assert not any("small case" in message for message in messages(grader, "A @ x"))


def test_it_costs_one_child_and_none_where_it_is_not_asked_for(
    assignment: Assignment, slot: Slot, bundles: Bundles
) -> None:
    for asked, children in ((True, 2), (False, 1)):
        tasks = tuple(
            replace(task, content=replace(task.content, counterexample=asked))  # type: ignore[type-var]
            for task in assignment.tasks
            if task.id == "quadratic"
        )
        counting = Counting(slot)
        found = messages(Grader(replace(assignment, tasks=tasks), counting, bundles), "A @ x")
        assert len(counting.programs) == children
        assert any("small case" in message for message in found) == asked
