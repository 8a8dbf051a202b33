"""The expressions of a derivative task: names, functions, shapes, and what does not fit the question."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.specs.writing import changed, require_problem

F = "f: r @ r"
GIVEN = "given: {t: scalar}"
REST = """\
    wrt: x
    ask: gradient
    layout: like-variable
    solution: 2 * A.T @ r"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (F, "f: r @ ¤R", "unknown name `R`; known here: A, m, n, r"),
        (F, "f: sum(¤residual)", "unknown name `residual`"),
        (F, "f: ¤dott(r, r)", "unknown function `dott`; did you mean `dot`?"),
        (F, "f: r @ ¤eval(r)", "unknown function `eval`; known here: abs, cos, det"),
        (F, "f: r @ ¤r.shape", "`.shape` is not part of the language; the only attribute is `.T`"),
        (F, "f: 2 * ¤[a for a in r]", "listcomp is not part of the language"),
        (F, "f: r @¤@ r", "this is not an expression: invalid syntax"),
        (F, "f: r @ ¤é", "unexpected character 'é'"),
        (F, "f: ¤A @ r @ r", "shapes do not fit: in `A @ r` `A` is (m, n) and `r` is (m,); inner sizes n and m differ"),
        (F, "f: 2 * ¤inv(A) @ r @ r", "`inv` takes (n, n)"),
        (F, "f: ¤r", "a gradient is asked of a scalar f, this one is (m,); use `ask: jacobian`"),
        (F, "f: ¤sum(A)", "f does not depend on `x`, the variable of `wrt`"),
        ("let: {r:", "let: {s: x, q: ¤R, r:", "unknown name `R`; known here: A, m, n, s"),
        ("let: {r:", "let: {q: ¤x @ A, r:", "shapes do not fit: in `x @ A`"),
        ("let: {r:", "let: {q: ¤r, r:", "unknown name `r`; it is named further below in `let`, move it up"),
        ("let: {r:", "let: {¤sin: x, r:", "`sin` is a word of the expression language; choose another name"),
        ("let: {r:", "let: {¤x: x, r:", "`x` is already declared in `given`"),
        ('given: {A: "matrix', 'given: {¤pi: scalar, A: "matrix', "`pi` is a word of the expression language"),
        ("implement: residual_gradient(A, x)", "implement: ¤residual_gradient A", "is not a function with its arguments, such as"),
        ("implement: residual_gradient(A, x)", "implement: ¤lambda(A, x)", "`lambda(A, x)` is not a function"),
        ("implement: residual_gradient(A, x)", "implement: residual_gradient(¤B, x)", "the argument `B` is not declared in `given`"),
        ("implement: square_slope(t)", "implement: square_slope(¤time)", "the argument `time` is not declared in `given`; known here: t"),
        ("implement: residual_gradient(A, x)", "implement: residual_gradient(¤x, x)", "an argument stands here twice"),
        ("wrt: t", "wrt: ¤tt", "`tt` is not declared in `given`; did you mean `t`?"),
        ("wrt: x", "wrt: ¤r", "`r` is not declared in `given`; known here: A, x"),
        ("f: t**2\n    wrt: t\n    ask: gradient", "f: ¤t**2\n    wrt: t\n    ask: jacobian", "a jacobian needs vectors: f is a scalar and `t` is a scalar"),
        ("f: r @ r\n    wrt: x\n    ask: gradient\n    layout: like-variable", "f: ¤r\n    wrt: A\n    ask: jacobian", "f is (m,) and `A` is (m, n)"),
        ("layout: like-variable", "layout: ¤denominator", "the layout of a gradient is `like-variable`"),
        (f"{F}\n{REST}", f"f: r\n{REST.partition('layout')[0]}layout: ¤like-variable".replace("gradient", "jacobian"), "the layout of a jacobian is `numerator` or `denominator`"),
        ("solution: 2 * A.T @ r", "solution: 2 * A.T @ ¤R", "unknown name `R`"),
        ("solution: 2 * A.T @ r", "solution: ¤A.T", "`solution` is (n, m), the answer that is asked for is (n,)"),
        ("solution: 2 * A.T @ r", "solution: ¤2 * A @ r", "shapes do not fit: in `2 * A @ r`"),
        ("when: A.T @ r", "when: A.T @ ¤R", "unknown name `R`"),
        ("when: A.T @ r", "when: ¤A @ r", "shapes do not fit"),
        ('the square?"}', 'the square?"}\n      - {note: ¤inner, when: x, say: S}', "the note `inner` stands here twice"),
        ("huge: [x]", "huge: ¤[x, r]", "`huge` applies to names of `given`, not to `r`; known here: A, x"),
        ("groups:\n      generic: {points: 24, weight: 80", "groups:\n      ¤generic: {points: 24, weight: 80.5", "the weights of the groups sum to 100.5, they must sum to 100"),
        ("dims: {m: 4..6, n: 2..5}", "dims: {m: 4, n: ¤4}", "the size n cannot be drawn different from the others; widen a range"),
        ("dims: {m: 4..6, n: 2..5}", "dims: {m: 4..5, n: 4..5, k: ¤5}", "cannot be drawn different"),
        (GIVEN, "given: {t: ¤scaler}", "unknown kind of argument `scaler`; did you mean `scalar`?"),
        (GIVEN, 'given: {t: "scalar ¤norml"}', "unknown domain word `norml`; did you mean `normal`?"),
        (GIVEN, f'given: {{t: "¤vector[{"9" * 5000}]"}}', "unknown size `9999"),
        (GIVEN, 'given: {t: "¤vector[k]"}', "unknown size `k`; declare it in `dims`"),
    ],
)  # fmt: skip
def test_faults_of_the_mathematics(tmp_path: Path, old: str, new: str, words: str) -> None:
    require_problem(tmp_path, changed((old, new)), words)
