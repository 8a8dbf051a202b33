"""`kind: lagrangian`: what its keys make, and every fault at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.lint import lint_all
from grader.specs import handed_over
from grader.specs.load import load
from reference.constrained import ARGUMENTS, ConstrainedProblem
from tests import changing
from tests.specs.writing import problems, require_problem, write

VALID = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: nearest-point
    kind: lagrangian
    points: 17
    convention: f - lam*g
    unknowns: {x: "vector[4]"}
    let: {t: "[1, 2, 3, 4]"}
    f: sum((x - t)**2)
    constraints:
      - {name: plane, zero: "x[0] - 2"}
      - {name: circle, zero: "x[2]**2 + x[3]**2 - 2"}
    ask:
      lagrangian: {implement: "lagrangian(x, lam)", points: 2}
      system: {implement: "system(x, lam)", points: 3}
      multipliers: {implement: "multipliers(x)", points: 2}
      solve: {implement: "solve()", points: 4, accept: minimum, visibility: hidden}
      stationary: {implement: "stationary_points()", points: 3, accuracy: 1e-6}
      classify: {implement: "classify(x, lam)", points: 3}
"""


def changed(old: str, new: str) -> str:
    return changing.changed(VALID, (old, new))


def test_what_the_keys_make(tmp_path: Path) -> None:
    (task,) = load(write(tmp_path, VALID)).tasks
    problem = task.content
    assert isinstance(problem, ConstrainedProblem)
    assert problem == task.parts[""]
    assert (problem.unknown, problem.size, problem.sign) == ("x", 4, -1.0)
    assert [name for name, _ in problem.constraints] == ["plane", "circle"]
    assert [str(function) for function in task.implements] == [
        "lagrangian(x, lam)", "system(x, lam)", "multipliers(x)", "solve()", "stationary_points()", "classify(x, lam)",
    ]  # fmt: skip
    assert sum(ask.share for ask in problem.asks) == pytest.approx(1)
    solve, stationary = problem.ask("solve"), problem.ask("stationary")
    assert solve is not None
    assert stationary is not None
    assert (solve.accept, solve.accuracy) == ("minimum", 0.0)
    assert stationary.accuracy == 1e-6
    assert problem.ask("tangent") is None
    assert {check: word.word for check, word in task.visibility.items()} == {
        "lagrangian": "visible", "system": "visible", "multipliers": "visible", "solve": "hidden",
        "stationary": "visible", "classify": "visible",
    }  # fmt: skip


def test_everything_may_be_asked_and_in_any_order_of_arguments(tmp_path: Path) -> None:
    asked = "".join(
        f'      {name}: {{implement: "f_{name}({", ".join(reversed(ARGUMENTS[name]))})", points: 1'
        f"{', accept: global' if name == 'solve' else ''}}}\n"
        for name in ARGUMENTS
    )
    text = VALID.partition("      lagrangian:")[0].replace("points: 17", f"points: {len(ARGUMENTS)}") + asked
    (task,) = load(write(tmp_path, text)).tasks
    assert [check for check in task.visibility] == list(ARGUMENTS)
    assert str(task.implements[0]) == "f_lagrangian(lam, x)"


@pytest.mark.parametrize(
    ("written", "sign"), [("f - lam*g", -1.0), ("f + lam*g", 1.0), ("f-lam * g", -1.0), ("f +lam*g", 1.0)]
)
def test_conventions(tmp_path: Path, written: str, sign: float) -> None:
    (task,) = load(write(tmp_path, changed("convention: f - lam*g", f"convention: {written}"))).tasks
    assert isinstance(task.content, ConstrainedProblem)
    assert task.content.sign == sign


def test_what_points_are_worth_does_not_make_another_bundle(tmp_path: Path) -> None:
    def digest(text: str) -> str:
        (task,) = load(write(tmp_path, text)).tasks
        found: str = task.parts[""].digest()
        return found

    first = digest(VALID)
    assert digest(VALID.replace("points: 17", "points: 18").replace("points: 2}", "points: 2.5}")) == first
    assert digest(changed("f - lam*g", "f + lam*g")) != first
    assert digest(changed("x[0] - 2", "x[0] - 3")) != first
    assert digest(changed("accept: minimum", "accept: maximum")) != first
    assert digest(changed('"vector[4]"', '"vector[4] positive"')) != first


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("convention: f - lam*g", "convention: ¤f * lam*g", "`f * lam*g` cannot stand here; did you mean `f - lam*g`?"),
        ('unknowns: {x: "vector[4]"}', "unknowns: {x: ¤scalar}", "an unknown is a vector of a fixed size, such as `vector[4]`, not `scalar`"),
        ('unknowns: {x: "vector[4]"}', 'unknowns: {x: "¤vector[n]"}', "an unknown is a vector of a fixed size, such as `vector[4]`, not `vector[n]`"),
        ('unknowns: {x: "vector[4]"}', 'unknowns: {x: "vector[4] ¤positve"}', "unknown domain word `positve`; did you mean `positive`?"),
        ('unknowns: {x: "vector[4]"}', 'unknowns: {x: "vector[4]", ¤y: "vector[2]"}', "there is one unknown, a vector: write its entries as `x[0]`, `x[1]`"),
        ('unknowns: {x: "vector[4]"}\n    let: {t: "[1, 2, 3, 4]"}\n    f: sum((x - t)**2)', 'unknowns: {x: "¤vector[61]"}\n    let: {t: "[1, 2, 3, 4]"}\n    f: sum(x * x)', "stationary points are searched for in at most 60 unknowns, these are 61"),
        ("let: {t:", "let: {¤lam: x, t:", "`lam` is what the multipliers are called"),
        ("let: {t:", "let: {¤x: x, t:", "`x` is already declared in `unknowns`"),
        ("f: sum((x - t)**2)", "f: ¤x - t", "f is a scalar, this one is (4,)"),
        ("f: sum((x - t)**2)", "f: ¤sum(t)", "f depends on the unknown `x`, this one does not"),
        ("f: sum((x - t)**2)", "f: sum((x - ¤s)**2)", "unknown name `s`"),
        ("f: sum((x - t)**2)", "f: ¤lam * sum(x)", "unknown name `lam`"),
        ('zero: "x[0] - 2"', 'zero: "¤x - 2"', "a constraint is a scalar, this one is (4,)"),
        ('zero: "x[0] - 2"', 'zero: "¤t[0] - 2"', "a constraint depends on the unknown `x`, this one does not"),
        ('zero: "x[0] - 2"', 'zero: "¤x[4] - 2"', "subscript 4 is out of range: the entries are 0 to 3"),
        ("name: circle", "name: ¤plane", "the name `plane` stands here twice"),
        ("name: circle", "name: circle, ¤names: 2", "unknown key `names`; did you mean `name`?"),
        ("points: 17", "points: ¤16", "the points of what is asked sum to 17, those of the task are 16"),
        ("solve: {implement: \"solve()\", points: 4, accept: minimum,", "solve: ¤{implement: \"solve()\", points: 4,", "`solve` needs `accept`, what counts as a solution: minimum, maximum, stationary, global"),
        ("accept: minimum", "accept: ¤least", "`least` cannot stand here; known here: global, maximum, minimum, stationary"),
        ("accuracy: 1e-6", "¤accept: minimum", "`accept` is said of `solve`, not of `stationary`"),
        ('"classify(x, lam)", points: 3', '"classify(x, lam)", points: 3, ¤accuracy: 1e-6', "`accuracy` is said of answers that are numbers, not of `classify`"),
        ("accuracy: 1e-6", "accuracy: ¤0.5", "`0.5` is too large: the most is 0.01"),
        ('"multipliers(x)"', '"multipliers(¤y)"', "the argument `y` is not what `multipliers` is called with; known here: x"),
        ('"solve()"', '"solve(¤x)"', "the argument `x` is not taken: `solve` is called without any"),
        ('"classify(x, lam)"', '"¤classify(x)"', "`classify` is called with (x, lam); write both"),
        ('"multipliers(x)"', '"¤multipliers()"', "`multipliers` is called with (x)"),
        ('"multipliers(x)"', '"multipliers(¤x, x)"', "an argument stands here twice"),
        ('"stationary_points()"', '"¤solve()"', "the function `solve` is asked for twice"),
        ("multipliers: {", "¤multiplier: {", "unknown key `multiplier`; did you mean `multipliers`?"),
    ],
)  # fmt: skip
def test_faults(tmp_path: Path, old: str, new: str, words: str) -> None:
    require_problem(tmp_path, changed(old, new), words)


def test_a_multiplier_cannot_be_the_unknown(tmp_path: Path) -> None:
    text = VALID.replace("x", "lam").replace("lamed", "xed")
    found = problems(tmp_path, text)
    assert any("`lam` is what the multipliers are called" in words for _, _, words in found)


def test_nothing_asked(tmp_path: Path) -> None:
    marked = VALID.partition("    ask:")[0] + "    ask: ¤{}\n"
    require_problem(tmp_path, marked, "nothing is asked; write one or more of lagrangian, system, multipliers")


def test_more_constraints_than_unknowns(tmp_path: Path) -> None:
    lines = "".join(f'      - {{name: c{k}, zero: "x[{k}] - 1"}}\n' for k in range(4))
    marked = changed("    ask:", f"{lines}    ask:").replace("constraints:\n      -", "constraints:\n      ¤-")
    require_problem(
        tmp_path, marked, "there are 6 constraints for 4 entries of the unknown, so their gradients are dependent"
    )


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    text = (
        changed("f: sum((x - t)**2)", "f: x").replace('"multipliers(x)"', '"multipliers()"').replace("circle", "plane")
    )
    assert len(problems(tmp_path, text)) == 3


FAMILY = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: program
    kind: lagrangian
    points: 6
    given: {Q: "matrix[2, 2] spd", A: "matrix[1, 2]", b: scalar}
    unknowns: {x: "vector[2]"}
    f: x @ Q @ x / 2
    constraints:
      - {name: line, zero: "A[0] @ x - b"}
    ask:
      system: {implement: "system(x, lam, A, b, Q)", points: 2}
      solve: {implement: "solve(Q, A, b)", points: 2, accept: minimum}
      classify: {implement: "kind(lam, Q, x)", points: 2}
"""


def test_numbers_that_are_given(tmp_path: Path) -> None:
    (task,) = load(write(tmp_path, FAMILY)).tasks
    problem = task.content
    assert isinstance(problem, ConstrainedProblem)
    assert [name for name, _ in problem.given] == ["Q", "A", "b"]
    assert [str(function) for function in task.implements] == [
        "system(x, lam, A, b, Q)", "solve(Q, A, b)", "kind(lam, Q, x)",
    ]  # fmt: skip
    wider = FAMILY.replace("b: scalar", "b: scalar positive")
    assert load(write(tmp_path, wider)).tasks[0].parts[""].digest() != problem.digest()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("b: scalar", "b: scalar, c: ¤scalar", "neither f nor a constraint depends on `c`; take it out, or use it"),
        ("b: scalar", "b: scalar, lam: ¤scalar", "`lam` is what the multipliers are called"),
        ("b: scalar", "b: scalar ¤postive", "unknown domain word `postive`; did you mean `positive`?"),
        ("f: x @ Q @ x / 2", "f: x @ ¤P @ x / 2", "unknown name `P`"),
        ('"solve(Q, A, b)"', '"¤solve(Q, A)"', "`solve` is called with (Q, A, b)"),
        ('"solve(Q, A, b)"', '"solve(¤Q, A, b, x)"', "the argument `x` is not what `solve` is called with; known here: A, Q, b"),
        ('"kind(lam, Q, x)"', '"¤kind(Q, x)"', "`classify` is called with (x, lam); write both"),
    ],
)  # fmt: skip
def test_faults_of_numbers_that_are_given(tmp_path: Path, old: str, new: str, words: str) -> None:
    require_problem(tmp_path, changing.changed(FAMILY, (old, new)), words)


def test_points_that_are_handed_over_are_warned_of_where_they_are_asked_for(tmp_path: Path) -> None:
    found = [(item.line, item.text) for item in handed_over.problems(load(write(tmp_path, VALID)))]
    assert [line for line, _ in found] == [19, 22]
    assert found[1][1] == (
        "`classify` is called with the points that `solve` asks for, and students can print what they are called "
        "with; write `visibility: hidden` for it, or draw the numbers in `given`"
    )
    hidden = changed('"multipliers(x)", points: 2', '"multipliers(x)", points: 2, visibility: hidden')
    assert [item.line for item in handed_over.problems(load(write(tmp_path, hidden)))] == [22]
    assert not handed_over.problems(load(write(tmp_path, FAMILY)))


def test_the_linter_warns_and_takes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint_all((write(tmp_path, VALID),)) == 0
    said = capsys.readouterr()
    assert "`multipliers` is called with the points that `solve` asks for" in said.err
    assert said.err.count("(a warning: it can be used as it is)") == 2
    assert "no problems" in said.out
