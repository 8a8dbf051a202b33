"""What a recognised mistake earns where its author gives a part for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from grader.bundles import Bundles
from grader.diagnosis.catalogue import OF_KIND
from grader.domain.assignment import Assignment
from grader.domain.report import Report, Verdict
from grader.gates import given_away
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from reference.separation import note_of
from tests.changing import changed
from tests.checks.classes import REVERSE
from tests.conftest import ROOT, submission_of

pytestmark = pytest.mark.sandbox

CREDIT = {"symmetric-only": 0.5, "layout.column": 0.25, "zero": 0.1, "float32": 0.2}
HEAD = "import numpy as np\ndef grad_quadratic(A, x):\n    return "


@pytest.fixture(scope="module")
def generous(assignment: Assignment, slot: Slot, bundles: Bundles) -> Grader:
    tasks = tuple(replace(t, credit=CREDIT) if t.id == "quadratic" else t for t in assignment.tasks)
    return Grader(replace(assignment, tasks=tasks), slot, bundles)


def report_on(grader: Grader, body: str) -> Report:
    return grader.grade(submission_of(HEAD + body), "a seed", only="quadratic")


@pytest.mark.parametrize(
    ("body", "part", "note"),
    [
        ("2 * A @ x", 0.5, "symmetric-only"),
        ("((A + A.T) @ x)[:, None]", 0.25, "layout.column"),
        ("np.float32((A + A.T) @ x)", 0.2, "float32"),
    ],
)
def test_a_known_mistake_earns_its_part(generous: Grader, body: str, part: float, note: str) -> None:
    check = report_on(generous, body).tasks[0].checks[0]
    assert (check.verdict, check.note) == (Verdict.PARTIAL, note)
    assert check.score == pytest.approx(part * check.max_score)
    assert check.hint
    assert check.message.endswith(f" The mistake is a known one, for which this check still earns {100 * part:g} %.")


@pytest.mark.parametrize(
    ("body", "verdict", "score"),
    [
        ("(A + A.T) @ x", Verdict.PASSED, 1.0),
        ("-(A + A.T) @ x", Verdict.FAILED, 0.0),
        ("1.001 * ((A + A.T) @ x)", Verdict.FAILED, 0.0),
        ("((A + A.T) @ x) * (1 + 1e-9)", Verdict.PARTIAL, 0.4),
        ("1 / 0", Verdict.CRASHED, 0.0),
    ],
)
def test_nothing_else_changes(generous: Grader, body: str, verdict: Verdict, score: float) -> None:
    check = report_on(generous, body).tasks[0].checks[0]
    assert check.verdict is verdict
    assert check.score == pytest.approx(score * check.max_score)
    assert "known one" not in check.message


def test_a_starter_that_would_earn_a_part_is_told(generous: Grader) -> None:
    said = given_away([report_on(generous, "0 * x")])
    assert said[0].startswith("starter/: task `quadratic`, check `generic` earns")


def test_a_task_that_earned_a_part_has_earned_something(assignment: Assignment, slot: Slot, bundles: Bundles) -> None:
    def of(credit: Mapping[str, float]) -> Verdict:
        quadratic, dot = (next(t for t in assignment.tasks if t.id == name) for name in ("quadratic", "dot"))
        tasks = replace(quadratic, credit=credit), replace(dot, requires=("quadratic",))
        grader = Grader(replace(assignment, tasks=tasks), slot, bundles)
        source = HEAD + "2 * A @ x\ndef grad_dot(x, a):\n    return a\n"
        return grader.grade(submission_of(source), "a seed").tasks[1].checks[0].verdict

    assert of({}) is Verdict.SKIPPED
    assert of(CREDIT) is Verdict.PASSED


@pytest.mark.parametrize("name", ["reverse-mode", "forward-mode"])
def test_mistakes_of_a_kind_are_among_those_that_can_be_given_credit(name: str, bundles: Bundles) -> None:
    course = load(ROOT / "assignments" / name)
    for task in course.tasks:
        own = {item.note for part in task.parts.values() for item in getattr(part, "misconceptions", ())}
        for bundle in bundles.of(task, course).values():
            wrong = {note_of(name) for blocks in bundle.groups.values() for block in blocks for name in block.wrong}
            assert wrong - own <= OF_KIND[task.kind]


def test_a_mistake_that_ends_in_an_exception_earns_its_part_too(slot: Slot, bundles: Bundles) -> None:
    course = load(ROOT / "assignments" / "reverse-mode")
    (value,) = (replace(t, credit={"constants-not-lifted": 0.3}) for t in course.tasks if t.id == "value")
    source = changed(REVERSE, ("def __rsub__", "def rsub"))
    report = Grader(replace(course, tasks=(value,)), slot, bundles).grade(submission_of(source), "a seed")
    (check,) = (item for item in report.tasks[0].checks if item.id == "sub")
    assert (check.verdict, check.note) == (Verdict.PARTIAL, "constants-not-lifted")
    assert check.score == pytest.approx(0.3 * check.max_score)
    assert "raised TypeError" in check.message
    assert check.message.endswith("this check still earns 30 %.")
