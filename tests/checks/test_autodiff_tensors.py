"""Classes of tensors through the sandbox: right ones of every making pass, each mistake is refused and named."""

from __future__ import annotations

import pytest

from grader.bundles import Bundles
from grader.domain.report import Verdict
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.changing import changed
from tests.checks.grading import checks, grader_of, notes
from tests.checks.tensor_classes import RIGHT, SOLUTION
from tests.conftest import ROOT, submission_of

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def shipped(slot: Slot, bundles: Bundles) -> Grader:
    return Grader(load(ROOT / "assignments" / "tensor-autograd"), slot, bundles)


@pytest.mark.parametrize("name", RIGHT)
def test_right_classes_pass_on_every_seed(shipped: Grader, name: str) -> None:
    """All tasks but those of derivatives, which another seed tells nothing new about."""
    for number in range(20):
        for task in ("tensor", "functions", "network") if number < 2 else ("tensor",):
            assert notes(checks(shipped, RIGHT[name], f"seed {number}", task)) == {}, number
    assert shipped.grade(submission_of(RIGHT[name])).score == 34


PART = "part = unbroadcast(pull(bar), operand.data.shape)"
IN_PLACE = ("node.grad = node.grad + bar", "node.grad += bar")
LEADING = "    g = g.sum(axis=tuple(range(g.ndim - len(shape))))"
STRETCHED = "return g.sum(axis=stretched, keepdims=True)"
LEFT, RIGHT_FACTOR = "return g @ b.swapaxes(-1, -2)", "return a.swapaxes(-1, -2) @ g"
MUL = "((self, lambda g: g * other.data), (other, lambda g: g * self.data))"
ADDED = "arrived[id(operand)] + part if id(operand) in arrived else part"
SUM = "g if axis is None or keepdims else np.expand_dims(g, axis)"
ZEROS = "self.grad = np.zeros_like(self.data)"
SUB = "        other = lift(other)\n        return Tensor(self.data - other.data,"
LEAF = "            if not node._parents:\n                node.grad = node.grad + bar\n"
ARRAY = "np.asarray(data, dtype=np.float64)"

MISTAKES: dict[str, tuple[tuple[tuple[str, str], ...], dict[str, str | None]]] = {
    "copies not summed": (((PART, "part = pull(bar)"),), {"broadcast": "not-unbroadcast", "matmul": "not-unbroadcast", "affine": "not-unbroadcast", "normalised": "not-unbroadcast"}),
    "copies not summed, in place": (((PART, "part = pull(bar)"), IN_PLACE), {"add": "not-unbroadcast", "broadcast": "not-unbroadcast", "affine": "not-unbroadcast"}),
    "stretched axes not summed": (((STRETCHED, "return g"),), {"broadcast": "not-unbroadcast", "normalised": "not-unbroadcast"}),
    "leading axes not summed": (((LEADING, "    if g.ndim > len(shape):\n        return g"),), {"broadcast": "not-unbroadcast"}),
    "stretched axes lost": (((STRETCHED, "return g.sum(axis=stretched)"),), {"broadcast": "lost-keepdims"}),
    "axes counted from the end": (((LEADING, LEADING.replace("g.ndim - len(shape)", "len(shape), g.ndim")),), {"broadcast": "wrong-axis", "matmul": None, "affine": None}),
    "copies averaged": (((LEADING, LEADING.replace("sum", "mean")),), {"matmul": "scale.mean", "affine": "scale.mean"}),
    "both factors untransposed": (((LEFT, "return g @ b"), (RIGHT_FACTOR, "return a @ g")), {"matmul": "matmul.untransposed", "affine": None}),
    "one factor untransposed": (((RIGHT_FACTOR, "return a @ g"),), {"matmul": "matmul.untransposed", "affine": None}),
    "factors in the other order": (((LEFT, "return b.swapaxes(-1, -2) @ g"), (RIGHT_FACTOR, "return g @ a.swapaxes(-1, -2)")), {"matmul": "matmul.order"}),
    "stacks turned over": (((LEFT, "return g @ b.T"), (RIGHT_FACTOR, "return a.T @ g")), {"matmul": "matmul.stacks"}),
    "what arrives ignored by a product of matrices": (((LEFT, LEFT.replace("g", "np.ones_like(g)")), (RIGHT_FACTOR, RIGHT_FACTOR.replace(" g", " np.ones_like(g)"))), {"matmul": "incoming-ignored", "affine": "incoming-ignored"}),
    "what arrives ignored by a product of entries": (((MUL, MUL.replace("g *", "np.ones_like(g) *")),), {"mul": "incoming-ignored", "broadcast": "incoming-ignored"}),
    "a product of matrices 0.1 % off": (((LEFT, "return 1.001 * g @ b.swapaxes(-1, -2)"),), {"matmul": None, "affine": None}),
    "a transpose undone by a reshape": (((".T, ((self, lambda g: g.T),)", ".T, ((self, lambda g: g.reshape(self.data.shape)),)"),), {"transpose": "transpose.reshape"}),
    "a transpose not undone": (((".T, ((self, lambda g: g.T),)", ".T, ((self, lambda g: g),)"),), {"transpose": "transpose.dropped"}),
    "an order of axes not inverted": ((("np.argsort(axes)", "axes"),), {"transpose": "transpose.inverse"}),
    "axes reversed": ((("np.argsort(axes)", "axes[::-1]"),), {"transpose": None}),
    "a reshape not undone": ((("lambda g: g.reshape(self.data.shape)", "lambda g: g"), ("node.grad = node.grad + bar", "node.grad = bar")), {"reshape": "reshape.kept"}),
    "a reshape read by columns": ((("lambda g: g.reshape(self.data.shape)", "lambda g: g.T.reshape(self.data.shape)"),), {"reshape": None}),
    "a sum handed back along the other axis": (((SUM, "g"),), {"sum": "sum.axis"}),
    "contributions overwritten": (((ADDED, "part"),), {"diamond": "not-accumulated", "unequal-paths": "not-accumulated"}),
    "inner nodes remember": (((LEAF, "            node.grad = bar = node.grad + bar\n"),), {"backward-twice": "intermediates-not-reset"}),
    "a number for the gradient of nothing": (((ZEROS, "self.grad = 0.0"),), {"unused-input": None}),
    "nothing for the gradient of nothing": (((ZEROS, "self.grad = None"), ("node.grad = node.grad + bar", "node.grad = bar if node.grad is None else node.grad + bar")), {"unused-input": "gradient-missing"}),
    "an operand changed": (((SUB, SUB.replace("        return", "        self.data -= other.data\n        return").replace("self.data - other.data,", "self.data.copy(),")),), {"sub": "mutates-operand"}),
    "single precision": (((ARRAY, ARRAY.replace("64", "32")),), {"add": "float32", "matmul": "float32"}),
}  # fmt: skip
"""changes -> the notes of checks that must fail; a check that is not named may fail as well"""
ONLY = {
    "a product of matrices 0.1 % off", "a transpose undone by a reshape", "an order of axes not inverted", "axes reversed",
    "a reshape read by columns", "inner nodes remember", "stacks turned over",
}  # fmt: skip
"""of which nothing else is wrong"""


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(shipped: Grader, name: str) -> None:
    changes, expected = MISTAKES[name]
    found = checks(shipped, changed(SOLUTION, *changes), task="tensor")
    came = notes(found)
    assert {check: came.get(check, "passed") for check in expected} == expected, {
        check: found[check].message for check in expected
    }
    assert all(found[check].score == 0 for check in came)
    if name in ONLY:
        assert {*came} == {*expected}


FUNCTIONS: dict[str, tuple[tuple[str, str], dict[str, str | None]]] = {
    "only its own entry": (("p * (g - (g * p).sum(axis=-1, keepdims=True))", "g * p * (1 - p)"), {"softmax": "softmax.diagonal"}),
    "nothing taken off": (("np.exp(x.data - x.data.max(axis=-1, keepdims=True))", "np.exp(x.data)"), {"softmax": "overflow"}),
    "the normaliser forgotten": (("g[..., None] * p / total", "g[..., None] * np.exp(x.data)"), {"logsumexp": "softmax.normaliser"}),
    "along the columns": (("p * (g - (g * p).sum(axis=-1, keepdims=True))", "p * (g - (g * p).sum(axis=0))"), {"softmax": None}),
    "slope one everywhere": (("lambda g: g * (x.data > 0)", "lambda g: g"), {"relu": "relu.negative"}),
    "half beside the kink": (("lambda g: g * (x.data > 0)", "lambda g: g * np.clip(x.data / 1e-6 + 0.5, 0, 1)"), {"relu": "finite-difference"}),
    "what arrives ignored": (("lambda g: g * y),", "lambda g: y),"), {"exp": "incoming-ignored"}),
    "not squared": (("g * (1 - y) * (1 + y)", "g * (1 - y)"), {"tanh": "tanh.unsquared"}),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_mistakes_in_functions(shipped: Grader, name: str) -> None:
    change, expected = FUNCTIONS[name]
    assert notes(checks(shipped, changed(SOLUTION, change), task="functions")) == expected


BLOCKS = "        tensors = [Tensor(block) for block in blocks]\n"
STEP = "tensor.data - rate * tensor.grad for tensor in tensors"
LOOP = "    for _ in range(steps):\n        tensors"
LOSS = "    return (logsumexp(Z).sum() - (Y * Z).sum()) / X.data.shape[0]\n"

NETWORK: dict[str, tuple[tuple[tuple[str, str], ...], dict[str, str | None]]] = {
    "uphill": (((STEP, STEP.replace("-", "+")),), {"training": "update.ascent"}),
    "one step too few": (((LOOP, LOOP.replace("steps", "steps - 1")),), {"training": "update.count"}),
    "every step from the start": (((BLOCKS, BLOCKS.replace("blocks]", "(W1, b1, W2, b2)]")),), {"training": "update.once"}),
    "half the rate": (((STEP, STEP.replace("rate", "rate / 2")),), {"training": None}),
    "in place": (((LOOP, "    W1 -= 0.0 * W1 + 1.0\n" + LOOP),), {"training": "mutates-input"}),
    "blocks in one array": ((("return tuple(blocks)", "return np.concatenate([b.ravel() for b in blocks])"),), {"training": None}),
    "a bias as a row": ((("return tuple(blocks)", "return (blocks[0], blocks[1][None], *blocks[2:])"),), {"training": "layout.row"}),
    "the gradients in its place": (((STEP, "tensor.grad for tensor in tensors"),), {"training": None}),
    "a sum for the mean": (((LOSS, LOSS.replace(" / X.data.shape[0]", "")),), {"loss": None, "training": None}),
    "one of two paths cut": (((LOSS, LOSS.replace("(Y * Z)", "(Y * Tensor(Z.data))")),), {"loss": "not-accumulated", "training": None}),
    "a number for a tensor": (((LOSS, LOSS.replace("shape[0]\n", "shape[0] * 0 + 1.0\n")),), {"loss": None}),
    "an array for a tensor": (((LOSS, LOSS.replace("return (", "return np.float64((").replace("shape[0]", "shape[0]).data")),), {"loss": None}),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORK)
def test_mistakes_in_the_network(shipped: Grader, name: str) -> None:
    changes, expected = NETWORK[name]
    came = notes(checks(shipped, changed(SOLUTION, *changes), task="network"))
    assert {check: came.get(check, "passed") for check in expected} == expected


def test_messages(shipped: Grader) -> None:
    found = checks(shipped, changed(SOLUTION, (PART, "part = pull(bar)")), task="tensor")
    assert found["affine"].verdict is Verdict.INVALID_OUTPUT
    assert found["affine"].message.startswith("After `X @ W + b`, the gradient of `b` has shape (")
    assert "A gradient has the shape of its variable, and `b` has shape (" in found["affine"].message
    assert found["broadcast"].hint == (
        "The operand was copied along an axis to fit the other one. Its gradient must come back from every copy."
    )
    kept = "def sum(self, axis=None, keepdims=False):\n"
    found = checks(shipped, changed(SOLUTION, (kept, kept + "        keepdims = False\n")), task="tensor")
    assert found["sum"].message == (
        "After `sum(A, 1, True)`, `data` of the result has shape (2,); it should have shape (2, 1)."
    )
    listed = changed(SOLUTION, ("node.grad = node.grad + bar", "node.grad = (node.grad + bar).tolist()"))
    assert checks(shipped, listed, task="tensor")["neg"].message == (
        "After `-x`, `grad` of `x` is list of dtype float64 and shape (2, 3); a float64 numpy array is expected there."
    )
    found = checks(shipped, changed(SOLUTION, ("return tuple(blocks)", "return blocks[0]")), task="network")
    assert found["training"].message.startswith(
        "`train(W1, b1, W2, b2, X, Y, rate, steps)` returned ndarray of dtype float64"
    )
    assert found["training"].message.endswith(
        "expected is a tuple of 4 arrays: W1, b1, W2, b2, in this order, after the last step."
    )
    found = checks(
        shipped,
        changed(SOLUTION, ("return tuple(blocks)", "return (blocks[0], blocks[1][None], *blocks[2:])")),
        task="network",
    )
    assert found["training"].message.startswith("After the last step, `b1` has shape (1, ")


TASK = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: tensor
    kind: autodiff
    mode: reverse
    points: 10
    implement: class Tensor
    numbers: tensors
    interface:
      {make: Tensor(value), value: data, gradient: grad, backward: backward(cotangent),
       functions: {sum: .sum, mean: .mean, max: .max}}
    ops: [add, mul, broadcast, matmul, mean, max]
    programs:
      stacked: {args: {S: "stack[2, m, n]", w: "vector[n]"}, dims: {m: 2..4, n: 2..4}, f: "S * w + 1", points: 3}
      pulled: {args: {A: "matrix[m, n]", x: "vector[n]"}, dims: {m: 2..4, n: 2..4}, f: "A @ x", points: 3}
    graphs: [diamond, {chain: 200}]
"""
TOLD = changed(
    SOLUTION,
    ("def backward(self):", "def backward(self, cotangent):"),
    ("arrived = {id(self): np.ones_like(self.data)}", "arrived = {id(self): np.asarray(cotangent)}"),
    ("    def reshape(", '''    def mean(self, axis=None, keepdims=False):
        total = self.sum(axis, keepdims)
        return total / (self.data.size / total.data.size)

    def max(self, axis=None, keepdims=False):
        top = self.data.max(axis=axis, keepdims=keepdims)
        at_top = self.data == back(top, self.data, axis, keepdims)
        return Tensor(top, ((self, lambda g: at_top * back(g, self.data, axis, keepdims)),))

    def reshape('''),
)  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    """A class whose backward pass is told what arrives."""
    return grader_of(tmp_path_factory.mktemp("told"), TASK, slot, bundles)


def test_a_backward_pass_that_is_told_a_cotangent(told: Grader) -> None:
    for number in range(3):
        assert notes(checks(told, TOLD, f"seed {number}")) == {}
    ignored = changed(TOLD, ("np.asarray(cotangent)", "np.ones_like(self.data)"))
    assert notes(checks(told, ignored)) == dict.fromkeys(
        ("add", "mul", "broadcast", "matmul", "mean", "max", "stacked", "pulled", "diamond"), "cotangent.ones"
    )
    everywhere = changed(TOLD, ("lambda g: at_top * back", "lambda g: back"))
    assert notes(checks(told, everywhere)) == {"max": "max.everywhere"}


COMPLEX = """
    def backward(self, cotangent):
        for leaf in self.leaves:
            for place in np.ndindex(leaf.data.shape):
                moved = leaf.data.astype(complex)
                moved[place] += 1e-30j
                leaf.grad[place] += np.sum(cotangent * self.compute({id(leaf): moved})).imag / 1e-30
"""


def test_a_complex_step_shows(told: Grader) -> None:
    """It has all the digits, where everything is of an ordinary size; linear operations cannot tell it from a rule."""
    source = f"""
import numpy as np

class Tensor:
    __array_ufunc__ = None
    def __init__(self, data, leaves=None, compute=None):
        self.data = np.array(data, dtype=float)
        self.grad = np.zeros_like(self.data)
        self.leaves = [self] if leaves is None else leaves
        self.compute = compute or (lambda moved: moved.get(id(self), self.data))
    def __add__(self, other): return made(lambda a, b: a + b, self, other)
    def __mul__(self, other): return made(lambda a, b: a * b, self, other)
    __radd__, __rmul__ = __add__, __mul__
    def __matmul__(self, other): return made(lambda a, b: a @ b, self, other)
    def sum(self, axis=None, keepdims=False): return made(lambda a: a.sum(axis=axis, keepdims=keepdims), self)
    def mean(self, axis=None, keepdims=False): return made(lambda a: a.mean(axis=axis, keepdims=keepdims), self)
    def max(self, axis=None, keepdims=False): return made(lambda a: a.max(axis=axis, keepdims=keepdims), self)
{COMPLEX}
def made(function, *operands):
    operands = [x if isinstance(x, Tensor) else Tensor(x) for x in operands]
    leaves = list({{id(leaf): leaf for x in operands for leaf in x.leaves}}.values())
    compute = lambda moved: function(*(x.compute(moved) for x in operands))
    return Tensor(compute({{}}), leaves, compute)
"""
    found = notes(checks(told, source))
    assert (found["stacked"], found["pulled"], found["diamond"]) == ("complex-step",) * 3
