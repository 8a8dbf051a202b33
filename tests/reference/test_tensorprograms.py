"""Programs of tensors: right by torch's autograd, each fault as the program that makes it, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from reference import domains, language
from reference.bundle import key
from reference.functions import FUNCTIONS
from reference.problem import ProblemFault
from reference.program import VALUE, derivative_in, group_of
from reference.shapes import Inference, Size, show
from reference.tensorprograms.build import build_tensor_programs
from reference.tensorprograms.descent import build_descent
from reference.tensorprograms.faults import wrong_gradients
from reference.tensorprograms.operations import BROADCAST, FORMS, forms
from reference.tensorprograms.parts import COTANGENT, Descent, TensorProgram, TensorPrograms, groups_of
from reference.tensorprograms.steps import Step, is_known, of_expression, with_loss
from reference.tensorprograms.sweep import Sweep
from reference.tolerance import EXACT_UNITS, SEPARATION, units

RANGES = {"m": (2, 4), "n": (2, 4), "k": (2, 4)}


def program(f: str, points: int = 2, dims: dict[str, tuple[int, int]] | None = None, **args: str) -> TensorProgram:
    given = {name: domains.parse(text, dims or {}, stacks=True) for name, text in args.items()}
    return TensorProgram(tuple(given.items()), tuple((dims or {}).items()), language.parse(f), points, f)


def by_autograd(steps: tuple[Step, ...], leaves: list[Any]) -> list[Any]:
    tensors = [torch.tensor(leaf, requires_grad=True) for leaf in leaves]
    Sweep(steps, tensors, torch).value.backward()
    return [t.grad.numpy() if t.grad is not None else np.zeros(t.shape) for t in tensors]


@pytest.mark.parametrize("word", [*FORMS, BROADCAST])
def test_gradients_of_every_form(word: str) -> None:
    rng = np.random.default_rng(0)
    part = forms(word, ["add", "sub", "mul", "truediv"], ["transpose"])
    assert part is not None
    for text, form in part.cases:
        inputs = {name: domain.draw(np, rng, {}) for name, domain in form.given}
        result = Sweep(form.steps(inputs), [*inputs.values()], np).value
        leaves = [*inputs.values(), rng.standard_normal(result.shape)]
        steps = with_loss(form.steps(inputs), len(inputs), bool(result.ndim))
        for ours, theirs in zip(Sweep(steps, leaves, np).gradients(), by_autograd(steps, leaves), strict=True):
            assert ours.shape == theirs.shape, text
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12, err_msg=text)


def test_a_bundle_of_a_program() -> None:
    made = program("tanh(X @ W + b) / m", 4, RANGES, X="matrix[m, n]", W="matrix[n, k]", b="vector[k]")
    bundle, _ = build_tensor_programs(TensorPrograms((("", made),)))
    rows = bundle.draw_together([*groups_of("", made)], 100, np.random.default_rng(0))
    assert len(rows) >= made.stored
    assert len({row[0].inputs["X"].shape for row in rows}) > 1
    for value, *gradients in rows[:12]:
        inputs = {name: value.inputs[name] for name in made.names}
        steps = with_loss(made.steps(inputs), 3, is_array=True)
        right = by_autograd(steps, [*inputs.values(), value.inputs[COTANGENT]])
        computed = np.tanh(inputs["X"] @ inputs["W"] + inputs["b"]) / len(inputs["X"])
        assert units(computed, value.expected, value.unit) <= EXACT_UNITS
        for gradient, slope in zip(gradients, right, strict=False):
            assert units(slope, gradient.expected, gradient.unit) <= EXACT_UNITS
            assert gradient.separation >= SEPARATION


def test_whole_numbers_do_not_move() -> None:
    made = program("sum(x * y)", 2, {"n": (2, 4)}, x="vector[n]", y="vector[n] onehot")
    bundle, _ = build_tensor_programs(TensorPrograms((("", made),)))
    assert [*bundle.groups] == [group_of("", VALUE), group_of("", derivative_in("x"))]


def test_changes_of_a_program_change_its_key() -> None:
    one = program("x * 2", x="vector[3]")
    others = [program("x * 3", x="vector[3]"), program("x * 2", x="vector[4]"), program("x * 2", 3, x="vector[3]")]
    parts = [TensorPrograms((("", item),)) for item in (one, *others)]
    descents = [Descent(one, ("x",), rate, steps) for rate, steps in ((0.1, 2), (0.1, 3), (0.2, 2))]
    assert len({*map(key, parts), *map(key, descents)}) == 7


def faulty(steps: tuple[Step, ...], *leaves: Any) -> dict[str, list[Any]]:
    arrays = [np.asarray(leaf, dtype=float) for leaf in leaves]
    return wrong_gradients(Sweep(steps, arrays, np), steps)


def test_faults_of_broadcasting() -> None:
    """A column and a row are stretched over one another; what arrives is the table C."""
    column, row, table = np.array([[1.0], [2.0]]), np.array([[3.0, 5.0, 7.0]]), np.array([[1.0, -2, 4], [0.5, 3, -1]])
    found = faulty(with_loss((Step("add", (0, 1)),), 2, is_array=True), column, row, table)
    assert found["not-unbroadcast:all"][0].tolist() == found["not-unbroadcast:stretched"][1].tolist() == table.tolist()
    assert found["lost-keepdims:stretched"][0].tolist() == [3, 2.5]
    assert found["lost-keepdims:added"][0].tolist() == [[3, 2.5], [3, 2.5]]
    assert found["wrong-axis:mirrored"][0].tolist() == [[1.5, 1, 3]]
    assert found["scale.mean:copies"][1].tolist() == [[0.75, 0.5, 1.5]]


def test_faults_of_a_product() -> None:
    a, b, c = (np.arange(9.0).reshape(3, 3) ** k % 7 for k in (1, 2, 3))
    found = faulty(with_loss((Step("matmul", (0, 1)),), 2, is_array=True), a, b, c)
    assert found["matmul.untransposed:matmul.0"][0].tolist() == (c @ b).tolist()
    assert found["matmul.untransposed:matmul.2"][1].tolist() == (a @ c).tolist()
    assert found["incoming-ignored:matmul"][1].tolist() == (a.T @ np.ones((3, 3))).tolist()


def test_faults_of_accumulation() -> None:
    """x * x + x: three contributions, of which one is kept."""
    steps = (Step("mul", (0, 0)), Step("add", (1, 0)), Step("sum", (2,), (None, False)))
    found = faulty(steps, [2.0, 5.0])
    assert found["not-accumulated:first"][0].tolist() == [1, 1]
    assert found["not-accumulated:last"][0].tolist() == [2, 5]


@pytest.mark.parametrize(
    ("f", "args", "words"),
    [
        ("log(x)", {"x": "vector[3]"}, "points f or a gradient is not finite; narrow the domains of `args`"),
        ("sum(x) * 0", {"x": "vector[3]"}, "the gradient in `x` is zero at 12 of 12 points, so it says little"),
        ("abs(x - x) + x", {"x": "vector[2]"}, "points f has no derivative, or a kink beside it"),
    ],
)
def test_programs_that_say_little(f: str, args: dict[str, str], words: str) -> None:
    with pytest.raises(ProblemFault, match=r"at \d+ of \d+ points|the gradient") as refused:
        build_tensor_programs(TensorPrograms((("", program(f, 2, None, **args)),)))
    assert refused.value.where == "args"
    assert words in refused.value.text


def test_domains_of_which_much_is_lost() -> None:
    made = program("log(x)", 12, None, x="scalar real[-0.4,1]")
    with pytest.raises(ProblemFault, match=r"at 6 of 42 points f or a gradient is not finite"):
        build_tensor_programs(TensorPrograms((("", made),)))


def test_a_mistake_beside_what_is_right_is_refused() -> None:
    """Half of the slope is not told from it where nearly nothing arrives by the other path."""
    with pytest.raises(ProblemFault, match="a typical mistake cannot be told from the right gradient"):
        build_tensor_programs(TensorPrograms((("", program("x * 0.000000001 + x", x="vector[2]")),)))


def descent(rate: float = 0.5, steps: int = 3) -> Descent:
    made = program("sum((A @ x - b)**2)", 2, {"n": (2, 3)}, A="matrix[n, n]", x="vector[n]", b="vector[n]")
    return Descent(made, ("x", "b"), rate, steps)


def test_descent() -> None:
    part = descent(rate=0.05)
    bundle, _ = build_descent(part)
    rows = bundle.draw_together(
        [group_of("", derivative_in(name)) for name in part.variables], 8, np.random.default_rng(0)
    )
    for x_end, b_end in rows:
        a, x, b = (x_end.inputs[name] for name in "Axb")
        places = [(x, b)]
        for _ in range(4):
            residual = a @ x - b
            x, b = x - 0.05 * 2 * a.T @ residual, b + 0.05 * 2 * residual
            places.append((x, b))
        for point, k in ((x_end, 0), (b_end, 1)):
            assert units(places[3][k], point.expected, point.unit) <= EXACT_UNITS
            np.testing.assert_allclose(point.wrong["update.count:fewer"], places[2][k], rtol=1e-9)
            np.testing.assert_allclose(point.wrong["update.count:more"], places[4][k], rtol=1e-9)
            np.testing.assert_allclose(point.wrong["update.once"], places[1][k], rtol=1e-9)
            assert {"update.ascent", "grad.accumulated", "update.one-by-one"} < {*point.wrong}


def test_a_descent_into_nowhere() -> None:
    with pytest.raises(
        ProblemFault, match="cannot be told from what is right; change the rate, or the domains"
    ) as found:
        build_descent(descent(rate=1e300, steps=20))
    assert found.value.where == "descend"


def test_expressions_as_steps() -> None:
    sizes = {"n": 4}
    steps = of_expression(language.parse("-x / n + pi * mean(x)"), ("x",), sizes)
    assert steps[:3] == (Step("neg", (0,)), Step("constant", (), (4.0,)), Step("truediv", (1, 2)))
    assert [step.operation for step in steps[3:]] == ["constant", "mean", "mul", "add"]
    with pytest.raises(ValueError, match="a program of tensors has no Index"):
        of_expression(language.parse("x[0]"), ("x",), sizes)
    assert {name for name in FUNCTIONS if is_known(name)} >= {"matmul", "tanh", "logsumexp", "minimum", "pow"}
    assert not any(map(is_known, ("det", "dot", "outer", "norm", "diag", "zeros", "prod")))


@pytest.mark.parametrize(
    ("f", "shape"),
    [
        ("A + x", "(m, n)"), ("x + A", "(m, n)"), ("c * r", "(m, n)"), ("S * x", "(2, m, n)"), ("A / 2", "(m, n)"),
        ("S @ x", ""), ("A @ r.T", "(m, 1)"), ("S @ B", "(2, m, k)"), ("A @ B", "(m, k)"), ("A @ x", "(m,)"),
        ("softmax(S)", "(2, m, n)"), ("logsumexp(S)", "(2, m)"), ("A + B", ""), ("S @ A", ""), ("maximum(A, r)", "(m, n)"),
        ("S @ c", ""),
    ],
)  # fmt: skip
def test_shapes_are_broadcast(f: str, shape: str) -> None:
    m, n, k, one, two = Size("m", 0), Size("n", 0), Size("k", 0), Size(None, 1), Size(None, 2)
    names = {"A": (m, n), "B": (n, k), "x": (n,), "c": (m, one), "r": (one, n), "S": (two, m, n)}
    inference = Inference(language.parse(f), names, RANGES, broadcasting=True)
    if shape:
        assert show(inference.shape()) == shape
        return
    with pytest.raises(language.LanguageError, match="shapes do not fit"):
        inference.shape()


def test_shapes_are_not_broadcast_elsewhere() -> None:
    names = {"A": (Size("m", 0), Size("n", 0)), "x": (Size("n", 0),)}
    with pytest.raises(language.LanguageError, match="shapes do not fit: in `A \\+ x`"):
        Inference(language.parse("A + x"), names, RANGES).shape()
    with pytest.raises(language.LanguageError, match="unknown kind of argument `stack`"):
        domains.parse("stack[2, 3, 4]", {})
