"""The wrong answers that a grader of this subject must know, one by one: what we call each, and what proves it.

A proof is a `Numbers` (f, and what the wrong answer is: tried here), an `In` (a wrong answer of the table that `make matrix`
prints, which is graded by the tests of its kind), or a `Test` (a test that asserts the note). Where there is none, it says
why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.points import Inputs

inv, eye = np.linalg.inv, np.eye


@dataclass(frozen=True)
class Numbers:
    """The derivative of f, wrongly."""

    f: str
    wrt: str
    given: Mapping[str, str]
    wrong: Callable[[Inputs], Any]


@dataclass(frozen=True)
class In:
    """A wrong answer to one of the sources of the table."""

    source: str
    name: str


@dataclass(frozen=True)
class Test:
    """A test that asserts the note."""

    __test__ = False

    path: str
    name: str


@dataclass(frozen=True)
class Entry:
    """What somebody does wrong, and by which note it is told."""

    number: int
    what: str
    note: str
    proof: Numbers | In | Test | str


def softmax(z: Any) -> Any:
    """Of a vector."""
    return np.exp(z) / np.exp(z).sum()


MATRIX, NUMERICAL, NEAREST = "matrix-calculus", "numerical-differentiation", "lagrangians (a task of the tests)"
FORWARD, REVERSE, TENSORS, OPERATORS, AUTOGRAD = (
    "forward-mode",
    "reverse-mode",
    "tensor-autograd",
    "operators (tasks of the tests)",
    "pytorch-autograd",
)
FOUND = "tests/checks/test_lagrangian_found.py"
_SQUARE = {"A": "matrix[n, n] invertible", "a": "vector[n]", "b": "vector[n]"}
_LOGITS = {"z": "vector[n]", "y": "vector[n] onehot"}

ENTRIES = (
    Entry(1, "transpose of the Jacobian", "transposed", In(MATRIX, "return A.T")),
    Entry(2, "row instead of column", "layout.row", In(NEAREST, "right['system'](x, lam)[None]")),
    Entry(3, "missing factor 2", "scale.half", In(MATRIX, "return W @ (x - A @ s)")),
    Entry(4, "extra factor 2", "scale.double", In(MATRIX, "return 2 * (a)")),
    Entry(5, "sign flipped", "sign", In(MATRIX, "return 2 * A.T @ W @ (x - A @ s)")),
    Entry(6, "Ax for x^T A x", "product.second", In(MATRIX, "return A @ x")),
    Entry(7, "2Ax for nonsymmetric A", "symmetric-only", In(MATRIX, "return 2 * A @ x")),
    Entry(8, "right only when W is symmetric", "symmetric-only", Numbers(
        "(x - A @ s) @ W @ (x - A @ s)", "s",
        {"x": "vector[m]", "s": "vector[n]", "A": "matrix[m, n]", "W": "matrix[m, m] nonsymmetric"},
        lambda p: -2 * p["A"].T @ p["W"] @ (p["x"] - p["A"] @ p["s"]),
    )),
    Entry(9, "A^-1 for A^-T", "inverse.untransposed", Numbers("logdet(A)", "A", {"A": _SQUARE["A"]}, lambda p: inv(p["A"]))),
    Entry(10, "derivative of det instead of ln det", "outer.missing", In(MATRIX, "return np.linalg.det(A) * np.linalg.inv(A).T")),
    Entry(11, "derivative for symmetric structure", "structured", Numbers(
        "logdet(A)", "A", {"A": "matrix[n, n] spd"}, lambda p: 2 * inv(p["A"]) - np.diag(np.diag(inv(p["A"]))),
    )),
    Entry(12, "B for B^T in tr(AB)", "transposed", In(MATRIX, "return B")),
    Entry(13, "A for A^T in the chain", "symmetric-only", Numbers(
        "tanh(A @ x) @ a", "x", {"A": "matrix[n, n] nonsymmetric", "x": "vector[n]", "a": "vector[n]"},
        lambda p: p["A"] @ (p["a"] / np.cosh(p["A"] @ p["x"]) ** 2),
    )),
    Entry(14, "chain factor missing", "chain.inner", In(MATRIX, "return 2 * W @ (x - A @ s)")),
    Entry(15, "outer derivative at x", "chain.outer-place", Numbers(
        "sin(x @ x)", "x", {"x": "vector[n]"}, lambda p: np.cos(p["x"]) * 2 * p["x"],
    )),
    Entry(16, "Jacobians multiplied in reverse order", "", "sizes are drawn unequal: such a product does not exist, and raises"),
    Entry(17, "second term of the product rule missing", "product.first", In(REVERSE, "product, second factor kept")),
    Entry(18, "u'v'", "product.both", Numbers("sin(t) * exp(2*t)", "t", {"t": "scalar"}, lambda p: np.cos(p["t"]) * 2 * np.exp(2 * p["t"]))),
    Entry(18, "u'v' in a class", "product.both", In(FORWARD, "product of derivatives")),
    Entry(19, "quotient: sign", "quotient.sum", In(REVERSE, "quotient, sum of both terms")),
    Entry(19, "quotient: not squared", "quotient.unsquared", In(REVERSE, "quotient, not squared")),
    Entry(20, "n x^n", "power.exponent", In(MATRIX, "return 9 * x**3 - 10 * x**2")),
    Entry(20, "x^(n-1)", "power.coefficient", In(REVERSE, "power, coefficient dropped")),
    Entry(20, "integral", "power.integral", Numbers("t**3", "t", {"t": "scalar"}, lambda p: p["t"] ** 4 / 4)),
    Entry(21, "inverse: missing minus", "inverse.sign", Numbers(
        "a @ inv(A) @ b + a @ A @ b", "A", _SQUARE, lambda p: np.outer(inv(p["A"]).T @ p["a"], inv(p["A"]) @ p["b"]) + np.outer(p["a"], p["b"]),
    )),
    Entry(21, "inverse: one factor", "inverse.one-factor", Numbers(
        "tr(inv(A))", "A", {"A": _SQUARE["A"]}, lambda p: -inv(p["A"]).T,
    )),
    Entry(22, "the value", "value", In(MATRIX, "return x @ a")),
    Entry(23, "another variable", "wrong-variable", In(MATRIX, "return x")),
    Entry(24, "sum for mean", "scale.sum", In(AUTOGRAD, "sum for mean")),
    Entry(24, "mean for sum", "scale.mean", Test("tests/diagnosis/test_match.py", "scale.mean")),
    Entry(25, "divided by the batch twice", "scale.mean", Numbers(
        "mean((A @ x - y)**2)", "x", {"A": "matrix[m, n]", "x": "vector[n]", "y": "vector[m]"},
        lambda p: 2 * p["A"].T @ (p["A"] @ p["x"] - p["y"]) / len(p["y"]) ** 2,
    )),
    Entry(26, "gradient of a bias not summed over the batch", "not-summed", Numbers(
        "sum(tanh(A @ B + outer(ones(m), c)))", "c", {"A": "matrix[m, n]", "B": "matrix[n, 2]", "c": "vector[2]"},
        lambda p: 1 / np.cosh(p["A"] @ p["B"] + p["c"]) ** 2,
    )),
    Entry(27, "softmax: p(1-p) only", "softmax.diagonal", Numbers(
        "y @ softmax(z)", "z", {"z": "vector[n]", "y": "vector[n]"}, lambda p: softmax(p["z"]) * (1 - softmax(p["z"])) * p["y"],
    )),
    Entry(28, "cross entropy: sign", "sign", Numbers("logsumexp(z) - y @ z", "z", _LOGITS, lambda p: p["y"] - softmax(p["z"]))),
    Entry(28, "cross entropy: p + y", "minus", Numbers("logsumexp(z) - y @ z", "z", _LOGITS, lambda p: softmax(p["z"]) + p["y"])),
    Entry(29, "unstable where inputs are huge", "overflow", Test("tests/grading/test_asks.py", "test_what_is_not_finite_where_inputs_are_huge")),
    Entry(30, "forward for central", "forward-for-central", In(NUMERICAL, "forward for central")),
    Entry(31, "central divided by h", "step.distance", In(NUMERICAL, "central divided by h")),
    Entry(32, "h too small", "step.too-small", In(NUMERICAL, "step far too small")),
    Entry(33, "h too large", "step.too-large", In(NUMERICAL, "step far too large")),
    Entry(34, "one-sided at a boundary", "", "no kind of task has functions with a boundary"),
    Entry(35, "x not restored", "perturbation.kept", In(NUMERICAL, "never restored")),
    Entry(35, "x moved in place", "mutates-input", In(NUMERICAL, "in place")),
    Entry(36, "x of integers", "step.lost", In(NUMERICAL, "lost in whole numbers")),
    Entry(37, "constants not lifted", "constants-not-lifted", In(FORWARD, "constants only on the right")),
    Entry(38, "eps squared kept", "eps-squared", In(FORWARD, "eps squared kept")),
    Entry(39, "a variable in the exponent", "power-rules", In(FORWARD, "exponents are constants")),
    Entry(40, "perturbation confusion", "perturbation-confusion", Test("tests/checks/test_autodiff_forward.py", "test_one_marker_for_two_derivatives")),
    Entry(41, "float32", "float32", In(MATRIX, "return np.float64(np.float32(a))")),
    Entry(42, "overwritten, not accumulated", "not-accumulated", In(REVERSE, "overwritten")),
    Entry(43, "never reset", "not-reset", Test("tests/checks/test_autodiff_faked.py", "test_gradients_that_are_kept_from_one_computation_to_the_next")),
    Entry(44, "intermediates not reset", "intermediates-not-reset", In(REVERSE, "kept between passes")),
    Entry(45, "not topological: breadth first", "not-topological", In(REVERSE, "by breadth")),
    Entry(45, "not topological: depth first", "not-topological", In(REVERSE, "by depth")),
    Entry(46, "exponential traversal", "exponential-traversal", Test("tests/checks/test_autodiff_reverse.py", "test_a_walk_along_every_path_never_ends")),
    Entry(47, "recursion depth", "recursion-depth", Test("tests/checks/test_autodiff_reverse.py", "test_an_engine_for_teaching_is_right_but_for_deep_graphs_and_a_second_pass")),
    Entry(48, "no unbroadcast", "not-unbroadcast", In(TENSORS, "copies not summed")),
    Entry(49, "unbroadcast over the wrong axis", "wrong-axis", In(TENSORS, "axes counted from the end")),
    Entry(50, "matmul adjoint untransposed", "matmul.untransposed", In(TENSORS, "one factor untransposed")),
    Entry(51, "incoming gradient ignored", "incoming-ignored", In(REVERSE, "incoming gradient ignored")),
    Entry(52, "transpose undone by reshape", "transpose.reshape", In(TENSORS, "a transpose undone by a reshape")),
    Entry(53, "relu: 1 at negatives", "relu.negative", In(REVERSE, "relu, slope one everywhere")),
    Entry(53, "relu: a half beside the kink", "finite-difference", In(REVERSE, "relu, half on both sides")),
    Entry(54, "both sides of a maximum", "maximum.both", Numbers(
        "sum(maximum(x, y) * x)", "x", {"x": "vector[n]", "y": "vector[n]"}, lambda p: np.maximum(p["x"], p["y"]) + p["x"],
    )),
    Entry(55, "forgot to clear the gradient", "grad.accumulated", In(AUTOGRAD, "never cleared")),
    Entry(56, "detach missing", "detach.missing", In(AUTOGRAD, "not detached")),
    Entry(56, "detached too much", "detach.everything", In(AUTOGRAD, "all of it")),
    Entry(57, "backward of a vector without weights", "cotangent.none", In(AUTOGRAD, "no v")),
    Entry(57, "weights of ones", "cotangent.ones", In(AUTOGRAD, "ones for v")),
    Entry(58, "J v for v^T J", "jvp-for-vjp", In(OPERATORS, "def vjp(f, x, u): return np.array([dual(y).derivative for y in f([Dual(a, b) for a, b in zip(x, u)])])")),
    Entry(59, "Jacobian by the sweeps of the other mode", "calls.swapped", Test("tests/checks/test_operators.py", "calls.swapped")),
    Entry(60, "L = f + lam g", "lambda.sign", In(NEAREST, "f(x) - SIGN * lam @ g(x)")),
    Entry(61, "constraint missing", "constraint.missing", In(NEAREST, "np.concatenate([df(x), g(x)])")),
    Entry(62, "constant of a constraint dropped", "constraint.constant", In(NEAREST, "f(x) + SIGN * lam @ (g(x) + 2)")),
    Entry(63, "one multiplier for all", "lambda.shared", In(NEAREST, "f(x) + SIGN * lam[0] * np.sum(g(x))")),
    Entry(64, "order of the blocks", "system.order", In(NEAREST, "np.concatenate([g(x), df(x) + SIGN * lam @ J(x)])")),
    Entry(64, "sign of dL/dlam", "system.sign", In(NEAREST, "np.concatenate([df(x) + SIGN * lam @ J(x), -g(x)])")),
    Entry(65, "maximiser for minimiser", "extremum.other", Test(FOUND, "extremum.other")),
    Entry(66, "a local one as the global one", "extremum.local", Test(FOUND, "extremum.local")),
    Entry(67, "only some of several", "stationary.subset", Test(FOUND, "stationary.subset")),
    Entry(68, "divided by what may vanish", "stationary.divided", Test(FOUND, "stationary.divided")),
    Entry(69, "unconstrained Hessian", "classify.unconstrained", Test("tests/submissions/constrained-learning/expected.yaml", "classify.unconstrained")),
    Entry(70, "sign rule of m = 1 for m = 2", "classify.bordered", Test("tests/checks/test_lagrangian.py", "classify.bordered")),
    Entry(71, "descent on L in all unknowns", "lagrangian.descent", Test(FOUND, "lagrangian.descent")),
    Entry(72, "sign of the sensitivity", "sensitivity.sign", Test("tests/checks/test_lagrangian.py", "sensitivity.sign")),
    Entry(73, "parallel by ratio", "tangent.division", In(NEAREST, "return False")),
    Entry(74, "finite differences", "finite-difference", In(OPERATORS, "def derivative(f, x): return (f(x + 1e-6) - f(x - 1e-6)) / 2e-6")),
    Entry(74, "complex step", "complex-step", In(OPERATORS, "def derivative(f, x): return f(x + 1e-30j).imag / 1e-30")),
    Entry(74, "somebody else's autograd", "imported-autograd", Test("tests/checks/test_autodiff_faked.py", "test_forbidden_imports")),
)  # fmt: skip
