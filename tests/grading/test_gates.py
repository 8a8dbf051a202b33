"""The gates themselves: what they accept, what they refuse, and that they can fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from grader.bundles import Bundles
from grader.domain.assignment import Assignment, Task
from grader.gates import Mistakes, mistakes
from reference.bundle import Block
from reference.problem import Problem


@pytest.fixture
def quadratic(assignment: Assignment, bundles: Bundles) -> tuple[Task, tuple[Block, ...]]:
    task = next(task for task in assignment.tasks if task.id == "quadratic")
    return task, bundles.of(task, assignment)[""].groups["generic"]


def fared_of(task: Task, blocks: Sequence[Block], names: Sequence[str]) -> Mistakes:
    problem = task.parts[""]
    assert isinstance(problem, Problem)
    return mistakes(task, problem.misconceptions, blocks, names)


def test_typical_mistakes_are_refused_and_named(quadratic: tuple[Task, tuple[Block, ...]]) -> None:
    task, blocks = quadratic
    fared = fared_of(task, blocks, ["sign", "scale.half", "layout.column", "zero"])
    assert fared.refused == ("sign", "scale.half", "layout.column", "zero")
    assert (fared.accepted, fared.unnamed) == ((), ())


def test_all_stored_mistakes_are_refused(quadratic: tuple[Task, tuple[Block, ...]]) -> None:
    task, blocks = quadratic
    names = list(dict.fromkeys(name for block in blocks for name in block.wrong))
    assert {"symmetric-only", "product.first", "product.second", "wrong-variable:A", "value"} <= set(names)
    assert set(fared_of(task, blocks, names).refused) == set(names)


@pytest.mark.parametrize("error", [0.0, 1e-14, 1e-8])
def test_a_mistake_that_would_earn_points_is_found(quadratic: tuple[Task, tuple[Block, ...]], error: float) -> None:
    """Right, right within rounding, or approximate: each would earn something."""
    task, blocks = quadratic
    near = tuple(replace(block, wrong={"value": block.expected * (1 + error)}) for block in blocks)
    fared = fared_of(task, near, ["value"])
    assert (fared.refused, fared.accepted) == ((), ("value",))


def test_what_gives_no_numbers_is_no_mistake(quadratic: tuple[Task, tuple[Block, ...]]) -> None:
    task, blocks = quadratic
    fared = fared_of(task, blocks, ["chain.outer-place"])
    assert fared.refused == fared.accepted == ()
