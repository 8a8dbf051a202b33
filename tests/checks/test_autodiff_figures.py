"""The figure beside a wrong derivative: which number of the graph is marked, along which edge, and for whom."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from grader.bundles import Bundles
from grader.domain.assignment import Visibility
from grader.domain.pictures import Figure
from grader.grading import Grader
from grader.sandbox.slot import Slot
from tests.changing import changed
from tests.checks import test_autodiff_forward as forward
from tests.checks import test_autodiff_reverse as reverse
from tests.checks.classes import FORWARD, REVERSE, TEACHING
from tests.checks.grading import grader_of
from tests.conftest import submission_of

pytestmark = pytest.mark.sandbox

TITLE = "The first wrong adjoint of the pass"


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    return grader_of(tmp_path_factory.mktemp("graphs"), reverse.TASK + reverse.GRAPHS, slot, bundles)


@pytest.fixture(scope="module")
def dual(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    return grader_of(tmp_path_factory.mktemp("dual"), forward.TASK, slot, bundles)


def figures(grader: Grader, source: str) -> dict[str, Figure]:
    return {figure.check: figure for figure in grader.grade(submission_of(source), "a seed").figures}


def blamed(figure: Figure) -> int:
    """How many edges are marked."""
    return len(set(re.findall(r'id="blamed-\d+"', figure.svg)))


SET = [(f"self.grad += {part}", f"self.grad = {part}") for part in ("other.data * out.grad", "slope * out.grad")]
SET += [("other.grad += self.data * out.grad", "other.grad = self.data * out.grad")]
SET += [("            self.grad += out.grad\n            other.grad += out.grad", "            self.grad = other.grad = out.grad")]  # fmt: skip
SORTED = "        for v in reversed(order):"
BY_DEPTH = """        order, waiting = [], [self]
        while waiting:
            v = waiting.pop()
            if v not in order:
                order.insert(0, v)
                waiting.extend(sorted(v._prev, key=lambda n: n.made))
"""
MADE = ("self._prev = set(children)", "self._prev = set(children); self.made = Value.made = Value.made + 1")
NUMBERED = (MADE, ('"""As short', 'made = 0; """As short'))

BACK: dict[str, tuple[str, str, str, int]] = {
    "overwrites": (
        changed(TEACHING, *SET), "diamond",
        "of 1 of them is wrong. The pass goes back, from the result to the inputs. On this way the first wrong adjoint is "
        "that of `a`: yours is -0.7182, right is -0.3267. What comes along the marked edge, from `d = a * c`, is not in it.", 1,
    ),
    "overwrites what only leaves keep": (
        reverse.PASSES["overwritten"][0], "diamond",
        "Your class keeps none at 2 of them. The pass goes back, from the result to the inputs. On this way the first wrong "
        "adjoint is that of `a`", 1,
    ),
    "a wrong rule": (
        changed(TEACHING, ("self.grad += other.data * out.grad", "self.grad += self.data * out.grad")), "diamond",
        "the first wrong adjoint is that of `a`: yours is -1.436, right is -0.3267. What came along the marked edge, from "
        "`d = a * c`, is as if the local derivative were -0.7182.", 1,
    ),
    "not by use": (
        changed(TEACHING, *NUMBERED, (SORTED, BY_DEPTH + SORTED)), "shared-subexpression",
        "Along the marked edge `s = a * b` passed on 3.729, before it had received all of its adjoint.", 1,
    ),
    "not reset": (
        TEACHING, "backward-twice",
        "to the inputs twice. On this way the first wrong adjoint is that of `c = a + b`: yours is -1.436, right is -0.7182. "
        "After two passes an input holds twice what one pass leaves, and a number between only what the last one left.", 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BACK)
def test_backwards(graphs: Grader, name: str) -> None:
    source, check, words, edges = BACK[name]
    found = figures(graphs, source)
    assert check in found, {name: figure.alt for name, figure in found.items()}
    assert found[check].title == TITLE
    assert words in found[check].alt
    assert found[check].svg.count('id="first-wrong"') == 1
    assert blamed(found[check]) == edges


def test_one_for_each_family_and_none_for_graphs_that_nobody_can_look_at(graphs: Grader) -> None:
    wrong = changed(TEACHING, ("other.grad += self.data * out.grad", "other.grad += out.grad"))
    assert [*figures(graphs, wrong)] == ["mul", "diamond"]


def test_forwards(dual: Grader) -> None:
    found = figures(dual, changed(FORWARD, (forward.COS, forward.COS.replace("-math.sin", "math.sin"))))
    assert [*found] == ["cos", "wave"]
    assert found["wave"].title == "The first wrong tangent of the pass"
    assert "The pass goes forwards, from the inputs to the result. On this way the first wrong tangent is that of `cos(x)`" in found["wave"].alt  # fmt: skip
    assert blamed(found["wave"]) == 1


def test_an_attribute_that_only_leaves_have(graphs: Grader) -> None:
    """Reading it off other numbers raises; what the leaves hold is shown all the same."""
    asked = """
    @property
    def grad(self):
        if self._parents:
            raise AttributeError("only leaves keep one")
        return self._grad

    @grad.setter
    def grad(self, value):
        self._grad = value

    def backward(self):
"""
    source = changed(REVERSE, reverse.OVERWRITTEN).replace("    def backward(self):\n", asked.lstrip("\n"))
    alt = figures(graphs, source)["diamond"].alt
    assert "Your class keeps none at 2 of them." in alt
    assert "the first wrong adjoint is that of `a`" in alt


def test_nobody_is_shown_inputs_of_hidden_checks(graphs: Grader, slot: Slot, bundles: Bundles) -> None:
    assignment = graphs._assignment
    for level, expected in ((Visibility.HIDDEN, []), (Visibility.AFTER_DUE_DATE, ["diamond"])):
        tasks = tuple(replace(task, visibility=dict.fromkeys(task.visibility, level)) for task in assignment.tasks)
        grader = Grader(replace(assignment, tasks=tasks), slot, bundles)
        found = figures(grader, changed(REVERSE, reverse.OVERWRITTEN))
        assert [*found] == expected
        assert all(figure.visibility is level for figure in found.values())
