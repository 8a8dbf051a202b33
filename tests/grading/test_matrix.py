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
from grader.domain.report import Verdict
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import ROOT, submission_of
from tests.grading.further_variants import VARIANTS
from tests.grading.variants import Variants, common_wrong

pytestmark = pytest.mark.sandbox

SEEDS = [f"seed {number}" for number in range(20)]
FEW = SEEDS[:6]
"""for wrong answers, which are refused for what they are at any point; most points of a bundle are among theirs"""
WHOLE = ("matrix-calculus", "matrix-functions", "logistic-regression")
"""assignments that hold nothing but formulas"""


def loaded(name: str) -> Assignment:
    """The tasks of an assignment that have variants."""
    assignment = load(ROOT / "assignments" / name)
    return replace(assignment, tasks=tuple(task for task in assignment.tasks if task.id in VARIANTS[name]))


def submissions(name: str, bodies: Callable[[Variants], tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Variants by task: the first of each, then the second of each, until there are no more."""
    tasks = VARIANTS[name]
    for chosen in zip_longest(*(bodies(tasks[task]) for task in tasks)):
        yield {task: body for task, body in zip(tasks, chosen, strict=True) if body is not None}


def outcomes(grader: Grader, name: str, chosen: dict[str, str], seeds: list[str]) -> Iterator[tuple[Verdict, str]]:
    """Every verdict on every task that is answered, and what to print of it."""
    functions = [f"def {VARIANTS[name][task].signature}:\n    {body}\n" for task, body in chosen.items()]
    submission = submission_of("import numpy as np\n" + "".join(functions))
    for seed in seeds:
        for task in grader.grade(submission, seed).tasks:
            for check in task.checks if task.id in chosen else ():
                if "float32" in chosen[task.id] and check.id in VARIANTS[name][task.id].blurred:
                    continue
                yield check.verdict, f"{task.id}: {chosen[task.id]!r} with {seed}: {check.message}"


def test_every_task_has_variants() -> None:
    for name in WHOLE:
        assert {task.id for task in load(ROOT / "assignments" / name).tasks} == set(VARIANTS[name])
    assert all(len(loaded(name).tasks) == len(VARIANTS[name]) for name in VARIANTS)
    assert all(len(variants.right) >= 3 for tasks in VARIANTS.values() for variants in tasks.values())


@pytest.mark.parametrize("name", VARIANTS)
def test_right_answers_pass(slot: Slot, bundles: Bundles, name: str) -> None:
    grader = Grader(loaded(name), slot, bundles)
    for chosen in submissions(name, lambda variants: variants.right):
        failed = [text for verdict, text in outcomes(grader, name, chosen, SEEDS) if verdict is not Verdict.PASSED]
        assert not failed, failed[0]


@pytest.mark.parametrize("name", VARIANTS)
def test_wrong_answers_fail(slot: Slot, bundles: Bundles, name: str) -> None:
    grader = Grader(loaded(name), slot, bundles)
    for chosen in submissions(name, lambda variants: variants.wrong + common_wrong(variants)):
        passed = [text for verdict, text in outcomes(grader, name, chosen, FEW) if verdict is Verdict.PASSED]
        assert not passed, passed[0]
