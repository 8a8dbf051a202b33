"""Wrong answers: whole submissions that the tests of each kind hold, with the checks that they must lose and the notes.

The tests assert each of them; here they are only gathered. Kinds that ship an assignment for which the tests hold wrong
answers are graded by that assignment, `lagrangian` and operators by the tasks of their tests, and beside these all
submissions of `tests/submissions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.changing import changed
from tests.checks import (
    lagrangians,
    operator_submissions,
    tensor_classes,
    test_autodiff_forward,
    test_autodiff_reverse,
    test_autodiff_tensors,
    test_lagrangian,
    test_numerical,
    test_operators,
)
from tests.checks.autograd_submissions import WRONG as AUTOGRAD
from tests.checks.classes import FORWARD, REVERSE
from tests.conftest import ROOT
from tests.grading.further_variants import VARIANTS
from tests.grading.variants import all_wrong

SUBMISSIONS = ROOT / "tests" / "submissions"
FORMULAS = ("matrix-calculus", "matrix-functions", "logistic-regression")
"""assignments that hold nothing but formulas"""


@dataclass(frozen=True)
class Case:
    """One wrong answer."""

    name: str
    source: str
    task: str | None
    """the only one that is graded, None for all"""
    expected: Mapping[str, str | None]
    """by check (or by task, where a whole submission is looked at): its note; None where there is no such mistake"""
    tasks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """of a whole submission: by task, all notes that its checks must have"""


@dataclass(frozen=True)
class Source:
    """An assignment, and the wrong answers to it."""

    title: str
    yaml: str
    """of a test's own assignment; empty for one that is shipped under this title"""
    cases: tuple[Case, ...]


def sources() -> Iterator[Source]:
    """All of them."""
    for name in FORMULAS:
        yield Source(name, "", (*_derivative(name),))
    yield Source("numerical-differentiation", "", (*_derivative("numerical-differentiation"), *_numerical()))
    yield Source("lagrange-multipliers", "", (*_handed_in("lagrange-multipliers"),))
    yield Source("constrained-learning", "", (*_handed_in("constrained-learning"),))
    yield Source("constrained-solvers", "", (*_handed_in("constrained-solvers"),))
    yield Source("chain-rule", "", (*_handed_in("chain-rule"),))
    yield Source("tensor-autograd", "", (*_tensors(), *_handed_in("tensor-autograd")))
    yield Source("lagrangians (a task of the tests)", _lagrangians(), (*_lagrangian(),))
    yield Source("forward-mode", "", (*_classes(FORWARD, test_autodiff_forward.RULES),))
    reverse = (*_derivative("reverse-mode"), *_classes(REVERSE, test_autodiff_reverse.RULES), *_passes())
    yield Source("reverse-mode", "", reverse)
    yield Source("jacobians", "", (*_handed_in("jacobians"),))
    yield Source("operators (tasks of the tests)", operator_submissions.YAML, (*_operators(),))
    yield Source("pytorch-autograd", "", (*_autograd(), *_handed_in("pytorch-autograd")))


def _derivative(name: str) -> Iterator[Case]:
    for task, variants in VARIANTS[name].items():
        for body, note in all_wrong(variants).items():
            source = f"import numpy as np\ndef {variants.signature}:\n    {body}\n"
            yield Case(" ".join(body.split()), source, task, {"generic": note})


def _numerical() -> Iterator[Case]:
    for name, wrong in test_numerical.WRONG.items():
        lines = "".join(f"    {line}\n" for line in wrong.body.strip().split("\n"))
        source = f"{test_numerical.HEAD}\ndef {wrong.signature}:\n{lines}"
        yield Case(name, source, test_numerical.TASKS[wrong.signature], wrong.lost)
    yield from _handed_in("numerical-differentiation")


def _lagrangians() -> str:
    return lagrangians.HEAD + lagrangians.NEAREST.format(sign="-")


def _lagrangian() -> Iterator[Case]:
    for name, body, note in test_lagrangian.WRONG:
        ask = test_lagrangian.ASKS[name]
        yield Case(" ".join(body.split()), lagrangians.solution("-", **{name: body}), "nearest", {ask: note})


def _classes(right: str, rules: Mapping[str, tuple[tuple[str, str], dict[str, str | None]]]) -> Iterator[Case]:
    for name, (change, expected) in rules.items():
        yield Case(name, changed(right, change), None, expected)


def _tensors() -> Iterator[Case]:
    wrong = [("tensor", name, *of) for name, of in test_autodiff_tensors.MISTAKES.items()]
    wrong += [("network", name, *of) for name, of in test_autodiff_tensors.NETWORK.items()]
    wrong += [("functions", name, (of[0],), of[1]) for name, of in test_autodiff_tensors.FUNCTIONS.items()]
    for task, name, changes, expected in wrong:
        yield Case(name, changed(tensor_classes.SOLUTION, *changes), task, expected)


def _passes() -> Iterator[Case]:
    for name, (source, expected) in test_autodiff_reverse.PASSES.items():
        yield Case(name, source, "value", expected)


def _operators() -> Iterator[Case]:
    submission = operator_submissions.submission
    for task, body, check, note in test_operators.WRONG:
        yield Case(" ".join(body.split()), submission(**{task: body + "\n"}), task, {check: note})
    for task, body, note in test_operators.COUNTS:
        yield Case(" ".join(body.split()), submission(**{task: body + "\n"}), task, {"cost": note})
    for task, old, new, check, note in test_operators.RULES:
        yield Case(new.strip(), submission(operator_submissions.changed(old, new)), task, {check: note})


def _autograd() -> Iterator[Case]:
    for name, wrong in AUTOGRAD.items():
        yield Case(name, "import torch\n\n" + wrong.body, wrong.task, wrong.lost)


def _handed_in(assignment: str) -> Iterator[Case]:
    folder = SUBMISSIONS / assignment
    expected: dict[str, Any] = yaml.safe_load(Path(folder, "expected.yaml").read_text(encoding="utf-8"))
    for name, wanted in expected.items():
        notes = {task: frozenset[str]() for task in wanted.get("lost", ())}
        notes |= {task: frozenset(found) for task, found in wanted["notes"].items()}
        if notes:
            yield Case(name, (folder / name).read_text(encoding="utf-8"), None, {}, notes)
