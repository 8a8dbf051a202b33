"""Directions, cotangents, points of a special character and shares: read, and blamed at their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.specs.load import load
from reference.problem import Problem
from tests.specs.writing import changed, faults, require_problem, write

TASK = "    wrt: x\n    ask: gradient\n    layout: like-variable\n    solution: 2 * A.T @ r\n"
MISCONCEPTIONS = (
    '    misconceptions:\n      - {note: inner, when: A.T @ r, say: "What does x change inside of the square?"}\n'
)
IMPLEMENT = "implement: residual_gradient(A, x)"


def asked(ask: str, *more: tuple[str, str], implement: str = "residual(A, x)", f: str = "r @ r") -> str:
    return changed(
        (TASK, f"    wrt: x\n    ask: {ask}\n"), (MISCONCEPTIONS, ""), (IMPLEMENT, f"implement: {implement}"),
        ("f: r @ r", f"f: {f}"), *more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "implement", "f", "along", "shape"),
    [
        ("jvp\n    direction: v", "residual(A, x, v)", "r", "v", ["m"]),
        ("vjp\n    cotangent: u", "residual(A, x, u)", "r", "u", ["n"]),
        ("hvp\n    direction: v", "residual(A, x, v)", "r @ r", "v", ["n"]),
        ("hessian", "residual(A, x)", "r @ r", "", ["n", "n"]),
    ],
)
def test_every_ask_is_read(tmp_path: Path, ask: str, implement: str, f: str, along: str, shape: list[str]) -> None:
    content = load(write(tmp_path, asked(ask, implement=implement, f=f))).tasks[1].content
    assert isinstance(content, Problem)
    assert (content.along, [str(size) for size in content.shape]) == (along, shape)
    if along:
        held = dict(content.given)[along]
        assert [str(size) for size in held.shape] == (["m"] if along == "u" else ["n"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (asked("¤jvp", f="r"), "`ask: jvp` needs `direction`, the name of the argument that holds it"),
        (asked("¤vjp", f="r"), "`ask: vjp` needs `cotangent`, the name of the argument that holds it"),
        (asked("gradient\n    ¤direction: v"), "`direction` is not said of `ask: gradient`"),
        (asked("jvp\n    direction: v", f="r", implement="¤residual(A, x)"), "`v` is not among the arguments; a jvp needs it"),
        (asked("jvp\n    direction: ¤x", f="r"), "`x` is already declared in `given`; `direction` declares it, take it out there"),
        (asked("hessian", f="¤r"), "a hessian is asked of a scalar f, this one is (m,)"),
        (asked("gradient", f="¤r"), "this one is (m,); use `ask: jacobian`"),
        (asked("hessian", ("    wrt: x", "    wrt: ¤A")), "a hessian needs a scalar or vector variable: `A` is (m, n)"),
        (asked("gradient\n    layout: ¤structured", ("    wrt: x", "    wrt: A")), "a structured gradient is one in a symmetric matrix; declare `A` as `symmetric` or `spd`, or ask for `like-variable`"),
        (asked("hessian\n    layout: ¤numerator"), "the layout of a hessian is `like-variable`"),
    ],
)  # fmt: skip
def test_faults_of_asks(tmp_path: Path, text: str, words: str) -> None:
    require_problem(tmp_path, text, words)


@pytest.mark.parametrize(
    "special", ["ill: [A]", "near_null: [A]", "at_zero: [r]", "kink: [A @ x]", "ties: [x]", "ones: [x]"]
)
def test_special_points_are_read(tmp_path: Path, special: str) -> None:
    assert faults(write(tmp_path, changed(("huge: [x]", special)))) == []


@pytest.mark.parametrize(
    ("special", "words"),
    [
        ("ill: ¤[x]", "`ill` applies to matrices whose condition can be chosen, not to `x`, a vector"),
        ("near_null: ¤[x]", "`near_null` takes a matrix that `x` can be multiplied with, `x` is (n,) and `x` is (n,)"),
        ("near_null: ¤[A.T]", "`near_null` takes a matrix that `x` can be multiplied with, `A.T` is (n, m)"),
        ("ties: ¤[r @ r]", "`ties` takes a vector or matrix whose entries are to be equal, not `r @ r`"),
        ("kink: [¤q]", "unknown name `q`"),
        ("kink: ¤['3']", "`kink` takes an expression that points can change, not `3`"),
        ("zero: x, huge: ¤[x]", "`x` cannot be `zero` and `huge` at once; make two groups"),
    ],
)
def test_faults_of_special_points(tmp_path: Path, special: str, words: str) -> None:
    found = faults(write(tmp_path, changed(("huge: [x]", special.replace("¤", "")))))
    assert len(found) == 1
    assert words in found[0][2]


@pytest.mark.parametrize(
    ("declared", "word"),
    [("matrix[m, n] positive", "positive"), ("matrix[m, n] integer", "integer"), ("matrix[m, n] onehot", "onehot")],
)
def test_a_condition_that_a_word_leaves_no_choice_of(tmp_path: Path, declared: str, word: str) -> None:
    text = changed(("huge: [x]", "ill: [A]"), ('A: "matrix[m, n]"', f'A: "{declared}"'))
    (fault,) = faults(write(tmp_path, text))
    assert fault[2] == f"`ill` applies to matrices whose condition can be chosen, not to `A`, which is {word}"


def test_shares(tmp_path: Path) -> None:
    (task,) = load(
        write(tmp_path, changed(("requires: square", "requires: square\n    cancelling: 90%\n    approximate: 0%")))
    ).tasks[1:]
    assert (task.cancelling, task.approximate) == (0.9, 0.0)
    assert (load(tmp_path / "demo").tasks[0].cancelling, load(tmp_path / "demo").tasks[0].approximate) == (1.0, 0.4)
