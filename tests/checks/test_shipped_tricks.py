"""What was once tried on the shipped assignments and worked, or brought the grading down: each by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.bundles import Bundles
from grader.domain.report import Outcome, TaskReport, Verdict
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import ROOT, submission_of

pytestmark = pytest.mark.sandbox

JACOBIANS = ROOT / "assignments" / "jacobians"
AUTOGRAD = ROOT / "assignments" / "pytorch-autograd"

HUGE = """
import numpy as np
def derivative(f, x): return f(2**62)
def jvp(f, x, v): return f(np.full(len(x), 2**62))
def vjp(f, x, u): return f([2**62, *x[1:]])
"""
KIND_OF_COMPLEX = """
import numpy as np
class C(complex):
    value = property(lambda s: s.real)
exp, log, sin = np.exp, np.log, np.sin
def relu(z): return z if z.real > 0 else 0 * z
H = 1e-150
def jvp(f, x, v):
    z = np.empty(len(x), dtype=object)
    z[:] = [C(a, H * b) for a, b in zip(x, v)]
    return np.array([complex(y).imag / H for y in f(z)])
def derivative(f, x): return complex(f(C(x, H))).imag / H
"""
TRAILING_NONE = """
import torch
count = 0
class Cubic(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, a, c):
        ctx.save_for_backward(x, a)
        ctx.c = c
        return a * x**3 - c * x**2
    @staticmethod
    def backward(ctx, v):
        global count
        count += 1
        x, a = ctx.saved_tensors
        return (v * (3 * a * x**2 - 2 * ctx.c * x), v * x**3, None) + (None,) * count
"""
WHOLE_NUMBER = """
def doubled(x, k, v):
    x = x.detach().clone().requires_grad_()
    y = x
    for _ in range(k):
        y = y * 2
    y.backward(v)
    return x.grad
"""


def graded(folder: Path, slot: Slot, bundles: Bundles, source: str, task: str) -> TaskReport:
    report = Grader(load(folder), slot, bundles).grade(submission_of(source), only=task)
    assert report.outcome is Outcome.GRADED
    return report.tasks[0]


@pytest.mark.parametrize("task", ["derivative", "jvp", "vjp"])
def test_whole_numbers_without_end_are_floats_to_f(slot: Slot, bundles: Bundles, task: str) -> None:
    assert graded(JACOBIANS, slot, bundles, HUGE, task).score == 0


@pytest.mark.parametrize("task", ["derivative", "jvp"])
def test_a_class_that_is_a_kind_of_complex_number_is_a_complex_step(slot: Slot, bundles: Bundles, task: str) -> None:
    found = graded(JACOBIANS, slot, bundles, KIND_OF_COMPLEX, task)
    assert found.score == 0
    assert {check.note for check in found.checks} == {"complex-step"}


def test_what_backward_returns_may_be_longer_each_time(torch_slot: Slot, bundles: Bundles) -> None:
    found = graded(AUTOGRAD, torch_slot, bundles, TRAILING_NONE, "function")
    assert {check.id for check in found.checks if check.verdict is Verdict.PASSED} >= {"forward", "backward"}


def test_a_whole_number_can_be_counted_to(torch_slot: Slot, bundles: Bundles) -> None:
    found = graded(AUTOGRAD, torch_slot, bundles, WHOLE_NUMBER, "vector-jacobian")
    assert found.score == found.max_score, [check.message for check in found.checks]
