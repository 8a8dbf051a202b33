"""`kind: autodiff` with `operator`: read, and blamed at the place with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.domain.assignment import Visibility
from grader.domain.operators import Operator
from grader.specs.load import load, row_of
from reference.problem import Problem
from tests import changing
from tests.specs.writing import faults, require_problem, write

TASK = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: pull
    kind: autodiff
    operator: vjp
    points: 4
    implement: pull(f, x, u)
    interface: {value: data, functions: {exp: exp, relu: .relu}}
    cost: {calls: "1"}
    adjoint: push
    programs:
      warp: {args: {x: "vector[n]", A: "matrix[m, n]"}, dims: {m: 2..4, n: 3..5}, f: "exp(A @ x)"}
      pair: {args: {x: "vector[2]"}, let: {s: sum(x)}, f: "[s, relu(x[0])]", points: 4, visibility: hidden}
"""
SLOPE = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: slope
    kind: autodiff
    operator: derivative
    points: 4
    implement: slope(f, x)
    nested: [second, confusion]
    programs:
      cubic: {args: {x: scalar}, f: "x**3"}
"""


def changed(*changes: tuple[str, str], text: str = TASK) -> str:
    return changing.changed(text, *changes)


def read(folder: Path, text: str) -> Operator:
    content = load(write(folder, text)).tasks[0].content
    assert isinstance(content, Operator)
    return content


def test_a_task_is_read(tmp_path: Path) -> None:
    (task,) = load(write(tmp_path, TASK)).tasks
    content = task.content
    assert isinstance(content, Operator)
    assert task.kind == "autodiff.operator"
    assert (content.word, content.value, content.partner, content.functions) == (
        "vjp", "data", "push", {"exp": "exp", "relu": ".relu"},
    )  # fmt: skip
    assert content.cost is not None
    assert (content.cost.law, content.cost.exactly) == ("1", True)
    assert [*task.parts] == ["programs.warp", "programs.pair"]
    warp = task.parts["programs.warp"]
    assert isinstance(warp, Problem)
    assert (warp.ask, warp.along, [str(size) for size in warp.shape]) == ("vjp", "u", ["n"])
    assert [str(size) for size in dict(warp.given)["u"].shape] == ["m"]
    assert content.programs["pair"].points == 4


def test_programs_have_sixty_percent_and_laws_the_rest(tmp_path: Path) -> None:
    shares = read(tmp_path, TASK).shares
    assert [*shares] == ["warp", "pair", "cost", "linearity", "kinks", "adjoint"]
    assert shares["warp"] == shares["pair"] == 0.3
    assert shares["cost"] == shares["adjoint"] == 0.1
    assert sum(shares.values()) == pytest.approx(1)


def test_weights_may_be_written(tmp_path: Path) -> None:
    weights = "    weights: {warp: 30, pair: 10, cost: 30, linearity: 10, kinks: 10, adjoint: 10}\n"
    assert read(tmp_path, TASK + weights).shares["cost"] == 0.3


def test_programs_alone_have_all(tmp_path: Path) -> None:
    assert read(tmp_path, changed(("    nested: [second, confusion]\n", ""), text=SLOPE)).shares == {"cubic": 1.0}


def test_second_derivatives_have_parts_of_their_own(tmp_path: Path) -> None:
    (task,) = load(write(tmp_path, SLOPE)).tasks
    assert {name: part.ask for name, part in task.parts.items()} == {
        "programs.cubic": "gradient", "programs.cubic.second": "hessian",
    }  # fmt: skip
    assert [*task.visibility] == ["cubic", "second", "confusion"]


def test_laws_are_tried_with_what_everybody_sees_who_sees_them(tmp_path: Path) -> None:
    """A law that is tried with a hidden program would tell of it."""
    (task,) = load(write(tmp_path, TASK)).tasks
    assert isinstance(task.content, Operator)
    assert task.content.tried == ("warp",)
    assert task.visibility["cost"] is Visibility.VISIBLE
    all_hidden = changed(('f: "exp(A @ x)"}', 'f: "exp(A @ x)", visibility: hidden}'))
    (task,) = load(write(tmp_path, all_hidden)).tasks
    assert isinstance(task.content, Operator)
    assert task.content.tried == ("warp", "pair")
    assert set(task.visibility.values()) == {Visibility.HIDDEN}
    shown = changed(
        ("visibility: hidden", "visibility: visible"), ("operator: vjp", "operator: vjp\n    visibility: hidden")
    )
    (task,) = load(write(tmp_path, shown)).tasks
    assert isinstance(task.content, Operator)
    assert task.content.tried == ("pair",)
    assert (task.visibility["cost"], task.visibility["warp"]) == (Visibility.VISIBLE, Visibility.HIDDEN)


@pytest.mark.parametrize(
    ("operator", "implement", "x", "f", "ask"),
    [
        ("derivative", "op(f, x)", "scalar", "x**2", "gradient"),
        ("second-derivative", "op(f, x)", "scalar", "x**2", "hessian"),
        ("gradient", "op(f, x)", "vector[3]", "x @ x", "gradient"),
        ("jvp", "op(f, x, v)", "vector[3]", "x @ x", "jvp"),
        ("jvp", "op(g, x, w)", "vector[3]", "2 * x", "jvp"),
        ("jacobian", "op(f, x)", "vector[3]", "2 * x", "jacobian"),
        ("hvp", "op(f, x, v)", "vector[3]", "x @ x", "hvp"),
    ],
)
def test_every_operator_is_read(tmp_path: Path, operator: str, implement: str, x: str, f: str, ask: str) -> None:
    text = SLOPE.partition("    operator")[0] + (
        f'    operator: {operator}\n    points: 1\n    implement: {implement}\n    programs: {{p: {{args: {{x: "{x}"}}, f: "{f}"}}}}\n'
    )
    (task,) = load(write(tmp_path, text)).tasks
    assert task.parts["programs.p"].ask == ask


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (changed(("implement: pull(f, x, u)", "implement: ¤pull(f, x)")), "an operator `vjp` takes the function, the point and the cotangent, such as `pull(f, x, u)`"),
        (changed(("implement: pull(f, x, u)", "implement: ¤class Pull")), "is not a function with its arguments"),
        (changed(("operator: vjp", "operator: ¤vjb")), "`vjb` cannot stand here; did you mean `vjp`?"),
        (changed(("    adjoint", "    ¤adjont")), "unknown key `adjont`; did you mean `adjoint`?"),
        (changed(("exp: exp,", "exp: exp, ¤expo: exp,")), "`expo` is not a function of single numbers; did you mean `exp`?"),
        (changed(("value: data", "value: ¤data(1)")), "`data(1)` cannot stand here"),
        (changed(("relu: .relu", "relu: ¤my relu")), "`my relu` is neither a function of the student's file, `exp`, nor a method of the numbers, `.exp`"),
        (changed(('cost: {calls: "1"}', "cost: ¤{}")), "`cost` has one law: `calls: n`, or `at_most: n` where fewer are as good"),
        (changed(('cost: {calls: "1"}', "cost: ¤{calls: n, at_most: m}")), "`cost` has one law"),
        (changed(('cost: {calls: "1"}', "cost: {calls: ¤k}")), "unknown name `k`; a law is written in n, the entries of x, and m, those of f(x)"),
        (changed(('cost: {calls: "1"}', 'cost: {calls: "2 + ¤k"}')), "unknown name `k`"),
        (changed(('cost: {calls: "1"}', 'cost: {calls: "[n, m]"}'.replace('"[', '"¤['))), "a law is one number, this one is (2,)"),
        (changed(('cost: {calls: "1"}', "cost: ¤{calls: m}"), ("A @ x", "x"), (', A: "matrix[m, n]"}, dims: {m: 2..4, n: 3..5}', "}, dims: {n: 3..5}")), "calls for each entry of x and of f look the same; add a program where they differ"),
        (changed(("implement: slope(f, x)", "implement: ¤slope(f, x, y)"), text=SLOPE), "such as `slope(f, x)`, or f alone where it returns a function, `slope(f)`"),
        (changed(('cost: {calls: "1"}', 'cost: {calls: "2 * ¤(n"}')), "'(' was never closed"),
        (changed(("operator: vjp", "operator: vjp\n    ¤layout: numerator")), "`layout` is said of a jacobian, not of `operator: vjp`"),
        (changed(("operator: vjp", "operator: vjp\n    ¤nested: [second]")), "`nested` is said of `operator: derivative or second-derivative`, not of `vjp`"),
        (changed(("operator: derivative", "operator: second-derivative"), ("[second,", "[¤second,"), text=SLOPE), "`second` is said of `operator: derivative`"),
        (changed(("    nested", "    ¤adjoint: push\n    nested"), text=SLOPE), "`adjoint` pairs a vjp with the student's jvp"),
        (changed(("      cubic", "      ¤second"), text=SLOPE), "`second` is the name of another check; call the program otherwise"),
        (changed(("      pair: {args: {x: ", "      pair: {args: ¤{y: "), ("sum(x)", "sum(y)"), ("relu(x[0])", "relu(y[0])")), "`x`, the point of `implement`, is not declared here; the others are known to f alone"),
        (changed(('args: {x: "vector[2]"}', 'args: {x: "¤scalar"}'), ("let: {s: sum(x)}, ", ""), ("[s, relu(x[0])]", "[x, relu(x)]")), "`operator: vjp` takes a vector, `x` is a scalar"),
        (changed(("args: {x: scalar}", 'args: {x: "¤vector[2]"}'), ('f: "x**3"', 'f: "sum(x)"'), text=SLOPE), "`operator: derivative` takes a scalar, `x` is (2,)"),
        (changed(('f: "x**3"', 'f: "¤[x, x]"'), text=SLOPE), "`operator: derivative` is asked of a scalar f, this one is (2,)"),
        (changed(('f: "exp(A @ x)"', 'f: "¤outer(x, x)"')), "`operator: vjp` is asked of a scalar or vector f, this one is (n, n)"),
        (changed(('f: "exp(A @ x)"', 'f: "¤exp(A @ A.T)[0]"')), "f does not depend on `x`"),
        (changed(('f: "exp(A @ x)"', 'f: "¤sin(A @ x)"')), "`sin` is not in `interface.functions`, which says what the student's own one is called"),
        (changed(('f: "exp(A @ x)"', 'f: "x * ¤logdet(A @ A.T)"')), "`logdet` cannot be worked out on a student's numbers; write it with + - * / ** @ sum and functions"),
        (changed(("let: {s: sum(x)}", "let: {s: ¤norm(x)}")), "`norm` cannot be worked out on a student's numbers"),
        (changed(('A: "matrix[m, n]"', 'u: "matrix[m, n]"'), ('f: "exp(A @ x)"', 'f: "exp(u @ x)"'), ("args: {x: \"vector[n]\"", "args: ¤{x: \"vector[n]\"")), "`u` is already declared in `args`"),
        (changed(("n: 3..5", "n: 3..200"), ('{args: {x: "vector[n]"', '{args: {x: "¤vector[n]"')), "at most 100 entries can stand here, each of which is one of the student's numbers"),
        (changed(("points: 4\n    implement: pull", "points: 4\n    arguments: ¤torch\n    implement: pull"), ("title: Demo", "title: Demo\nruntime: torch")), "an operator gets plain numbers and numpy arrays; leave `arguments` out"),
        (TASK + "    weights: ¤{warp: 50, pair: 50}\n", "a weight is missing here: cost, linearity, kinks, adjoint"),
        (TASK + "    weights: ¤{warp: 50, pair: 10, cost: 30, linearity: 10, kinks: 10, adjoint: 10}\n", "the weights of the checks sum to 120, they must sum to 100"),
        (TASK + "    weights: {warp: 30, pair: 10, cost: 30, linearity: 10, kinks: 10, adjoint: 10, ¤kink: 1}\n", "there is no check `kink`; did you mean `kinks`?"),
        (changed(("kind: autodiff", "kind: ¤autodiff.operator")), "unknown kind `autodiff.operator`"),
    ],
)  # fmt: skip
def test_faults_are_blamed_at_their_place(tmp_path: Path, text: str, words: str) -> None:
    require_problem(tmp_path, text, words)


def test_the_key_tells_the_form_of_a_kind() -> None:
    assert row_of({"kind": "autodiff", "operator": "jvp"}) == "autodiff.operator"
    assert row_of({"kind": "autodiff", "mode": "reverse"}) == "autodiff"
    assert row_of({"kind": "derivative", "operator": "jvp"}) == "derivative"


def test_all_faults_are_found_at_once(tmp_path: Path) -> None:
    text = changed(("exp: exp,", "expo: exp,"), ("sum(x)", "sum(z)"), ('cost: {calls: "1"}', "cost: {calls: k}"))
    found = [words for _, _, words in faults(write(tmp_path, text))]
    assert len(found) == 4, found  # the exp of a program is not the student's either
