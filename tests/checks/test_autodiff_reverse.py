"""Reverse mode through the sandbox: right classes of every making pass, each mistake is refused and named."""

from __future__ import annotations

import pytest

from grader.bundles import Bundles
from grader.domain.report import Verdict
from grader.grading import Grader
from grader.sandbox.slot import Slot
from tests.changing import changed
from tests.checks.classes import REVERSE, RIGHT_REVERSE, TEACHING
from tests.checks.grading import checks, grader_of, notes

pytestmark = pytest.mark.sandbox

TASK = """\
format: 1
id: demo
title: Demo
file: solution.py
limits: {cpu: 1 s, wall: 20 s}
tasks:
  - id: value
    kind: autodiff
    mode: reverse
    points: 10
    implement: class Value
    interface:
      {make: Value(value), value: data, gradient: grad, backward: backward(),
       functions: {exp: exp, log: log, tanh: tanh, relu: relu}}
    ops: [add, sub, mul, truediv, pow, neg, exp, log, tanh, relu]
    forbid: {imports: [torch, jax]}
"""
PROGRAMS = """\
    programs:
      tutorial: {args: {a: "scalar nonzero", b: "scalar nonzero"}, f: "a*(a + b)", points: 6}
      mixed: {args: {a: "scalar positive", b: "scalar real[-2,2]"}, f: "log(a*a + 1) / (1 + exp(-b)) - a**3", points: 6}
"""
GRAPHS = "    graphs: [diamond, unequal-paths, shared-subexpression, unused-input, backward-twice]\n"
LARGE = "    graphs: [{doubling: 40}, {chain: 10000}, {random-dag: {nodes: 60, count: 6}}]\n    cost: {tape: linear}\n"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    return grader_of(tmp_path_factory.mktemp("rules"), TASK + PROGRAMS, slot, bundles)


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    return grader_of(tmp_path_factory.mktemp("graphs"), TASK + GRAPHS, slot, bundles)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    return grader_of(tmp_path_factory.mktemp("large"), TASK + LARGE, slot, bundles)


@pytest.mark.parametrize("name", RIGHT_REVERSE)
def test_right_classes_pass_on_every_seed(rules: Grader, graphs: Grader, large: Grader, name: str) -> None:
    for number in range(20):
        for grader in (rules, graphs):
            assert notes(checks(grader, RIGHT_REVERSE[name], f"seed {number}")) == {}
    assert notes(checks(large, RIGHT_REVERSE[name])) == {}


def test_an_engine_for_teaching_is_right_but_for_deep_graphs_and_a_second_pass(
    rules: Grader, graphs: Grader, large: Grader
) -> None:
    assert notes(checks(rules, TEACHING)) == {}
    again = checks(graphs, TEACHING)
    assert notes(again) == {"backward-twice": "intermediates-not-reset"}
    assert again["backward-twice"].message.startswith(
        "The value is right, but the derivative is wrong at 9 of 9 places"
    )
    assert "Should the nodes between still remember the last one?" in (again["backward-twice"].hint or "")
    deep = checks(large, TEACHING)
    assert notes(deep) == {"chain": "recursion-depth"}
    assert deep["chain"].verdict is Verdict.CRASHED
    assert (
        "For `v = v + w, 10000 times` a function called itself more often than Python allows" in deep["chain"].message
    )
    assert "solution.py line" in deep["chain"].message


ADD = "return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))"
SUB = "return Value(self.data - other.data, ((self, 1.0), (other, -1.0)))"
MUL = "return Value(self.data * other.data, ((self, other.data), (other, self.data)))"
DIV = "return Value(quotient, ((self, 1 / other.data), (other, -quotient / other.data)))"
POW = "((self, exponent * self.data ** (exponent - 1)),)"
NEG = "return Value(-self.data, ((self, -1.0),))"
EXP = "return Value(y, ((x, y),))"
LOG = "return Value(math.log(x.data), ((x, 1 / x.data),))"
TANH = "return Value(y, ((x, (1 - y) * (1 + y)),))"
RELU = "((x, 1.0 if x.data > 0 else 0.0),))"
LEAF = "                node.grad += bar\n"
ARRIVED = "arrived[id(operand)] = arrived.get(id(operand), 0.0) + bar * derivative"

RULES: dict[str, tuple[tuple[str, str], dict[str, str | None]]] = {
    "product, first factor kept": ((MUL, MUL.replace("other.data), (other, self.data", "0.0), (other, self.data")), {"mul": "product.second"}),
    "product, second factor kept": ((MUL, MUL.replace("(other, self.data)", "(other, 0.0)")), {"mul": "product.first"}),
    "quotient, sum of both terms": ((DIV, DIV.replace("-quotient", "quotient")), {"truediv": "quotient.sum"}),
    "quotient, denominator frozen": ((DIV, DIV.replace("-quotient / other.data", "0.0")), {"truediv": "quotient.first"}),
    "quotient, both terms turned": ((DIV, DIV.replace("-quotient", "quotient").replace("1 /", "-1 /")), {"truediv": "quotient.swapped"}),
    "quotient, not squared": ((DIV, "return Value(quotient, ((self, 1.0), (other, -quotient)))"), {"truediv": "quotient.unsquared"}),
    "power, exponent kept": ((POW, "((self, exponent * self.data**exponent),)"), {"pow": "power.exponent"}),
    "power, coefficient dropped": ((POW, "((self, self.data ** (exponent - 1)),)"), {"pow": "power.coefficient"}),
    "power, integrated": ((POW, "((self, self.data ** (exponent + 1) / (exponent + 1) if exponent != -1 else math.inf),)"), {"pow": None}),
    "power, reduced coefficient": ((POW, "((self, (exponent - 1) * self.data ** (exponent - 1)),)"), {"pow": "power.unreduced"}),
    "minus not distributed": ((SUB, SUB.replace("-1.0", "1.0")), {"sub": "minus"}),
    "sign of the negative": ((NEG, NEG.replace("-1.0", "1.0")), {"neg": "sign"}),
    "half of a sum": ((ADD, "return Value(self.data + other.data, ((self, 0.5), (other, 0.5)))"), {"add": None}),
    "exponential by the power rule": ((EXP, "return Value(y, ((x, x.data * math.exp(x.data - 1)),))"), {"exp": "exp.power-rule"}),
    "logarithm kept": ((LOG, LOG.replace("1 / x.data", "math.log(x.data)")), {"log": "function.undifferentiated"}),
    "tanh, not squared": ((TANH, "return Value(y, ((x, 1 - y),))"), {"tanh": "tanh.unsquared"}),
    "relu, slope one everywhere": ((RELU, "((x, 1.0),))"), {"relu": "relu.negative"}),
    "relu, half on both sides": ((RELU, "((x, 0.5 if abs(x.data) < 1e-6 else float(x.data > 0)),))"), {"relu": "finite-difference"}),
    "incoming gradient ignored": ((ARRIVED, ARRIVED.replace("bar * derivative", "derivative")), {"mul": "incoming-ignored"}),
    "no constant on the left of a sum": (("    __radd__ = __add__\n", ""), {"add": "constants-not-lifted"}),
    "no constant on the left of a product": (("    __rmul__ = __mul__\n", ""), {"mul": "constants-not-lifted"}),
    "no constant on the left of a difference": (("def __rsub__", "def rsub"), {"sub": "constants-not-lifted"}),
    "no constant on the left of a quotient": (("def __rtruediv__", "def rtruediv"), {"truediv": "constants-not-lifted"}),
    "no constants at all": (("return x if isinstance(x, Value) else Value(x)", "return x"), {"sub": "constants-not-lifted"}),
    "constant on the left, taken for the right": (("return lift(other) - self", "return self - other"), {"sub": None}),
    "0.1 % off": ((TANH, "return Value(y, ((x, 1.001 * (1 - y * y)),))"), {"tanh": None}),
    "twice": ((LOG, LOG.replace("1 /", "2 /")), {"log": None}),
    "not a number": ((LOG, LOG.replace("1 / x.data", "math.nan")), {"log": None}),
    "a constant": ((LOG, LOG.replace("1 / x.data", "0.5")), {"log": None}),
    "a million roundings": ((TANH, "return Value(y, ((x, (1 - y * y) * (1 + 1e-10)),))"), {"tanh": "finite-difference"}),
    "single precision": ((LOG, LOG.replace("Value(math", "import numpy as np; return Value(np.float32(1) * math").replace("return import", "import")), {"log": "float32"}),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_rules(rules: Grader, name: str) -> None:
    change, expected = RULES[name]
    found = checks(rules, changed(REVERSE, change))
    came = notes(found)
    assert {check: came.get(check, "passed") for check in expected} == expected, {
        n: c.message for n, c in found.items()
    }
    operations = [
        check for check in came if check in ("add", "sub", "mul", "truediv", "pow", "neg", "exp", "log", "tanh", "relu")
    ]
    if name != "incoming gradient ignored" and name != "no constants at all":
        assert operations == [*expected], "the other operations are right"
    assert all(found[check].score == 0 for check in came)


OVERWRITTEN = (ARRIVED, "arrived[id(operand)] = bar * derivative")
SORTED = "for node in reversed(sorted_by_use(self)):"
BY_BREADTH = """
def by_breadth(root):
    order = [root]
    for node in order:
        order.extend(operand for operand, _ in node._parents if operand not in order)
    return order
"""
BY_DEPTH = """
def by_depth(root):
    order, waiting = {}, [root]
    while waiting:
        node = waiting.pop()
        if id(node) not in order:
            order[id(node)] = node
            waiting.extend(operand for operand, _ in reversed(node._parents))
    return list(order.values())
"""
KEEPING = (
    "arrived = {id(self): 1.0}",
    "self._bar = 1.0",
), ("bar = arrived[id(node)]", "bar = node._bar"), (ARRIVED, "operand._bar += bar * derivative"), (
    "self.grad = 0.0", "self.grad = self._bar = 0.0"
), (LEAF, "                node.grad = bar\n")  # fmt: skip
EVERY_PATH = """
    def _walk(self, bar):
        self.bar = getattr(self, "bar", 0.0) + bar
        self.grad = self.bar
        for operand, derivative in self._parents:
            operand._walk(self.bar * derivative)

    def backward(self):
        self._walk(1.0)

    def backward_by_sorting(self):
"""
WALKS = REVERSE.replace("    def backward(self):\n", EVERY_PATH.replace("self.bar * derivative", "bar * derivative"))

PASSES: dict[str, tuple[str, dict[str, str | None]]] = {
    "overwritten": (changed(REVERSE, OVERWRITTEN), {"diamond": "not-accumulated", "shared-subexpression": "not-accumulated"}),
    "by breadth": (changed(REVERSE + BY_BREADTH, (SORTED, "for node in by_breadth(self):")), {"unequal-paths": "not-topological"}),
    "by depth": (changed(REVERSE + BY_DEPTH, (SORTED, "for node in by_depth(self):")), {"unequal-paths": "not-topological"}),
    "every path with all that is held": (REVERSE.replace("    def backward(self):\n", EVERY_PATH), {"unequal-paths": "not-topological"}),
    "kept between passes": (changed(REVERSE, *KEEPING), {"backward-twice": "intermediates-not-reset"}),
    "leaves forget": (changed(REVERSE, (LEAF, "                node.grad = bar\n")), {"backward-twice": "leaves-reset"}),
    "None until something comes": (
        changed(REVERSE, ("self.grad = 0.0", "self.grad = None"), (LEAF, "                node.grad = bar + (node.grad or 0.0)\n")),
        {"unused-input": "gradient-missing"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PASSES)
def test_backward_passes(graphs: Grader, name: str) -> None:
    source, expected = PASSES[name]
    came = notes(checks(graphs, source))
    assert {check: came.get(check, "passed") for check in expected} == expected
    if name in ("kept between passes", "leaves forget", "None until something comes"):
        assert came == expected, "everything else is right"


def test_a_gradient_that_is_overwritten_is_told_in_programs_too(rules: Grader) -> None:
    came = checks(rules, changed(REVERSE, OVERWRITTEN))
    assert notes(came) == {"tutorial": "not-accumulated", "mixed": "not-accumulated"}
    assert "the derivative in a is wrong at 7 of 14 places" in came["tutorial"].message
    assert "Look at `a*(a + b)`" in came["tutorial"].message


def test_a_wrong_rule_is_told_before_a_wrong_pass(rules: Grader) -> None:
    """Both give the same numbers in `a*(a + b)`; that the product is wrong is known."""
    change, _ = RULES["product, second factor kept"]
    assert notes(checks(rules, changed(REVERSE, change)))["tutorial"] == "product.first"


def test_a_walk_along_every_path_never_ends(large: Grader, graphs: Grader) -> None:
    came = checks(large, WALKS)
    assert came["doubling"].note == "exponential-traversal"
    assert came["doubling"].verdict is Verdict.TIME_LIMIT
    assert came["tape"].verdict is Verdict.PASSED
    assert set(notes(came)) <= {"doubling", "chain", "random-dag"}


ANCESTORS = (
    "self._parents = parents",
    "self._parents = parents; self.before = parents[0][0].before + (self,) if parents else (self,)",
)
CARRIED = '''
class Value:
    """Forward mode in disguise: every number carries its derivative in each leaf."""

    def __init__(self, data, slopes=None):
        self.data, self.grad = data, 0.0
        self.slopes = {self: 1.0} if slopes is None else slopes

    def __hash__(self): return id(self)
    def _with(self, other, value, a, b):
        slopes = {leaf: a * slope for leaf, slope in self.slopes.items()}
        for leaf, slope in (other.slopes.items() if isinstance(other, Value) else ()):
            slopes[leaf] = slopes.get(leaf, 0.0) + b * slope
        return Value(value, slopes)
    def __add__(self, other): return self._with(other, self.data + plain(other), 1.0, 1.0)
    def __sub__(self, other): return self._with(other, self.data - plain(other), 1.0, -1.0)
    def __mul__(self, other): return self._with(other, self.data * plain(other), plain(other), self.data)
    def __neg__(self): return self * -1
    def backward(self):
        for leaf, slope in self.slopes.items():
            leaf.grad += slope

def plain(x): return x.data if isinstance(x, Value) else x
'''


def test_memory(large: Grader) -> None:
    kept = checks(large, changed(REVERSE, ANCESTORS))["tape"]
    assert (kept.note, kept.score) == ("tape-superlinear", 0)
    carried = checks(large, CARRIED)
    assert carried["tape"].note == "no-tape"
    assert "too little for a record of the operations" in carried["tape"].message
    assert notes({"chain": carried["chain"], "random-dag": carried["random-dag"]}) == {}


def test_what_others_see_of_memory_that_is_right(large: Grader) -> None:
    message = checks(large, REVERSE)["tape"].message
    assert "4 times as many operations: as it should be." in message
