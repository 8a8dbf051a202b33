"""`kind: autograd`: what is read, and what an author is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.domain.autograd import Autograd
from grader.errors import SpecError
from grader.specs.load import load
from reference.problem import Problem
from tests import changing
from tests.specs.writing import MARK, faults, place, write

HEAD = "format: 1\nid: demo\ntitle: Demo\nfile: solution.py\nruntime: torch\ntasks:\n  - id: task\n    kind: autograd\n    points: 4\n"
KEYS = {
    "backward": "ask: backward\nimplement: gradient(x)\ndims: {n: 2..4}\ngiven: {x: 'vector[n]'}\nf: x @ x\nwrt: x\n",
    "vjp": "ask: vjp\nimplement: pull(x, v)\ndims: {n: 2..4}\ngiven: {x: 'vector[n]'}\nf: sin(x)\nwrt: x\ncotangent: v\n",
    "accumulate": "ask: accumulate\nimplement: add(x)\ndims: {n: 2..4}\ngiven: {x: 'vector[n]'}\nf: x @ x\nwrt: x\n",
    "detach": "ask: detach\nimplement: held(x)\ndims: {n: 2..4}\ngiven: {x: 'vector[n]'}\nlet: {s: tanh(x), t: exp(s)}\nf: s * x + t\nwrt: x\nstop: s\n",
    "update": "ask: update\nimplement: step(w, lr)\ndims: {n: 2..4}\ngiven: {w: 'vector[n]', lr: scalar positive}\nf: w - lr * g\nwrt: w\ngradient: g\n",
    "function": "ask: function\nimplement: class Op\ndims: {n: 2..4}\ngiven: {x: 'vector[n]', a: 'vector[n]', c: scalar}\nf: a * x**2 + c\nwrt: [x, a]\n",
    "inplace": "ask: inplace\nimplement: raises()\nsnippets: [leaf, new-tensor]\n",
}


def text(ask: str, *changes: tuple[str, str]) -> str:
    keys = changing.changed(KEYS[ask], *changes)
    return HEAD + "".join(f"    {line}\n" for line in keys.rstrip("\n").split("\n"))


def read(parent: Path, ask: str, *changes: tuple[str, str]) -> tuple[Autograd, dict[str, Problem], dict[str, float]]:
    (task,) = load(write(parent, text(ask, *changes))).tasks
    assert isinstance(task.content, Autograd)
    assert task.arguments == "torch"
    return task.content, dict(task.parts), {check.id: round(check.weight, 1) for check in task.content.checks}


@pytest.mark.parametrize(
    ("ask", "parts", "checks"),
    [
        ("backward", {""}, {"gradient": 70, "twice": 30}),
        ("vjp", {""}, {"product": 70, "twice": 30}),
        ("accumulate", {""}, {"once": 40, "again": 60}),
        ("detach", {"", "f"}, {"held": 100}),
        ("update", {"f"}, {"step": 60, "many": 40}),
        ("function", {"f", "wrt.x", "wrt.a", "wrt.x.second", "wrt.a.second"}, {"forward": 20, "backward": 30, "needs": 15, "strides": 15, "second": 20}),
        ("inplace", set(), {"prediction": 100}),
    ],
)  # fmt: skip
def test_every_ask_is_read(tmp_path: Path, ask: str, parts: set[str], checks: dict[str, float]) -> None:
    content, found, weights = read(tmp_path, ask)
    assert (content.ask, {*found}, weights) == (ask, parts, checks)


def test_what_is_held_is_computed_from_a_copy(tmp_path: Path) -> None:
    _, parts, _ = read(tmp_path, "detach")
    problem = parts[""]
    assert problem.copies == (("_x", "x"),)
    assert [(name, expression.text) for name, expression in problem.lets] == [
        ("s", "tanh(_x)"),
        ("t", "exp(s)"),
        ("_t", "exp(s)"),
    ]
    assert (problem.ask, problem.along) == ("vjp", "_v")


def test_parts_of_parts_are_held_as_well(tmp_path: Path) -> None:
    _, parts, _ = read(tmp_path, "detach", ("stop: s", "stop: t"))
    assert [(name, e.text) for name, e in parts[""].lets] == [("s", "tanh(x)"), ("_s", "tanh(_x)"), ("t", "exp(_s)")]


def test_a_function_of_one_tensor_needs_no_choice_and_an_affine_one_is_not_differentiated_twice(tmp_path: Path) -> None:
    _, parts, weights = read(tmp_path, "function", ("wrt: [x, a]", "wrt: a"))
    assert {*parts} == {"f", "wrt.a"}
    assert weights == {"forward": 30.8, "backward": 46.2, "strides": 23.1}


@pytest.mark.parametrize(
    ("f", "second"),
    [
        ("a * x**2 + c", {"x": "x", "a": "x"}),
        ("c * a * x", {"x": "a", "a": "x"}),
        ("exp(a + x)", {"x": "x", "a": "a"}),
        ("x**2 + c * a", {"x": "x"}),
        ("x / (1 + c**2) - a", {}),
        ("(x + a) * (x - a)", {"x": "x", "a": "a"}),
        ("a * (x - x @ x)", {"x": "x", "a": "x"}),
        ("h * a", {"x": "a", "a": "x"}),
        ("h + a", {}),
        ("relu(x) + a", {}),
        ("relu(x + a)", {}),
        ("relu(x) * a", {"a": "x"}),
        ("abs(x) * x + a", {"x": "x"}),
    ],
)
def test_which_second_derivatives_there_are(tmp_path: Path, f: str, second: dict[str, str]) -> None:
    let = ("f: a * x**2 + c", f"let: {{h: 2 * x + c}}\nf: {f}")
    _, parts, weights = read(tmp_path, "function", let)
    found = {part.split(".")[1]: problem.wrt for part, problem in parts.items() if part.endswith("second")}
    assert found == second
    assert ("second" in weights) == bool(second)


def test_the_order_of_a_function_s_arguments(tmp_path: Path) -> None:
    assert read(tmp_path, "function")[0].inputs == ("x", "a", "c")
    assert read(tmp_path, "function", ("wrt: [x, a]", "wrt: [x, a]\napply: apply(c, x, a)"))[0].inputs == (
        "c",
        "x",
        "a",
    )


def test_examples_are_parts_with_these_numbers(tmp_path: Path) -> None:
    more = "cotangent: v\nexamples:\n  - {x: [1, 2, 3], v: [0.1, 1, 0.0001]}\n"
    content, parts, weights = read(tmp_path, "vjp", ("cotangent: v\n", more))
    assert content.examples == 1
    assert weights == {"product": 58.3, "twice": 25.0, "example": 16.7}
    example = parts["examples.0"]
    assert {name: domain.entries[1] for name, domain in example.given} == {"x": (1, 2, 3), "v": (0.1, 1, 0.0001)}
    assert dict(example.dims) == {"n": (3, 3)}


def test_checks_are_chosen_and_weighed(tmp_path: Path) -> None:
    checks = "wrt: [x, a]\nchecks:\n  forward: {weight: 25}\n  strides: {weight: 75, points: 3, visibility: hidden}\n"
    content, parts, weights = read(tmp_path, "function", ("wrt: [x, a]\n", checks))
    assert weights == {"forward": 25, "strides": 75}
    assert [check.points for check in content.checks] == [8, 3]
    assert "wrt.x.second" not in parts
    (task,) = load(tmp_path / "demo").tasks
    assert {check: visibility.word for check, visibility in task.visibility.items()} == {
        "forward": "visible",
        "strides": "hidden",
    }


def test_f_is_handed_over_where_it_is_an_argument(tmp_path: Path) -> None:
    assert read(tmp_path, "backward", ("gradient(x)", "gradient(f, x)"))[0].opaque
    assert not read(tmp_path, "backward")[0].opaque


FAULTS = [
    # keys
    ("backward", ("ask: backward", "ask: ¤backwards"), "`backwards` cannot stand here; did you mean `backward`?"),
    ("backward", ("wrt: x", "wrt: x\n¤stop: x"), "`stop` is not said of `ask: backward`"),
    ("update", ("gradient: g", "gradient: g\n¤solution: w"), "`solution` is not said of `ask: update`"),
    ("inplace", ("snippets: [", "¤f: x\nsnippets: ["), "`f` is not said of `ask: inplace`"),
    ("inplace", ("snippets: [", "¤given: {x: scalar}\nsnippets: ["), "`given` is not said of `ask: inplace`"),
    ("accumulate", ("wrt: x", "wrt: x\ngrad: ¤gone"), "`gone` cannot stand here"),
    ("backward", ("wrt: x", "wrt: x\n¤steps: 3"), "unknown key `steps`"),
    # names
    ("backward", ("wrt: x", "wrt: ¤y"), "`y` is not declared in `given`; known here: x"),
    ("backward", ("gradient(x)", "¤gradient()"), "`x` is not among the arguments; `ask: backward` needs it"),
    ("vjp", ("pull(x, v)", "¤pull(x)"), "`v` is not among the arguments; `ask: vjp` needs it"),
    ("update", ("step(w, lr)", "step(¤w, g)"), "the argument `g` is not declared in `given`"),
    ("function", ("wrt: [x, a]", "wrt: ¤[x, a, x]"), "`x` stands here twice"),
    ("function", ("wrt: [x, a]", "wrt: ¤[x, b]"), "`b` is not declared in `given`"),
    ("backward", ("gradient(x)\ndims: {n: 2..4}\ngiven: {x: 'vector[n]'}\nf: x @ x", "gradient(f, x)\ndims: {n: 2..4}\ngiven: {x: 'vector[n]'}\nf: x @ x * ¤sqrt(n)"), "`sqrt` of a number cannot stand in an f that is handed over"),
    ("backward", ("given: {x: 'vector[n]'}\nf: x @ x\nwrt: x", "given: {x: 'vector[n]', y: 'vector[n]'}\nf: x @ y\nwrt: ¤[x, y]"), "`ask: backward` takes one variable; several are said of `ask: function`"),
    # shapes
    ("backward", ("f: x @ x", "f: ¤sin(x)"), "`ask: backward` differentiates a scalar f, this one is (n,); use `ask: vjp`"),
    ("accumulate", ("f: x @ x", "f: ¤sin(x)"), "`ask: accumulate` differentiates a scalar f, this one is (n,)"),
    ("vjp", ("f: sin(x)", "f: ¤x @ x"), "a vector-Jacobian product is asked of an f with entries, this one is a scalar"),
    ("update", ("f: w - lr * g", "f: ¤w @ g"), "the new value of `w` is (n,), f is a scalar"),
    ("backward", ("wrt: x", "wrt: x\nsolution: ¤x @ x"), "`solution` is a scalar, the answer that is asked for is (n,)"),
    # what depends on what
    ("backward", ("f: x @ x", "f: '¤3'"), "f does not depend on `x`, a variable of `wrt`"),
    ("update", ("f: w - lr * g", "f: ¤w * lr"), "f does not depend on `g`, the contents of .grad"),
    ("detach", ("stop: s", "stop: ¤r"), "`stop` names parts of `let`, `r` is none; known here: s, t"),
    # classes
    ("function", ("class Op", "¤Op(x, a)"), "`Op(x, a)` is not a class; write `class Cube` for one that inherits from Function"),
    ("function", ("wrt: [x, a]", "wrt: [x, a]\napply: ¤forward(x, a, c)"), "write `apply(x, a, c)`"),
    ("function", ("wrt: [x, a]", "wrt: [x, a]\napply: ¤apply(x, a)"), "`c` of `given` is not among the arguments"),
    # checks
    ("backward", ("wrt: x", "wrt: x\nchecks: {¤again: {weight: 100}}"), "there is no check `again`; did you mean `gradient`?"),
    ("backward", ("wrt: x", "wrt: x\nchecks: ¤{gradient: {weight: 90}}"), "the weights of the checks sum to 90, they must sum to 100"),
    ("backward", ("wrt: x", "wrt: x\nchecks: {¤example: {weight: 100}}"), "there is no check `example`"),
    # examples
    ("backward", ("wrt: x", "wrt: x\nexamples: [{x: ¤[[1, 2]]}]"), "`x` is (n,): a list of numbers is expected here"),
    ("backward", ("wrt: x", "wrt: x\nexamples: [{x: ¤[1, two]}]"), "`x` is (n,): a list of numbers is expected here"),
    ("backward", ("wrt: x", "wrt: x\nexamples: [{x: [1, 2], ¤y: 3}]"), "`y` is not declared; the inputs are x"),
    ("vjp", ("cotangent: v", "cotangent: v\nexamples: [¤{x: [1, 2]}]"), "the example has no numbers for `v`"),
    ("vjp", ("cotangent: v", "cotangent: v\nexamples: [{x: [1, 2], v: ¤[1, 2, 3]}]"), "`v` is (n,); n is 2, 3 given"),
    # a function that is handed over
    ("backward", ("gradient(x)\ndims: {n: 2..4}\ngiven: {x: 'vector[n]'}\nf: x @ x", "gradient(f, x)\ndims: {n: 2..4}\ngiven: {x: 'vector[n]'}\nf: sum(x) + ¤x[0]"), "a subscript cannot stand in an f that is handed over"),
    ("backward", ("gradient(x)\ndims: {n: 2..4}\ngiven: {x: 'vector[n]'}\nf: x @ x", "gradient(f, x)\ndims: {n: 2..4}\ngiven: {x: 'vector[n]'}\nf: ¤logsumexp(x)"), "`logsumexp` cannot stand in an f that is handed over"),
    # snippets
    ("inplace", ("[leaf, new-tensor]", "[leaf, ¤new-tensors]"), "there is no snippet `new-tensors`; did you mean `new-tensor`?"),
    ("inplace", ("[leaf, new-tensor]", "[leaf, new-tensor, ¤leaf]"), "the snippet `leaf` stands here twice"),
    ("inplace", ("[leaf, new-tensor]", "¤[leaf, leaf-view]"), "list some that raise and some that do not, or one answer fits all"),
    # misconceptions
    ("backward", ("wrt: x", "wrt: x\nmisconceptions: [{note: a, when: x, say: s}, {note: ¤a, when: x, say: s}]"), "the note `a` stands here twice"),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "change", "words"), FAULTS)
def test_faults(tmp_path: Path, ask: str, change: tuple[str, str], words: str) -> None:
    marked = text(ask, change)
    found = faults(write(tmp_path, marked.replace(MARK, "")))
    assert [(line, column) for line, column, _ in found] == [place(marked)], found
    assert words in found[0][2]


@pytest.mark.parametrize(
    ("ask", "changes", "words"),
    [
        (
            "vjp",
            [("ask: vjp", "ask: ¤vjp"), ("cotangent: v\n", ""), ("pull(x, v)", "pull(x)")],
            "`ask: vjp` needs `cotangent`",
        ),
        ("vjp", [("pull(x, v)", "pull(x)"), ("cotangent: v", "cotangent: ¤x")], "`x` is already declared in `given`"),
        ("update", [("lr * g", "lr"), ("gradient: g", "gradient: ¤lr")], "`lr` is already declared in `given`"),
    ],
)
def test_faults_of_names(tmp_path: Path, ask: str, changes: list[tuple[str, str]], words: str) -> None:
    marked = text(ask, *changes)
    found = faults(write(tmp_path, marked.replace(MARK, "")))
    assert [(line, column) for line, column, _ in found] == [place(marked)], found
    assert words in found[0][2]


def test_a_part_that_is_held_must_move_and_leave_something_that_moves(tmp_path: Path) -> None:
    constant = text("detach", ("t: exp(s)", "t: '4'"), ("stop: s", "stop: ¤t"))
    everything = text("detach", ("f: s * x + t", "f: s + t"), ("stop: s", "stop: ¤s"))
    unused = text("detach", ("f: s * x + t", "f: s * x"), ("stop: s", "stop: ¤t"))
    for marked, words in (
        (constant, "`t` does not depend on `x`: holding it changes nothing"),
        (everything, "nothing of f is left that varies with `x`; stop less of it"),
        (unused, "f does not depend on `t`"),
    ):
        (fault,) = faults(write(tmp_path, marked.replace(MARK, "")))
        assert fault[:2] == place(marked)
        assert words in fault[2]


def test_tensors_need_torch(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="`kind: autograd` needs `runtime: torch`"):
        load(write(tmp_path, text("backward").replace("runtime: torch", "runtime: numpy")))
