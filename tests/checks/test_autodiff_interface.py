"""Classes that are spoken to by other names, with every operation there is; and checks that nobody is to see."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from grader.bundles import Bundles
from grader.feedback.document import document, for_student
from grader.grading import Grader
from grader.sandbox.slot import Slot
from reference.operations import OPERATIONS
from tests.changing import changed
from tests.checks.classes import REVERSE
from tests.checks.grading import checks, grader_of, notes
from tests.conftest import submission_of

pytestmark = pytest.mark.sandbox

ALL = ", ".join(OPERATIONS)
TASK = f"""\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: number
    kind: autodiff
    mode: reverse
    points: 10
    implement: class Number
    interface:
      make: leaf(0, value)
      value: value()
      gradient: slope()
      backward: pull()
      functions: {{sin: .sin, cos: .cos, tan: .tan, exp: .exp, log: .log, sqrt: .sqrt, tanh: .tanh, sigmoid: .sigmoid, relu: .relu,
                   maximum: larger, minimum: .smaller}}
    ops: [{ALL}]
    programs:
      everything: {{args: {{a: "scalar positive", b: "scalar real[-1,1]"}}, f: "maximum(a**b, log(2) * tan(b/4)) + abs(minimum(a, pi))"}}
    graphs: [unused-input]
"""
METHODS = """
import math

class Number:
    def __init__(self, x, sources=()):
        self._x, self._sources, self._slope = x, sources, 0.0

    def value(self): return self._x
    def slope(self): return self._slope

    def pull(self):
        order, seen, waiting = [], set(), [(self, False)]
        while waiting:
            node, done = waiting.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                waiting += [(node, True)] + [(source, False) for source, _ in node._sources]
        bars = {id(self): 1.0}
        for node in reversed(order):
            bar = bars[id(node)]
            node._slope += bar if not node._sources else 0.0
            for source, slope in node._sources:
                bars[id(source)] = bars.get(id(source), 0.0) + bar * slope

    def _each(self, f, df): return Number(f(self._x), ((self, df(self._x)),))
    def sin(self): return self._each(math.sin, math.cos)
    def cos(self): return self._each(math.cos, lambda x: -math.sin(x))
    def tan(self): return self._each(math.tan, lambda x: 1 + math.tan(x) ** 2)
    def exp(self): return self._each(math.exp, math.exp)
    def log(self): return self._each(math.log, lambda x: 1 / x)
    def sqrt(self): return self._each(math.sqrt, lambda x: 0.5 / math.sqrt(x))
    def tanh(self): return self._each(math.tanh, lambda x: 1 / math.cosh(x) ** 2)
    def sigmoid(self): return self._each(logistic, lambda x: logistic(x) * logistic(-x))
    def relu(self): return self if self._x > 0 else self * 0
    def smaller(self, other): return self if self._x < other._x else other
    def __abs__(self): return self if self._x > 0 else -self
    def __neg__(self): return self * -1
    def __add__(self, other): return two(self, other, lambda x, y: (x + y, 1, 1))
    def __mul__(self, other): return two(self, other, lambda x, y: (x * y, y, x))
    def __sub__(self, other): return two(self, other, lambda x, y: (x - y, 1, -1))
    def __truediv__(self, other): return two(self, other, lambda x, y: (x / y, 1 / y, -x / y / y))
    def __pow__(self, other):
        if isinstance(other, Number):
            return two(self, other, lambda x, y: (x**y, y * x ** (y - 1), x**y * math.log(x)))
        return self._each(lambda x: x**other, lambda x: other * x ** (other - 1))
    def __radd__(self, other): return Number(other) + self
    def __rmul__(self, other): return Number(other) * self
    def __rsub__(self, other): return Number(other) - self
    def __rtruediv__(self, other): return Number(other) / self
    def __rpow__(self, other): return Number(other) ** self

def logistic(x): return 1 / (1 + math.exp(-x))
def two(x, y, rule):
    y = y if isinstance(y, Number) else Number(y)
    value, dx, dy = rule(x._x, y._x)
    return Number(value, ((x, dx), (y, dy)))
def larger(x, y):
    y = y if isinstance(y, Number) else Number(y)
    return x if x._x > y._x else y
def leaf(nothing, x): return Number(x)
"""


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    return grader_of(tmp_path_factory.mktemp("numbers"), TASK, slot, bundles)


def test_every_operation_by_other_names(numbers: Grader) -> None:
    for number in range(5):
        found = checks(numbers, METHODS, f"seed {number}")
        assert notes(found) == {}, {check: item.message for check, item in found.items() if not item.score}
    assert set(OPERATIONS) < set(found)


WRONG = {
    "maximum": (("return x if x._x > y._x else y", "return Number(max(x._x, y._x), ((x, 1), (y, 1)))"), "maximum.both"),
    "minimum": (("return self if self._x < other._x else other", "return Number(min(self._x, other._x), ((self, 1), (other, 1)))"), "maximum.both"),
    "abs": (("return self if self._x > 0 else -self", "return self._each(abs, lambda x: 1)"), "abs.sign"),
    "sigmoid": (("logistic(x) * logistic(-x))", "-logistic(x) * logistic(-x))"), "sigmoid.sign"),
    "tan": (("1 + math.tan(x) ** 2", "1 / math.cos(x)"), "trig.unsquared"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_in_functions(numbers: Grader, name: str) -> None:
    change, note = WRONG[name]
    came = notes(checks(numbers, changed(METHODS, change)))
    assert came[name] == note
    assert set(came) <= {name, "everything"}


def test_a_method_that_is_not_there(numbers: Grader) -> None:
    found = checks(numbers, changed(METHODS, ("def slope(self)", "def slop(self)")))
    assert (
        "the number that was asked for `slope` does not have it ('Number' object has no attribute 'slope'"
        in found["add"].message
    )


HIDDEN = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: value
    kind: autodiff
    mode: reverse
    points: 10
    implement: class Value
    interface: {make: Value(value), value: data, gradient: grad, backward: backward()}
    ops: [add, mul]
    programs:
      open: {args: {a: scalar nonzero}, f: "a*(a + 3)", points: 4}
      closed: {args: {a: scalar nonzero}, f: "a*(a + 12345)", points: 4, visibility: hidden}
"""


def test_a_hidden_program_stays_hidden(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> None:
    grader = grader_of(tmp_path_factory.mktemp("hidden"), HIDDEN, slot, bundles)
    telling = changed(
        REVERSE,
        (
            "        other = lift(other)\n        return Value(self.data * other.data",
            "        other = lift(other)\n        if abs(self.data) > 99 or abs(other.data) > 99: raise ValueError(f'secret {self.data} {other.data}')\n        return Value(self.data * other.data",
        ),
    )
    report = grader.grade(submission_of(telling))
    (task,) = report.tasks
    assert [check.id for check in task.checks if check.score == 0] == ["closed"]
    shown = json.dumps(for_student(document(report), None, datetime.now(UTC)))
    assert "12345" not in shown
    assert "secret" not in shown
