"""What the example assignment does not show: scalar functions, matrices, several held parts, steps that clear."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.bundles import Bundles
from grader.domain.report import TaskReport, Verdict
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import submission_of
from tests.specs.writing import write

pytestmark = pytest.mark.sandbox

YAML = """\
format: 1
id: demo
title: Demo
file: solution.py
runtime: torch
tasks:
  - id: quadratic-form
    kind: autograd
    ask: function
    points: 6
    implement: class Form
    apply: apply(A, x)
    dims: {n: 2..4}
    given: {x: "vector[n]", A: "matrix[n, n] nonsymmetric"}
    f: x @ A @ x
    wrt: [A, x]
    checks:
      forward: {weight: 20, points: 4}
      backward: {weight: 20, points: 4}
      needs: {weight: 20, points: 4}
      strides: {weight: 20, points: 4}
      second: {weight: 20, points: 4, visibility: hidden}
  - id: product
    kind: autograd
    ask: vjp
    points: 2
    implement: pull(f, A, U)
    dims: {m: 2..3, n: 4..5}
    given: {A: "matrix[m, n]", b: "vector[n]", c: scalar}
    let: {h: tanh(c * A)}
    f: h * h - A / 2
    wrt: A
    cotangent: U
    checks: {product: {weight: 70, points: 6}, twice: {weight: 30, points: 3}}
  - id: two-held
    kind: autograd
    ask: detach
    points: 2
    implement: held(x, a)
    dims: {n: 2..4}
    given: {x: "vector[n] positive", a: "vector[n]"}
    let: {p: log(x), q: p * a}
    f: sum(p * x) + q @ x
    wrt: x
    stop: [q]
    checks: {held: {weight: 100, points: 6}}
  - id: clearing-step
    kind: autograd
    ask: update
    points: 2
    implement: decay(w, lr, c)
    dims: {n: 2..4}
    given: {w: "matrix[n, 3]", lr: "scalar real[0.01,0.2]", c: "scalar real[0.01,0.2]"}
    f: w - lr * (g + c * w)
    wrt: w
    gradient: g
    grad: cleared
  - id: scalar-variable
    kind: autograd
    ask: accumulate
    points: 2
    implement: add(f, t)
    given: {t: "scalar real[0,2]"}
    f: 3 * t**3 - 5 * t**2
    wrt: t
"""

RIGHT = {
    "quadratic-form": """
class Form(torch.autograd.Function):
    @staticmethod
    def forward(ctx, A, x):
        ctx.save_for_backward(A, x)
        return x @ A @ x
    @staticmethod
    def backward(ctx, v):
        A, x = ctx.saved_tensors
        in_A = v * torch.outer(x, x) if ctx.needs_input_grad[0] else None
        in_x = v * (A + A.T) @ x if ctx.needs_input_grad[1] else None
        return in_A, in_x
""",
    "product": """
def pull(f, A, U):
    A = A.clone().requires_grad_()
    f(A).backward(U)
    return A.grad
""",
    "two-held": """
def held(x, a):
    p = x.log()
    return (p * x).sum() + (p * a).detach() @ x
""",
    "clearing-step": """
def decay(w, lr, c):
    with torch.no_grad():
        w -= lr * (w.grad + c * w)
    w.grad = None
""",
    "scalar-variable": """
def add(f, t):
    f(t).backward()
""",
}

SECOND = "second: {weight: 20, points: 4, visibility: hidden}"

# task, (old, new) of its right submission, what is lost with its note, a piece of what is said
WRONG = [
    ("quadratic-form", ("(A + A.T)", "2 * A"), {"backward": "symmetric-only", "needs": "symmetric-only", "strides": "symmetric-only", "second": "symmetric-only"}, "arrives at `x`"),
    ("quadratic-form", ("v * torch", "torch"), {"backward": "cotangent.ones", "needs": "cotangent.ones", "strides": "cotangent.ones", "second": None}, "arrives at `A`"),
    ("quadratic-form", ("return in_A, in_x", "return in_x, in_A"), None, "raised RuntimeError: Function FormBackward returned an invalid gradient"),
    ("quadratic-form", ("x @ A @ x", "(x @ A @ x)[None]"), None, "What `apply` returned: a single number was expected, it has shape (1,)."),
    ("quadratic-form", ("x @ A @ x", "float(x @ A @ x)"), None, "`y.backward(v)` for y = apply(...) raised AttributeError: 'float' object"),
    ("quadratic-form", ("(torch.autograd.Function)", ""), None, "Looking for `Form.apply` raised AttributeError"),
    ("product", ("backward(U)", "backward(torch.ones_like(U))"), {"product": "cotangent.ones", "twice": "cotangent.ones"}, "What your function returned: wrong at 6 of 6 points"),
    ("product", ("A.grad", "A.grad.T"), {"product": None, "twice": None}, "What your function returned: shape ("),
    ("product", ("f(A)", "f(A.detach())"), {"product": "graph.missing", "twice": "graph.missing"}, "does not require grad"),
    ("product", ("f(A)", "f(A.detach().numpy())"), {"product": None, "twice": None}, "TypeError: f takes a tensor, not ndarray of dtype float64"),
    ("product", ("f(A)", "f(A, U)"), {"product": None, "twice": None}, "TypeError: f takes one argument, the tensor A; 2 given"),
    ("product", ("f(A)", "f(A[0])"), {"product": None, "twice": None}, "TypeError: f takes a tensor of shape ("),
    ("quadratic-form", ("ctx, A, x)", "ctx, A)"), None, "It is called with 2 arguments, by position: A, x."),
    ("quadratic-form", ("class Form", "class Forms"), None, "There is no class `Form` in your submission. You defined `Forms`"),
    ("two-held", (".detach()", ""), {"held": "detach.missing"}, "`x.grad` after `y.backward(v)`: wrong"),
    ("two-held", ("(p * a).detach()", "p.detach() * a"), None, ""),
    ("two-held", ("p = x.log()", "p = x.log().detach()"), {"held": "product.second"}, "`x.grad` after `y.backward(v)`: wrong"),
    ("clearing-step", ("w.grad = None", "pass"), {"step": "grad.accumulated"}, "After your step `w.grad` still holds numbers"),
    ("clearing-step", ("w.grad = None", "w.grad.zero_()"), {}, ""),
    ("clearing-step", ("c * w)", "w)"), {"step": None, "many": None}, "`w`, the tensor that was handed in: wrong"),
    ("scalar-variable", ("backward()", "backward(torch.tensor(2.0, dtype=t.dtype))"), {"once": "scale.double", "again": None}, "`t.grad` after one call: wrong"),
    ("scalar-variable", ("f(t)", "f(f(t))"), {"once": None, "again": None}, "`t.grad` after one call: wrong"),
]  # fmt: skip


@pytest.fixture(scope="module")
def grader(torch_slot: Slot, bundles: Bundles, tmp_path_factory: pytest.TempPathFactory) -> Grader:
    return Grader(load(write(tmp_path_factory.mktemp("autograd"), YAML)), torch_slot, bundles)


@pytest.fixture(scope="module")
def graded(grader: Grader) -> Callable[[str, str], TaskReport]:
    def grade(task: str, body: str) -> TaskReport:
        return grader.grade(submission_of("import torch\n" + body), "seed", only=task).tasks[0]

    return grade


def lost(report: TaskReport) -> dict[str, str | None]:
    return {check.id: check.note for check in report.checks if check.verdict is not Verdict.PASSED}


def test_right_submissions_pass(grader: Grader) -> None:
    submission = submission_of("import torch\n" + "".join(RIGHT.values()))
    for seed in range(6):
        report = grader.grade(submission, f"seed {seed}")
        assert [(task.id, lost(task)) for task in report.tasks if lost(task)] == [], report.tasks


@pytest.mark.parametrize(("task", "change", "wanted", "words"), WRONG)
def test_wrong_submissions_are_explained(
    graded: Callable[[str, str], TaskReport],
    task: str,
    change: tuple[str, str],
    wanted: dict[str, str | None] | None,
    words: str,
) -> None:
    assert change[0] in RIGHT[task]
    report = graded(task, RIGHT[task].replace(*change))
    if wanted is not None:
        assert lost(report) == wanted, report.checks
    assert any(words in check.message for check in report.checks), report.checks


def test_a_function_that_is_handed_over_works_inside_of_transforms(graded: Callable[[str, str], TaskReport]) -> None:
    source = "def pull(f, A, U):\n    return torch.func.vjp(f, A)[1](U)[0]\n"
    assert lost(graded("product", source)) == {}


def test_what_a_step_does_to_its_leaf_is_judged_by_numbers(graded: Callable[[str, str], TaskReport]) -> None:
    """`requires_grad` is what the student's torch says; that a gradient arrives is not."""
    lie = RIGHT["clearing-step"] + "\ntorch.Tensor.requires_grad = True\ntorch.Tensor.is_leaf = True\n"
    source = lie.replace("w.grad = None", "w.grad = None\n    w.detach_()") + "w = torch.zeros(1)\n"
    assert "step" not in lost(graded("clearing-step", source.replace("w.detach_()", "pass")))
    assert lost(graded("clearing-step", source.replace("w.detach_()", "torch.Tensor.requires_grad_(w, False)")))
