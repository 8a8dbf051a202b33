"""A wrong answer never passes, a right one never fails: every variant of every task, right ones over 20 seeds.

One submission holds a variant of every task: tasks are judged apart from each other, and a grading has its price.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import zip_longest

import pytest

from grader.bundles import Bundles
from grader.domain.assignment import Assignment
from grader.domain.report import CheckReport, Verdict
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import ROOT, submission_of
from tests.grading.further_variants import VARIANTS
from tests.grading.variants import Variants, all_wrong
from tests.matrix.cases import FORMULAS, sources

pytestmark = pytest.mark.sandbox

SEEDS = [f"seed {number}" for number in range(20)]
FEW = SEEDS[:6]
"""for wrong answers, which are refused for what they are at any point; most points of a bundle are among theirs"""


def loaded(name: str) -> Assignment:
    """The tasks of an assignment that have variants."""
    assignment = load(ROOT / "assignments" / name)
    return replace(assignment, tasks=tuple(task for task in assignment.tasks if task.id in VARIANTS[name]))


def submissions(name: str, bodies: Callable[[Variants], tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Variants by task: the first of each, then the second of each, until there are no more."""
    tasks = VARIANTS[name]
    for chosen in zip_longest(*(bodies(tasks[task]) for task in tasks)):
        yield {task: body for task, body in zip(tasks, chosen, strict=True) if body is not None}


def found(grader: Grader, name: str, chosen: dict[str, str], seeds: list[str]) -> Iterator[tuple[str, CheckReport]]:
    """Every check of every task that is answered, with the task's id."""
    functions = [f"def {VARIANTS[name][task].signature}:\n    {body}\n" for task, body in chosen.items()]
    submission = submission_of("import numpy as np\n" + "".join(functions))
    for seed in seeds:
        for task in grader.grade(submission, seed).tasks:
            for check in task.checks if task.id in chosen else ():
                if "float32" not in chosen[task.id] or check.id not in VARIANTS[name][task.id].blurred:
                    yield task.id, check


def test_every_task_has_variants() -> None:
    for name in FORMULAS:
        assert {task.id for task in load(ROOT / "assignments" / name).tasks} == set(VARIANTS[name])
    assert all(len(loaded(name).tasks) == len(VARIANTS[name]) for name in VARIANTS)
    assert all(len(variants.right) >= 3 for tasks in VARIANTS.values() for variants in tasks.values())


@pytest.mark.parametrize("name", VARIANTS)
def test_right_answers_pass(slot: Slot, bundles: Bundles, name: str) -> None:
    grader = Grader(loaded(name), slot, bundles)
    for chosen in submissions(name, lambda variants: variants.right):
        for task, check in found(grader, name, chosen, SEEDS):
            assert check.verdict is Verdict.PASSED, (chosen[task], check.message)


@pytest.mark.parametrize("name", VARIANTS)
def test_wrong_answers_fail_with_their_note(slot: Slot, bundles: Bundles, name: str) -> None:
    grader = Grader(loaded(name), slot, bundles)
    for chosen in submissions(name, lambda variants: tuple(all_wrong(variants))):
        for task, check in found(grader, name, chosen, FEW):
            assert check.verdict is not Verdict.PASSED, (chosen[task], check.message)
            assert check.id != "generic" or check.note == all_wrong(VARIANTS[name][task])[chosen[task]], chosen[task]


def test_the_table_of_all_wrong_answers_has_every_assignment() -> None:
    """`make matrix` prints it; the answers are asserted by the tests of their kinds."""
    held = {source.title: source.cases for source in sources()}
    assert {path.parent.name for path in (ROOT / "assignments").glob("*/assignment.yaml")} <= set(held)
    assert all(case.expected or case.tasks for cases in held.values() for case in cases)
    assert all(held.values())
