"""Forward mode through the sandbox: dual numbers of every making pass, each mistake is refused and named."""

from __future__ import annotations

import pytest

from grader.bundles import Bundles
from grader.grading import Grader
from grader.sandbox.slot import Slot
from tests.changing import changed
from tests.checks.classes import FORWARD
from tests.checks.grading import checks, grader_of, notes

pytestmark = pytest.mark.sandbox

TASK = """\
format: 1
id: demo
title: Demo
file: solution.py
limits: {cpu: 1 s, wall: 20 s}
tasks:
  - id: dual
    kind: autodiff
    mode: forward
    points: 10
    implement: class Dual
    interface:
      make: Dual(value, derivative)
      value: value
      derivative: derivative
      functions: {sin: sin, cos: cos, exp: exp, log: log, sqrt: sqrt, relu: relu}
    ops: [add, sub, mul, truediv, pow, powv, neg, sin, cos, exp, log, sqrt, relu]
    programs:
      cubic: {args: {x: "scalar real[0,2]"}, f: "3*x**3 - 5*x**2", points: 6}
      wave: {args: {x: "scalar real[-2,2]", y: "scalar real[-2,2]"}, f: "sin(x*y) * cos(x) + x*y*x", points: 6}
"""
GRAPHS = """\
    graphs: [diamond, nested, {doubling: 40}, {chain: 10000}, {random-dag: {nodes: 50, count: 5}}]
    cost: {tape: constant}
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    return grader_of(tmp_path_factory.mktemp("rules"), TASK, slot, bundles)


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    return grader_of(tmp_path_factory.mktemp("graphs"), TASK + GRAPHS, slot, bundles)


PAIRS = """
import numpy as np

class Dual(tuple):
    '''A pair, with all rules in one table.'''

    def __new__(cls, value, derivative):
        return super().__new__(cls, (value, derivative))

    value = property(lambda self: self[0])
    derivative = property(lambda self: self[1])

def chained(value, *slopes):
    def apply(*arguments):
        duals = [a if isinstance(a, Dual) else (a, 0.0) for a in arguments]
        x = [d[0] for d in duals]
        total = sum(slope(*x) * d[1] for slope, d in zip(slopes, duals) if not (isinstance(d[1], float) and d[1] == 0))
        return Dual(value(*x), total)
    return apply

def power(x, n):
    if not isinstance(x, Dual) and not isinstance(n, Dual):
        return x**n
    if not isinstance(n, Dual):
        return chained(lambda v: v**n, lambda v: n * v ** (n - 1))(x)
    return chained(lambda v, e: v**e, lambda v, e: e * v ** (e - 1), lambda v, e: np.log(v) * v**e)(x, n)

one, minus = lambda *x: 1, lambda *x: -1
TABLE = {
    "add": (lambda x, y: x + y, one, one), "sub": (lambda x, y: x - y, one, minus),
    "mul": (lambda x, y: x * y, lambda x, y: y, lambda x, y: x),
    "truediv": (lambda x, y: x / y, lambda x, y: 1 / y, lambda x, y: -x / y / y),
}
for name, row in TABLE.items():
    setattr(Dual, f"__{name}__", chained(*row))
    setattr(Dual, f"__r{name}__", lambda x, y, apply=chained(*row): apply(y, x))
Dual.__neg__ = chained(lambda x: -x, minus)
Dual.__pow__, Dual.__rpow__ = power, lambda x, y: power(y, x)
sin, cos = chained(np.sin, np.cos), chained(np.cos, lambda x: -np.sin(x))
exp, log = chained(np.exp, np.exp), chained(np.log, lambda x: 1 / x)
sqrt, relu = chained(np.sqrt, lambda x: 0.5 * x**-0.5), chained(lambda x: max(x, 0), lambda x: x > 0)
"""
MATRICES = """
import numpy as np

class Dual:
    '''x + eps x' as the matrix [[x, x'], [0, x]], whose products are the rules.'''

    def __init__(self, value, derivative=0.0):
        self.m = np.array([[value, derivative], [0.0, value]], dtype=object)

    value = property(lambda self: self.m[0, 0])
    derivative = property(lambda self: self.m[0, 1])

    def __add__(self, other): return of(self.m + up(other))
    def __sub__(self, other): return of(self.m - up(other))
    def __rsub__(self, other): return of(up(other) - self.m)
    def __mul__(self, other): return of(self.m.dot(up(other)))
    def __truediv__(self, other): return self * inverse(up(other))
    def __rtruediv__(self, other): return of(up(other)) * inverse(self.m)
    def __neg__(self): return self * -1
    def __pow__(self, n):
        if isinstance(n, Dual):
            return exp(log(self) * n)
        return apply(self, lambda x: x**n, lambda x: n * x ** (n - 1))
    def __rpow__(self, other): return exp(self * np.log(other))
    __radd__, __rmul__ = __add__, __mul__

def of(m): return Dual(m[0, 0], m[0, 1])
def up(x): return x.m if isinstance(x, Dual) else Dual(x).m
def inverse(m): return Dual(1 / m[0, 0], -1 * m[0, 1] / m[0, 0] / m[0, 0])
def apply(x, f, df): return Dual(f(x.value), df(x.value) * x.derivative)
def sin(x): return apply(x, np.sin, np.cos)
def cos(x): return apply(x, np.cos, lambda v: -np.sin(v))
def exp(x): return apply(x, np.exp, np.exp)
def log(x): return apply(x, np.log, lambda v: 1 / v)
def sqrt(x): return x**0.5
def relu(x): return x if x.value > 0 else 0 * x
"""
RIGHT = {"solution": FORWARD, "pairs": PAIRS, "matrices": MATRICES}


@pytest.mark.parametrize("name", RIGHT)
def test_right_classes_pass_on_every_seed(rules: Grader, graphs: Grader, name: str) -> None:
    for number in range(20):
        found = checks(rules, RIGHT[name], f"seed {number}")
        assert notes(found) == {}, {check: item.message for check, item in found.items()}
    found = checks(graphs, RIGHT[name])
    assert notes(found) == {}, {check: item.message for check, item in found.items()}


MUL = "return Dual(self.value * other.value, self.derivative * other.value + self.value * other.derivative)"
DIV = "return Dual(quotient, (self.derivative - quotient * other.derivative) / other.value)"
SUB = "return Dual(self.value - other.value, self.derivative - other.derivative)"
POW = "return Dual(self.value**other, other * self.value ** (other - 1) * self.derivative)"
POWV = "            slope = other.value * self.derivative / self.value + other.derivative * math.log(self.value)\n"
SIN = "return Dual(math.sin(x.value), math.cos(x.value) * x.derivative)"
COS = "return Dual(math.cos(x.value), -math.sin(x.value) * x.derivative)"
SQRT = "return Dual(y, x.derivative / (2 * y))"
RELU = "x.derivative if x.value > 0 else 0.0)"

RULES: dict[str, tuple[tuple[str, str], dict[str, str | None]]] = {
    "eps squared kept": ((MUL, MUL.replace("* other.derivative)", "* other.derivative + self.derivative * other.derivative)")), {"mul": "eps-squared"}),
    "product of derivatives": ((MUL, "return Dual(self.value * other.value, self.derivative * other.derivative)"), {"mul": "product.both"}),
    "product, first term only": ((MUL, MUL.replace(" + self.value * other.derivative", "")), {"mul": "product.first"}),
    "product, second term only": ((MUL, MUL.replace("self.derivative * other.value + ", "")), {"mul": "product.second"}),
    "quotient, both terms added": ((DIV, DIV.replace("- quotient", "+ quotient")), {"truediv": "quotient.sum"}),
    "quotient, not squared": ((DIV, "return Dual(quotient, self.derivative - quotient * other.derivative)"), {"truediv": "quotient.unsquared"}),
    "difference, terms added": ((SUB, SUB.replace("self.derivative -", "self.derivative +")), {"sub": "minus"}),
    "power, coefficient dropped": ((POW, POW.replace("other * self", "self")), {"pow": "power.coefficient"}),
    "power without the chain": ((POW, POW.replace(" * self.derivative", "")), {"pow": "tangent-ignored"}),
    "exponents are constants": ((POWV, POWV.replace(" + other.derivative * math.log(self.value)", "")), {"powv": "power-rules"}),
    "no dual exponents": (("if isinstance(other, Dual):\n            power", "if False:\n            power"), {"powv": "power-rules"}),
    "no constant base": (("def __rpow__", "def rpow"), {"powv": "power-rules"}),
    "sine with the sign of cosine": ((SIN, SIN.replace("math.cos", "-math.cos")), {"sin": "trig.sign"}),
    "cosine without its sign": ((COS, COS.replace("-math.sin", "math.sin")), {"cos": "trig.sign"}),
    "sine without the chain": ((SIN, SIN.replace(" * x.derivative", "")), {"sin": "tangent-ignored"}),
    "root without its half": ((SQRT, SQRT.replace("2 * y", "y")), {"sqrt": "sqrt.half"}),
    "relu rises everywhere": ((RELU, "x.derivative)"), {"relu": "relu.negative"}),
    "relu, half beside the kink": ((RELU, "x.derivative * (0.5 if abs(x.value) < 1e-6 else x.value > 0))"), {"relu": "finite-difference"}),
    "constants only on the right": (("def __rsub__", "def rsub"), {"sub": "constants-not-lifted"}),
    "constants with a derivative": (("return x if isinstance(x, Dual) else Dual(x)", "return x if isinstance(x, Dual) else Dual(x, 1.0)"), {"add": None}),
    "single precision": ((SQRT, "import numpy as np; return Dual(y, np.float32(x.derivative / (2 * y)))"), {"sqrt": "float32"}),
    "0.1 % off": ((SQRT, SQRT.replace("x.derivative", "1.001 * x.derivative")), {"sqrt": None}),
    "not a number": ((SQRT, SQRT.replace("x.derivative", "math.nan")), {"sqrt": None}),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_rules(rules: Grader, name: str) -> None:
    change, expected = RULES[name]
    found = checks(rules, changed(FORWARD, change))
    came = notes(found)
    assert {check: came.get(check, "passed") for check in expected} == expected, {
        n: c.message for n, c in found.items()
    }
    wrong = [check for check in came if check not in ("cubic", "wave")]
    assert wrong == [*expected] or name in ("constants with a derivative",), "the other operations are right"
    assert all(found[check].score == 0 for check in came)


LIFTED = """
        self.value = value
        if isinstance(value, Dual) and getattr(derivative, "value", derivative) == 0:
            derivative = Dual(value.derivative, 0.0)  # a number that has a derivative keeps it
"""


def test_one_marker_for_two_derivatives(graphs: Grader) -> None:
    """d/dx [x d/dy (x + y)] is 1; where the inner derivative takes x for its own, it is 2."""
    found = checks(graphs, changed(FORWARD, ("        self.value = value\n", LIFTED)))
    assert notes(found) == {"nested": "perturbation-confusion"}
    assert "the derivative in x of x times the derivative in y of (x + y)" in found["nested"].message


def test_numbers_that_take_floats_only(graphs: Grader) -> None:
    found = checks(graphs, changed(FORWARD, ("        self.value = value\n", "        self.value = float(value)\n")))
    assert notes(found) == {"nested": None}
    assert "raised TypeError: float() argument must be" in found["nested"].message


def test_numbers_that_keep_all_that_was_before(graphs: Grader) -> None:
    kept = changed(
        FORWARD,
        ("return Dual(self.value + other.value, self.derivative + other.derivative)",
         "made = Dual(self.value + other.value, self.derivative + other.derivative); made.before = (self, other); return made"),
    )  # fmt: skip
    found = checks(graphs, kept)
    assert notes(found) == {"tape": "tape-kept"}
    assert "forward mode carries derivatives along and keeps nothing" in found["tape"].message
