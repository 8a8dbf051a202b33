"""`kind: numerical` is read, and blamed at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.domain.assignment import Signature, Visibility
from grader.specs.load import load
from reference.schemes import Differencing
from tests import changing
from tests.specs.writing import require_problem, write

TASK = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: central
    kind: numerical
    points: 4
    implement: central(f, x, h)
    scheme: central
    order: 2
    evaluations: 2*n
    programs:
      cubic: {args: {x: "scalar real[0,2]"}, f: "3*x**3 - 5*x**2"}
      bowl: {args: {x: "vector[n]"}, dims: {n: 2..6}, let: {s: sin(x)}, f: "x @ x + sum(s)", visibility: hidden}
"""


def changed(*changes: tuple[str, str]) -> str:
    return changing.changed(TASK, *changes)


CHOSEN = (
    ("implement: central(f, x, h)", "implement: central(f, x)"),
    ("order: 2", "step: chosen\n    accuracy: 1e-6"),
)


def test_a_task_is_read(tmp_path: Path) -> None:
    (task,) = load(write(tmp_path, TASK)).tasks
    content = task.content
    assert isinstance(content, Differencing)
    assert task.implement == Signature("central", ("f", "x", "h"))
    assert (content.scheme, content.step, content.order, content.accuracy) == ("central", "given", 2.0, None)
    assert content.evaluations is not None
    assert content.evaluations.text == "2*n"
    assert [*task.parts] == ["programs.cubic", "programs.bowl"]
    assert [*task.visibility] == ["cubic", "bowl", "scheme", "order", "evaluations"]
    assert {name for name, word in task.visibility.items() if word is Visibility.HIDDEN} == {"bowl"}


def test_what_is_not_said_is_not_checked(tmp_path: Path) -> None:
    text = changed(*CHOSEN, ("    scheme: central\n", ""), ("    evaluations: 2*n\n", ""))
    (task,) = load(write(tmp_path, text)).tasks
    content = task.content
    assert isinstance(content, Differencing)
    assert (content.scheme, content.evaluations, content.checks) == ("any", None, ("cubic", "bowl"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (changed(("scheme: central", "scheme: ¤centrel")), "did you mean `central`?"),
        (changed(CHOSEN[0], ("order: 2", "step: ¤chosen")), "`step: chosen` needs `accuracy`"),
        (changed(CHOSEN[0], ("    order: 2", "    step: chosen\n    accuracy: 1e-6\n    ¤order: 2")), "`step: chosen` gives it away"),
        (changed(("    order: 2", "    ¤accuracy: 1e-6")), "`accuracy` is said of `step: chosen`"),
        (changed(("    scheme: central\n    order: 2\n", "    scheme: ¤any\n")), "needs `order`, or nothing says what is right"),
        (changed(("    scheme: central\n    order: 2\n", ""), ("central(f, x, h)", "¤central(f, x, h)")), "needs `order`"),
        (changed(("central(f, x, h)", "¤central(f, x)")), "`h`, the step, is not among the arguments"),
        (changed(("central(f, x, h)", "¤central(x, h)")), "`f`, the function, is not among the arguments"),
        (changed(("central(f, x, h)", "¤central(f, h)")), "`x`, the place, is not among the arguments"),
        (changed(("central(f, x, h)", "central(¤f, x, h, k)")), "the argument `k` is not declared in `args`"),
        (changed(("evaluations: 2*n", "evaluations: ¤2*m")), "unknown name `m`; the size of x is called `n`"),
        (changed(("evaluations: 2*n", "evaluations: 2¤*")), "this is not an expression"),
        (changed(("cubic: {", "¤order: {")), "`order` is a check of its own"),
        (changed(('x: "vector[n]"', '¤y: "vector[n]"')), "this variable is called `y`, that of the first program `x`"),
        (changed(('x: "vector[n]"', 'x: "¤matrix[n, n]"'), ("x @ x + sum(s)", "sum(x)")), "not a matrix"),
        (changed(('f: "x @ x + sum(s)"', 'f: "¤x + s"')), "f is (n,); a function with one number as its value"),
        (changed(('f: "x @ x + sum(s)"', 'f: "¤n * 2"')), "f does not depend on `x`"),
        (changed(('f: "x @ x + sum(s)"', 'f: "x @ ¤z"')), "unknown name `z`"),
        (changed(('x: "vector[n]"', 'x: "¤vector[k]"')), "unknown size `k`"),
    ],
)  # fmt: skip
def test_faults(tmp_path: Path, text: str, words: str) -> None:
    require_problem(tmp_path, text, words)


def test_the_variable_is_not_the_function(tmp_path: Path) -> None:
    text = changed(
        ('x: "scalar real[0,2]"', '¤h: "scalar real[0,2]"'), ("3*x**3 - 5*x**2", "h**3"), ("central(f, x, h)", "central(f, h)"),
        ('x: "vector[n]"', 'h: "vector[n]"'), ("sin(x)", "sin(h)"), ("x @ x", "h @ h"),
    )  # fmt: skip
    require_problem(tmp_path, text, "`h` is the name of another argument")
