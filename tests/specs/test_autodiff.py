"""`kind: autodiff` for classes: read whole, and every fault of its author blamed at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.checks import autodiff
from grader.domain.autodiff import Autodiff, GraphCheck
from grader.specs.load import load
from reference.dag import Graphs, RandomGraphs
from reference.program import Programs
from tests import changing
from tests.specs.writing import MARK, faults, place, write

VALID = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: value
    kind: autodiff
    points: 20
    mode: reverse
    implement: class Value
    interface:
      make: Value(value, 1)
      value: data
      gradient: grad()
      backward: backward()
      functions: {exp: exp, tanh: .tanh}
    ops: [add, mul, pow, exp, tanh]
    forbid: {imports: [torch, jax], finite_differences: true}
    programs:
      poly: {args: {a: "scalar real[-2,2]", b: scalar}, f: "a*(a + b)"}
      mixed: {args: {a: scalar positive}, f: "exp(a) * tanh(a)**2", visibility: hidden, points: 6}
    graphs: [diamond, {doubling: 40}, {random-dag: {nodes: 20, count: 3}}]
    cost: {forward_calls: 1, tape: linear}
"""
FORWARD = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: dual
    kind: autodiff
    points: 20
    mode: forward
    implement: class Dual
    interface: {make: "Dual(value, derivative)", value: value, derivative: derivative}
    ops: [add, mul]
    graphs: [nested]
    cost: {tape: constant}
"""


def changed(*changes: tuple[str, str], text: str = VALID) -> str:
    return changing.changed(text, *changes)


def test_all_of_it_is_read(tmp_path: Path) -> None:
    (task,) = load(write(tmp_path, VALID)).tasks
    assert str(task.implement) == "class Value"
    assert isinstance(task.content, Autodiff)
    read = task.content
    assert str(read.interface.make) == "Value(value, 1.0)"
    assert (str(read.interface.value), str(read.interface.derivative)) == ("data", "grad()")
    assert {name: (member.name, member.is_method) for name, member in read.interface.functions.items()} == {
        "exp": ("exp", False),
        "tanh": ("tanh", True),
    }
    assert read.graphs == (GraphCheck("diamond"), GraphCheck("doubling", 40), GraphCheck("random-dag", 20, 3))
    assert (read.tape, read.forbidden) == ("linear", ("torch", "jax"))
    assert isinstance(task.parts["programs.poly"], Programs)
    assert task.parts["graphs.diamond"] == Graphs("diamond")
    assert task.parts["graphs.random-dag"] == RandomGraphs(20, 3, ("add", "mul"))
    assert {check: word.word for check, word in task.visibility.items() if word.word != "visible"} == {
        "mixed": "hidden"
    }
    assert task.approximate == 0


def test_shares(tmp_path: Path) -> None:
    (task,) = load(write(tmp_path, VALID)).tasks
    shares = dict(autodiff.shares(task))
    assert [*shares] == [
        "add",
        "mul",
        "pow",
        "exp",
        "tanh",
        "poly",
        "mixed",
        "diamond",
        "doubling",
        "random-dag",
        "tape",
    ]
    assert (shares["add"], shares["poly"], shares["tape"]) == pytest.approx((0.04, 0.2, 0.1))
    assert sum(shares.values()) == pytest.approx(1)
    assert autodiff.alone(task) == ("doubling", "random-dag", "tape")


def test_shares_without_graphs_and_with_weights(tmp_path: Path) -> None:
    without = changed(
        ("    graphs: [diamond, {doubling: 40}, {random-dag: {nodes: 20, count: 3}}]\n", ""), (", tape: linear", "")
    )
    (task,) = load(write(tmp_path / "a", without)).tasks
    assert dict(autodiff.shares(task))["poly"] == pytest.approx(0.35)
    weighed = changed(("    cost:", "    weights: {ops: 10, programs: 60, graphs: 30}\n    cost:"))
    (task,) = load(write(tmp_path / "b", weighed)).tasks
    assert dict(autodiff.shares(task))["poly"] == pytest.approx(0.3)


def test_forward_mode_is_read(tmp_path: Path) -> None:
    (task,) = load(write(tmp_path, FORWARD)).tasks
    assert isinstance(task.content, Autodiff)
    assert task.content.interface.backward is None
    assert dict(autodiff.shares(task)) == pytest.approx({"add": 1 / 6, "mul": 1 / 6, "nested": 1 / 3, "tape": 1 / 3})


REVERSE_FAULTS = [
    (("implement: class Value", "implement: ¤Value(x)"), "`Value(x)` is not a class, such as `class Value`"),
    (("implement: class Value", "implement: ¤class if"), "`class if` is not a class"),
    (("mode: reverse", "mode: ¤backward"), "`backward` cannot stand here; known here: forward, reverse"),
    (("make: Value(value, 1)", "make: ¤Value"), "`Value` does not say how a number is made, such as `Number(value)`"),
    (("make: Value(value, 1)", "make: ¤Value(1)"), "in reverse mode `value` is among the arguments, as in `Number(value)`"),
    (("make: Value(value, 1)", "make: ¤Value(value, derivative)"), "`derivative` cannot be an argument: those are `value` and numbers"),
    (("value: data", "value: ¤the data"), "`the data` is not an attribute or a method, such as `value` or `value()`"),
    (("value: data", "value: ¤__dict__"), "`__dict__` is not an attribute or a method"),
    (("gradient: grad()", "gradient: grad()\n      ¤derivative: grad"), "`derivative` is not said in reverse mode"),
    (("backward: backward()", "backward: ¤backward"), "`backward` is not a call, such as `backward()`"),
    (("tanh: .tanh", "tanh: .tanh, ¤atan: atan"), "unknown function `atan`; did you mean `tan`?"),
    (("tanh: .tanh", "tanh: '¤tanh()'"), "`tanh()` is not a function of the module such as `exp`, or a method such as `.exp`"),
    (("[add, mul, pow, exp, tanh]", "[add, mul, pow, exp, tanh, ¤plus]"), "unknown operation `plus`"),
    (("[add, mul, pow, exp, tanh]", "[add, mul, pow, exp, tanh, ¤add]"), "the operation `add` stands here twice"),
    (("[add, mul, pow, exp, tanh]", "[add, mul, pow, exp, tanh, ¤sin]"), "`interface.functions` does not say how `sin` is called"),
    (('b: scalar}, f: "a*(a + b)"', 'b: scalar}, f: "a*(¤a - b)"'), "`a - b` needs the operation `sub`, which is not among `ops`"),
    (('b: scalar}, f: "a*(a + b)"', 'b: scalar}, f: "a*(¤a**b)"'), "`a**b` needs the operation `powv`, which is not among `ops`"),
    (('b: scalar}, f: "a*(a + b)"', '¤c: scalar}, f: "a*(a + 1)"'), "f does not use `c`"),
    (('b: scalar}, f: "a*(a + b)"', 'b: "¤vector[3]"}, f: "a*(a + b[0])"'), "the student's numbers are scalars, `b` is a vector"),
    (('b: scalar}, f: "a*(a + b)"', 'b: scalar}, f: "¤[a, b]"'), "f is (2,), a program of scalars gives a scalar"),
    (('b: scalar}, f: "a*(a + b)"', 'b: scalar}, f: "a*(a + ¤d)"'), "unknown name `d`; known here: a, b"),
    (('b: scalar}, f: "a*(a + b)"', 'b: ¤number}, f: "a*(a + b)"'), "unknown kind of argument `number`"),
    (("      poly:", "      ¤diamond:"), "there is a check `diamond` already; choose another name"),
    (("      poly:", "      ¤tape:"), "there is a check `tape` already; choose another name"),
    (("[diamond,", "[¤diamant,"), "unknown graph `diamant`; did you mean `diamond`?"),
    (("[diamond,", "[¤{diamond: 3},"), "`diamond` takes nothing; write the word alone"),
    (("[diamond,", "[diamond, ¤diamond,"), "`diamond` stands here twice"),
    (("{doubling: 40}", "¤doubling"), "`doubling` takes a whole number from 1 to 1000, as in `{doubling: 40}`"),
    (("{doubling: 40}", "¤{chain: many}"), "`chain` takes a whole number from 1 to 1000000"),
    (("{nodes: 20, count: 3}", "{nodes: 400, count: 40}"), "4 to 400 nodes, 1 to 50 graphs, together at most 10000 nodes"),
    (("[diamond,", "[¤nested,"), "`nested` is about forward mode"),
    (("tape: linear", "tape: ¤constant"), "in reverse mode memory is `linear` in the number of operations"),
    (("forward_calls: 1", "forward_calls: ¤2"), "`2` cannot stand here; known here: 1"),
    (("finite_differences: true", "finite_differences: ¤false"), "`false` cannot stand here; known here: true"),
    (("[torch, jax]", "[torch, ¤numpy]"), "every submission can import `numpy`; it cannot be forbidden"),
    (("[torch, jax]", "[torch, ¤cmath]"), "every submission can import `cmath`; it cannot be forbidden"),
    (("    cost:", "    approximate: ¤40%\n    cost:"), "an approximation earns nothing in an autodiff task"),
    (("    cost:", "    weights: ¤{ops: 10, programs: 60, graphs: 10}\n    cost:"), "the weights sum to 80, they must sum to 100"),
    (("    cost:", "    weights: ¤{ops: 40, programs: 60}\n    cost:"), "the weight of `graphs` is missing, or zero"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), REVERSE_FAULTS, ids=[change[1][:40] for change, _ in REVERSE_FAULTS])
def test_faults(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    marked = changed(change)
    found = faults(write(tmp_path, marked.replace(MARK, "")))
    assert len(found) == 1, found
    assert words in found[0][2]
    if MARK in marked:
        assert found[0][:2] == place(marked)


FORWARD_FAULTS = [
    (('make: "Dual(value, derivative)"', 'make: ¤Dual(value)'), "in forward mode `derivative` is among the arguments, as in `Number(value, derivative)`"),
    (("derivative: derivative}", "derivative: derivative, ¤gradient: grad}"), "`gradient` is not said in forward mode"),
    (("derivative: derivative}", "derivative: derivative, ¤backward: backward()}"), "`backward` is not said in forward mode"),
    (("ops: [add, mul]", "ops: [add]"), "`nested` needs mul among `ops`"),
    (("[nested]", "[nested, ¤backward-twice]"), "`backward-twice` is about reverse mode"),
    (("tape: constant", "tape: ¤linear"), "in forward mode memory is `constant` in the number of operations"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), FORWARD_FAULTS, ids=[change[1][:40] for change, _ in FORWARD_FAULTS])
def test_faults_in_forward_mode(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    marked = changed(change, text=FORWARD)
    found = faults(write(tmp_path, marked.replace(MARK, "")))
    assert len(found) == 1, found
    assert words in found[0][2]
    if MARK in marked:
        assert found[0][:2] == place(marked)


def test_a_key_that_a_mode_needs(tmp_path: Path) -> None:
    (fault,) = faults(write(tmp_path, changed((", derivative: derivative", ""), text=FORWARD)))
    assert fault[2] == "the key `derivative` is missing here; forward mode needs it"


def test_a_chain_needs_an_operator(tmp_path: Path) -> None:
    text = changed(("ops: [add, mul]", "ops: [neg]"), ("[nested]", "[{chain: 5}]"), text=FORWARD)
    assert {words for *_, words in faults(write(tmp_path, text))} == {
        "`chain` needs one of add, sub, mul among `ops`",
        "`tape` needs one of add, sub, mul among `ops`",
    }


def test_weights_of_what_is_not_there(tmp_path: Path) -> None:
    text = changed(("    graphs:", "    weights: {ops: 40, programs: 30, graphs: 30}\n    graphs:"), text=FORWARD)
    (fault,) = faults(write(tmp_path, text))
    assert fault[2] == "there are no programs to have a weight"


@pytest.mark.parametrize("runtime", ["torch", "my-course"])
def test_imports_are_forbidden_by_their_absence(tmp_path: Path, runtime: str) -> None:
    text = changed(("file: solution.py", f"file: solution.py\nruntime: {runtime}"), (", tape: linear", ""))
    (fault,) = faults(write(tmp_path, text))
    assert fault[2] == (
        f"what cannot be imported is what the runtime does not have, and `{runtime}` may have it; take `runtime: numpy`"
    )


def test_memory_is_not_measured_beside_torch(tmp_path: Path) -> None:
    text = changed(("file: solution.py", "file: solution.py\nruntime: torch"), text=FORWARD)
    (fault,) = faults(write(tmp_path, text))
    assert fault[2] == (
        "memory is measured beside what a process starts with, which is too much with torch; take `runtime: numpy`"
    )


def test_all_faults_are_found_at_once(tmp_path: Path) -> None:
    text = changed(
        ("class Value", "Value"),
        ("[diamond,", "[diamant,"),
        ("tape: linear", "tape: constant"),
        ("value: data", "value: a b"),
    )
    assert len(faults(write(tmp_path, text))) == 4


@pytest.mark.parametrize(
    ("program", "where", "words"),
    [
        ('poly: {args: {a: "scalar integer[0,1]"}, f: "a*abs(a)"}', "args", "points f has no derivative, or a kink beside it; move the domains of `args`"),
        ('poly: {args: {a: "scalar real[-2,2]"}, f: "exp(1000*a)"}', "args", "f or a derivative is not finite; narrow the domains of `args`"),
        ('poly: {args: {a: "scalar real[-1,1]", b: scalar}, f: "a*0*b"}', "args", "the derivative in `a` is zero at 40 of 40 points, so it says little; change f or the domains"),
    ],
)  # fmt: skip
def test_programs_that_cannot_be_measured(tmp_path: Path, program: str, where: str, words: str) -> None:
    from grader.bundles import Bundles
    from grader.errors import SpecError
    from reference.api import build_bundle

    old = 'poly: {args: {a: "scalar real[-2,2]", b: scalar}, f: "a*(a + b)"}'
    assignment = load(write(tmp_path, changed((old, program), ("exp, tanh]", "exp, tanh, abs]"))))
    with pytest.raises(SpecError) as raised:
        Bundles(tmp_path / "cache", build_bundle).of(assignment.tasks[0], assignment)
    (problem,) = raised.value.problems
    assert problem.line == 20
    assert words in problem.text
