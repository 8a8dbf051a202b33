"""Methods that only look like automatic differentiation earn nothing, and submissions that misbehave are told how."""

from __future__ import annotations

import pytest

from grader.bundles import Bundles
from grader.domain.report import Verdict
from grader.grading import Grader
from grader.sandbox.slot import Slot
from tests.changing import changed
from tests.checks import test_autodiff_forward as forward
from tests.checks import test_autodiff_reverse as reverse
from tests.checks.classes import FORWARD, REVERSE
from tests.checks.grading import checks, grader_of, notes

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def of_reverse(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    folder = tmp_path_factory.mktemp("reverse")
    return grader_of(folder, reverse.TASK + reverse.PROGRAMS + reverse.GRAPHS, slot, bundles)


@pytest.fixture(scope="module")
def of_forward(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    return grader_of(tmp_path_factory.mktemp("forward"), forward.TASK, slot, bundles)


REPLAYED = '''
import math, cmath

class Value:
    """Records what is computed, and computes it again with every leaf moved a little."""

    def __init__(self, data, operation=None, operands=()):
        self.data, self.grad, self.operation, self.operands = data, 0.0, operation, operands

    def again(self, leaf, moved):
        if self is leaf:
            return moved
        if not self.operands:
            return self.data
        return self.operation(*(operand.again(leaf, moved) for operand in self.operands))

    def leaves(self):
        return {self} if not self.operands else set().union(*(operand.leaves() for operand in self.operands))

    def backward(self):
        for leaf in self.leaves():
            leaf.grad += SLOPE

def apply(operation, *operands):
    numbers = tuple(o if isinstance(o, Value) else Value(o) for o in operands)
    return Value(operation(*(number.data for number in numbers)), operation, numbers)

for name, operation in {
    "add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y, "truediv": lambda x, y: x / y,
}.items():
    setattr(Value, f"__{name}__", lambda x, y, f=operation: apply(f, x, y))
    setattr(Value, f"__r{name}__", lambda x, y, f=operation: apply(f, y, x))
Value.__neg__ = lambda x: apply(lambda v: -v, x)
Value.__pow__ = lambda x, n: apply(lambda v: v**n, x)

def of(real, complicated):
    return lambda x: apply(lambda v: complicated(v) if isinstance(v, complex) else real(v), x)

exp, log, tanh = of(math.exp, cmath.exp), of(math.log, cmath.log), of(math.tanh, cmath.tanh)
relu = of(lambda v: max(v, 0.0), lambda v: v if v.real > 0 else 0 * v)
'''
HX = "max(1.0, abs(leaf.data))"
STEPS = {
    "forward difference": f"(self.again(leaf, leaf.data + 1.5e-8 * {HX}) - self.data) / (1.5e-8 * {HX})",
    "central difference": f"(self.again(leaf, leaf.data + 6e-6 * {HX}) - self.again(leaf, leaf.data - 6e-6 * {HX})) / (12e-6 * {HX})",
    "richardson": "(8 * (self.again(leaf, leaf.data + 1e-3) - self.again(leaf, leaf.data - 1e-3))"
    " - (self.again(leaf, leaf.data + 2e-3) - self.again(leaf, leaf.data - 2e-3))) / 12e-3",
    "complex step of 1e-20": "self.again(leaf, leaf.data + 1e-20j).imag / 1e-20",
    "complex step of 1e-30": "self.again(leaf, leaf.data + 1e-30j).imag / 1e-30",
    "complex step of 1e-200": "self.again(leaf, leaf.data + 1e-200j).imag / 1e-200",
}


@pytest.mark.parametrize("name", STEPS)
def test_steps_in_reverse_mode_earn_nothing_in_programs(of_reverse: Grader, name: str) -> None:
    found = checks(of_reverse, REPLAYED.replace("SLOPE", STEPS[name]))
    note = "complex-step" if name.startswith("complex") else "finite-difference"
    for program in ("tutorial", "mixed"):
        assert (found[program].score, found[program].verdict) == (0, Verdict.FAILED)
        assert found[program].note in (note, None), found[program]
    assert found["mixed"].note == note
    if note == "finite-difference":
        assert (
            sum(check.score for name, check in found.items() if name in ("exp", "log", "tanh", "truediv", "relu")) == 0
        )
        assert found["log"].note == "finite-difference"
        assert "this is an approximation of the derivative, not the derivative" in found["log"].message


COMPLEX = """
import cmath

H = STEP

class Dual:
    def __init__(self, value, derivative=0.0):
        self.z = complex(value, H * derivative)

    value = property(lambda self: self.z.real)
    derivative = property(lambda self: self.z.imag / H)

def made(z):
    dual = Dual(0.0)
    dual.z = z
    return dual

def z_of(x): return x.z if isinstance(x, Dual) else x

for name in ("add", "sub", "mul", "truediv", "pow"):
    method = getattr(complex, f"__{name}__")
    setattr(Dual, f"__{name}__", lambda x, y, f=method: made(f(x.z, complex(z_of(y)))))
    setattr(Dual, f"__r{name}__", lambda x, y, f=method: made(f(complex(y), x.z)))
Dual.__neg__ = lambda x: made(-x.z)
sin, cos, exp, log, sqrt = (lambda x, f=f: made(f(x.z)) for f in (cmath.sin, cmath.cos, cmath.exp, cmath.log, cmath.sqrt))
relu = lambda x: x if x.value > 0 else made(0 * x.z)
"""


@pytest.mark.parametrize("step", ["1e-8", "1e-20", "1e-30", "1e-100", "1e-200"])
def test_complex_steps_in_forward_mode_earn_nothing(of_forward: Grader, step: str) -> None:
    found = checks(of_forward, COMPLEX.replace("STEP", step))
    assert {check for check, item in found.items() if item.score} <= {"add", "sub", "neg", "relu"}
    if step != "1e-8":
        assert {found[program].note for program in ("cubic", "wave")} == {"complex-step"}
        assert "a very large or very small derivative arrives from outside" in found["wave"].message


@pytest.mark.parametrize(
    "line",
    ["import torch", "from jax import numpy", "import torch.nn as nn", "try:\n    import torch\nfinally:\n    pass"],
)
def test_forbidden_imports(of_reverse: Grader, line: str) -> None:
    found = checks(of_reverse, f"{line}\n{REVERSE}")
    package = "jax" if "jax" in line else "torch"
    assert {(check.verdict, check.note) for check in found.values()} == {(Verdict.FORBIDDEN, "imported-autograd")}
    assert found["add"].message.startswith(f"Your file imports `{package}`, which this task does not allow")


def test_a_forbidden_import_in_a_function(of_reverse: Grader) -> None:
    late = changed(REVERSE, ("    y = math.tanh(x.data)\n", "    import torch\n    y = math.tanh(x.data)\n"))
    found = checks(of_reverse, late)
    assert notes(found) == {"tanh": "imported-autograd"}
    assert found["tanh"].verdict is Verdict.FORBIDDEN


def test_other_imports_that_fail_are_no_offence(of_reverse: Grader) -> None:
    found = checks(of_reverse, f"import scipy\n{REVERSE}")
    assert {check.verdict for check in found.values()} == {Verdict.CRASHED}
    assert "No module named 'scipy'" in found["add"].message


REMEMBERED = (
    ("                node.grad += bar\n", "                SUMS[node.data] = SUMS.get(node.data, 0.0) + bar\n                node.grad += SUMS[node.data]\n"),
    ("import math\n", "import math\n\nSUMS = {}\n"),
)  # fmt: skip


def test_gradients_that_are_kept_from_one_computation_to_the_next(of_reverse: Grader) -> None:
    found = checks(of_reverse, changed(REVERSE, *REMEMBERED))
    assert found["tutorial"].note == "not-reset"
    assert "gave a multiple of its derivative the second time" in found["tutorial"].message


ADD = "return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))"
BAD: dict[str, tuple[str, Verdict, str | None, str]] = {
    "changes an operand": (
        changed(REVERSE, (ADD, f"self.data += 1; {ADD.replace('self.data +', 'self.data - 1 +')}")),
        Verdict.FAILED, "mutates-operand", "`x + y` changed the value of x. An operation makes a new number",
    ),
    "a plain number": (
        changed(REVERSE, (ADD, "return self.data + other.data")),
        Verdict.CRASHED, None, "After `x + y`, the number that was asked for `backward` does not have it ('float' object has no",
    ),
    "a wrong value": (
        changed(REVERSE, (ADD, ADD.replace("self.data +", "1 + self.data +"))),
        Verdict.FAILED, None, "The value of `x + y`, `x + 2`, `1.5 + x` and 1 more is wrong already, for example at x =",
    ),
    "gradients that are numbers of the class": (
        changed(REVERSE, ("node.grad += bar", "node.grad = Value(bar)")),
        Verdict.INVALID_OUTPUT, None, "After `x + y`, `grad` of `x` is Value; a plain number is expected there.",
    ),
    "text": (
        changed(REVERSE, ("node.grad += bar", "node.grad = 'one'")),
        Verdict.INVALID_OUTPUT, None, "After `x + y`, `grad` of `x` is str; a plain number is expected there.",
    ),
    "complex": (
        changed(REVERSE, ("node.grad += bar", "node.grad += bar + 0j")),
        Verdict.INVALID_OUTPUT, None, "`grad` of `x` is complex of dtype complex128 and shape (); a plain number",
    ),
    "infinite": (
        changed(REVERSE, ("node.grad += bar", "node.grad += bar * math.inf")),
        Verdict.INVALID_OUTPUT, None, "After `x + y`, `grad` of `x` is inf; the right number is finite here.",
    ),
    "single precision": (
        changed(REVERSE, ("node.grad += bar", "import numpy; node.grad = numpy.float32(node.grad + bar)")),
        Verdict.FAILED, "float32", "Your function returned float32",
    ),
    "no class": ("x = 1", Verdict.MISSING, None, "There is no class `Value` in your submission. Define it at the top level"),
    "other arguments": (
        changed(REVERSE, ("def __init__(self, data, parents=()):", "def __init__(self, data, parents):"), ("else Value(x)", "else Value(x, ())")),
        Verdict.CRASHED, None, "`Value` cannot be called as the task says (Value.__init__() missing 1 required positional argument:",
    ),
    "no such function": (
        changed(REVERSE, ("def __add__", "def plus"), ("    __radd__ = __add__\n", "")),
        Verdict.CRASHED, None, "Computing `x + y` raised TypeError: unsupported operand type(s) for +: 'Value' and 'Value'",
    ),
    "raises": (
        changed(REVERSE, (ADD, "raise KeyError('sum')")),
        Verdict.CRASHED, None, "Computing `x + y` raised KeyError: 'sum'\n    solution.py line",
    ),
    "asks for an argument of its pass": (
        changed(REVERSE, ("def backward(self):", "def backward(self, bar):")),
        Verdict.CRASHED, None, "`backward` cannot be called as the task says",
    ),
    "endless": (changed(REVERSE, (ADD, "while True: pass")), Verdict.TIME_LIMIT, None, "Too much computing time"),
    "ends the process": (changed(REVERSE, (ADD, "import os; os._exit(0)")), Verdict.CRASHED, None, "ended the process itself"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_misbehaviour(of_reverse: Grader, name: str) -> None:
    source, verdict, note, words = BAD[name]
    check = checks(of_reverse, source)["add"]
    assert (check.verdict, check.note, check.score) == (verdict, note, 0), check.message
    assert words in check.message


def test_a_function_that_is_missing_costs_only_what_needs_it(of_reverse: Grader) -> None:
    found = checks(of_reverse, REVERSE.replace("def tanh(", "def hyperbolic("))
    assert set(notes(found)) == {"tanh"}
    assert "There is no function `tanh` in your submission." in found["tanh"].message


def test_nobody_is_asked_about_the_derivative_of_a_wrong_value(of_forward: Grader) -> None:
    found = checks(of_forward, changed(FORWARD, ("return Dual(math.sin(x.value),", "return Dual(math.cos(x.value),")))
    assert found["sin"].message.startswith("The value of `sin(x)`, `sin(sin(x))` is wrong already")
    assert "a derivative can only be right when the value is" in found["sin"].message
