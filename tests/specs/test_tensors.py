"""Classes of tensors: read whole, and every fault of their author blamed at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.checks import autodiff
from grader.domain.autodiff import Autodiff
from grader.specs.load import load
from reference.program import Programs
from reference.tensorprograms.parts import Descent, TensorPrograms
from tests import changing
from tests.specs.writing import MARK, problems, require_problem, write

VALID = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: tensor
    kind: autodiff
    points: 20
    mode: reverse
    implement: class Tensor
    numbers: tensors
    interface:
      make: Tensor(value)
      value: data
      gradient: grad
      backward: backward( cotangent )
      functions: {sum: .sum, tanh: tanh, transpose: .transpose}
    ops: [add, mul, broadcast, matmul, sum, tanh, transpose]
    programs:
      layer: {args: {X: "matrix[m, n]", W: "matrix[n, k]", b: "vector[k]"}, dims: {m: 2..4, n: 2..4, k: 3}, f: "tanh(X @ W + b)"}
      stacks: {args: {S: "stack[2, m, n] nonzero", A: "matrix[n, 3]"}, dims: {m: 2..4, n: 2..4}, f: "sum(S @ A) * m"}
      loss: {args: {x: "vector[n]", y: "vector[n] onehot"}, dims: {n: 3..5}, f: "logsumexp(x) - sum(x * y)", call: "loss(x, y)"}
      steps: {args: {x: "vector[n]", c: scalar}, dims: {n: 3..5}, f: "c * (x @ x)", descend: {implement: "train(x, c, rate, steps)", wrt: [x], rate: 0.1, steps: 4}}
    graphs: [diamond]
"""


def changed(*changes: tuple[str, str]) -> str:
    return changing.changed(VALID, *changes)


def test_all_of_it_is_read(tmp_path: Path) -> None:
    (task,) = load(write(tmp_path, VALID)).tasks
    read = task.content
    assert isinstance(read, Autodiff)
    assert (read.tensors, read.interface.takes_cotangent) == (True, True)
    assert {name: str(call) for name, call in read.calls.items()} == {"loss": "loss(x, y)"}
    assert {name: str(call) for name, call in read.descents.items()} == {"steps": "train(x, c, rate, steps)"}
    assert isinstance(task.parts["programs.steps"], Descent)
    ((_, loss),) = task.parts["programs.loss"].cases
    assert (loss.names, loss.moving) == (("x", "y"), ("x",))
    assert isinstance(task.parts["ops.add"], Programs)
    assert isinstance(task.parts["ops.transpose"], TensorPrograms)
    assert "transpose(A, (1, 2, 0))" in dict(task.parts["ops.transpose"].cases)
    forms = dict(task.parts["ops.broadcast"].cases)
    assert {form.split()[1] for form in forms} == {"+", "*"}
    assert sum(dict(autodiff.shares(task)).values()) == pytest.approx(1)


def test_without_an_order_of_axes_only_matrices_are_transposed(tmp_path: Path) -> None:
    (task,) = load(write(tmp_path, changed((", transpose: .transpose}", "}")))).tasks
    assert [*dict(task.parts["ops.transpose"].cases)] == ["A.T", "A.T of a square matrix"]


def test_a_number_beside_an_array_is_broadcast(tmp_path: Path) -> None:
    text = changed((", broadcast,", ","), ('f: "tanh(X @ W + b)"', 'f: "tanh(X @ W + X @ W) * b[0]"'))
    scaled = text.replace('b: "vector[k]"', "b: scalar").replace("b[0]", "b")
    assert {words for *_, words in problems(tmp_path, scaled)} == {
        "`tanh(X @ W + X @ W) * b` needs the operation `broadcast`, which is not among `ops`"
    }


def test_programs_alone(tmp_path: Path) -> None:
    alone = changed(
        ("    ops: [add, mul, broadcast, matmul, sum, tanh, transpose]\n", ""), ("    graphs: [diamond]\n", "")
    )
    kept = [line for line in alone.splitlines() if not line.startswith(("      layer", "      stacks"))]
    (task,) = load(write(tmp_path, "\n".join(kept) + "\n")).tasks
    assert dict(autodiff.shares(task)) == {"loss": 0.5, "steps": 0.5}


FAULTS = [
    (("numbers: tensors", "numbers: arrays"), "`arrays` cannot stand here; known here: scalars, tensors"),
    (("ops: [add,", "ops: [¤plus, add,"), "unknown operation `plus`"),
    (("tanh, transpose]", "tanh, transpose, ¤softmax]"), "`interface.functions` does not say how `softmax` is called"),
    (("ops: [add, mul, broadcast,", "ops: [broadcast, neg,"), "`broadcast` needs one of add, sub, mul, truediv among `ops`"),
    (("ops: [add, mul, broadcast,", "ops: [add, mul,"), "`X @ W + b` needs the operation `broadcast`, which is not among `ops`"),
    (('f: "tanh(X @ W + b)"', 'f: "tanh(¤X @ W - b)"'), "`X @ W - b` needs the operation `sub`, which is not among `ops`"),
    (('f: "sum(S @ A) * m"', 'f: "¤sum(S @ A) / m"'), "`sum(S @ A) / m` needs the operation `truediv`, which is not among `ops`"),
    (('f: "tanh(X @ W + b)"', 'f: "¤W @ X + b"'), "shapes do not fit: in `W @ X` `W` is (n, k) and `X` is (m, n); inner sizes k and m differ"),
    (('f: "tanh(X @ W + b)"', 'f: "tanh(¤X + W) + b"'), "shapes do not fit: in `X + W`"),
    (('f: "sum(S @ A) * m"', 'f: "sum(S @ A) * m + ¤S[0, 0, 0]"'), "`S[0, 0, 0]` cannot stand in a program of tensors"),
    (('f: "c * (x @ x)"', 'f: "c * ¤prod(x)"'), "`prod(x)` cannot stand in a program of tensors"),
    (('"stack[2, m, n] nonzero"', '"¤stack[m, n]"'), "a stack has 3 sizes in brackets, 2 given"),
    (('"stack[2, m, n] nonzero"', '"stack[2, m, n] ¤onehot"'), "`onehot` is said of a vector or matrix, not of a stack"),
    (('"stack[2, m, n] nonzero"', '"¤stack[101, m, n]"'), "`S` has more than 400 entries; make it smaller"),
    (('"c * (x @ x)"', '"x @ x"'), "f does not use `c`"),
    (('call: "loss(x, y)"', 'call: "¤loss(x)"'), "the argument `y` is missing in `loss(x)`"),
    (('call: "loss(x, y)"', 'call: "loss(x, z)"'), "the argument `z` is not among the arguments of the program"),
    (('"train(x, c, rate, steps)"', '"¤train(x, c, rate)"'), "the argument `steps` is missing in `train(x, c, rate)`"),
    (("wrt: [x]", "wrt: [¤z]"), "`z` is no argument that can be moved"),
    (("descend:", '¤call: "f(x, c)", descend:'), "a program is computed by `call`, or descended on; write two"),
    (('f: "c * (x @ x)"', 'f: "¤c * x"'), "f is (n,); what is descended on is a number"),
    (("rate: 0.1", "rate: ¤0"), "`0` is too small: it must be more than 0"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), FAULTS, ids=[change[1][:40] for change, _ in FAULTS])
def test_faults(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    marked = changed(change)
    if MARK in marked:
        require_problem(tmp_path, marked, words)
        return
    assert any(words in text for *_, text in problems(tmp_path, marked))


OF_TASKS = [
    ((("mode: reverse", "mode: forward"), ("gradient: grad", "derivative: grad"), ("      backward: backward( cotangent )\n", ""), ("make: Tensor(value)", 'make: "Tensor(value, derivative)"')), "tensors are asked for in reverse mode"),
    ((("backward( cotangent )", "backward()"), ("sum: .sum, ", "")), "without `sum` here, by which a result becomes a number, nothing but ones can arrive at it"),
    ((("    numbers: tensors\n", ""),), "unknown function `transpose`"),
    ((('x: "vector[n]", c: scalar', 'x: "vector[n] integer", c: "scalar integer"'),), "all of these are whole numbers by meaning, so that nothing has a gradient"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), OF_TASKS, ids=[words[:30] for _, words in OF_TASKS])
def test_faults_of_the_task(tmp_path: Path, changes: tuple[tuple[str, str], ...], words: str) -> None:
    assert any(words in text for *_, text in problems(tmp_path, changed(*changes)))


SCALARS = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: value
    kind: autodiff
    points: 1
    mode: reverse
    implement: class Value
    interface: {make: Value(value), value: data, gradient: grad, backward: backward()}
    ops: [mul]
    programs:
      square: {args: {a: scalar}, f: a * a}
"""


def test_what_is_said_of_tensors_alone(tmp_path: Path) -> None:
    marked = SCALARS.replace("f: a * a", "f: a * a, ¤call: square(a)")
    require_problem(tmp_path, marked, "`call` is said of `numbers: tensors`")


def test_nothing_is_asked(tmp_path: Path) -> None:
    nothing = SCALARS[: SCALARS.index("    ops:")]
    require_problem(
        tmp_path,
        nothing.replace("  - id: value", "  - ¤id: value"),
        "neither `ops` nor `programs` nor `graphs`: nothing is asked here",
    )
