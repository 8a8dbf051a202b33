"""Every row of the function table: numpy and torch agree, and the gradient is the one that differences show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from reference.functions import FUNCTIONS, Function
from reference.points import Array
from reference.truth import Exact
from tests.reference.signatures import EVERY_CASE, drawn

STEP = 1e-5


def tensors(arrays: list[Array]) -> list[torch.Tensor]:
    return [torch.from_numpy(np.array(array)) for array in arrays]


def weighed(row: Function, weights: Array, library: Any, arguments: Any) -> Any:
    """A random combination of all components of the value: its gradient shows every column of the Jacobian."""
    value = row.value(library, *arguments)
    return (library.asarray(weights) * value).sum()


def differences(row: Function, weights: Array, arguments: list[Array], which: int) -> Array:
    """The gradient in one argument by central differences."""
    gradient = np.empty_like(arguments[which])
    for index in np.ndindex(gradient.shape):
        ends = []
        for step in (STEP, -STEP):
            moved = [np.array(argument) for argument in arguments]
            moved[which][index] += step
            ends.append(weighed(row, weights, np, moved))
        gradient[index] = (ends[0] - ends[1]) / (2 * STEP)
    return gradient


@EVERY_CASE
def test_numpy_and_torch_give_the_same_value(row: Function, case: list[str]) -> None:
    rng = np.random.default_rng(1)
    for _ in range(3):
        arguments = [drawn(pattern, rng) for pattern in case]
        value = row.value(torch, *tensors(arguments))
        assert value.dtype == torch.float64
        np.testing.assert_allclose(value.numpy(), row.value(np, *arguments), rtol=1e-13, atol=1e-15)


@EVERY_CASE
def test_the_gradient_agrees_with_central_differences(row: Function, case: list[str]) -> None:
    rng = np.random.default_rng(2)
    arguments = [drawn(pattern, rng) for pattern in case]
    weights = rng.standard_normal(np.shape(row.value(np, *arguments)))
    leaves = [tensor.requires_grad_() for tensor in tensors(arguments)]
    weighed(row, weights, torch, leaves).backward()
    for which, leaf in enumerate(leaves):
        assert leaf.grad is not None
        expected = differences(row, weights, arguments, which)
        np.testing.assert_allclose(leaf.grad.numpy(), expected, rtol=1e-7, atol=1e-8)


@EVERY_CASE
@pytest.mark.parametrize("library", [np, torch, Exact(50)], ids=["numpy", "torch", "exact"])
def test_the_adjoint_rules_are_the_derivative_on_every_library(row: Function, case: list[str], library: Any) -> None:
    rng = np.random.default_rng(4)
    arguments = [drawn(pattern, rng) for pattern in case]
    leaves = [tensor.requires_grad_() for tensor in tensors(arguments)]
    out = row.value(torch, *leaves)
    bar = rng.standard_normal(tuple(out.shape))
    right = torch.autograd.grad(out, leaves, torch.tensor(bar), allow_unused=True)
    values = [library.asarray(argument) for argument in arguments]
    result = library.asarray(row.value(library, *values))
    for k, rule in enumerate(row.adjoints):
        found = np.asarray(rule(library, library.asarray(bar), result, *values)).astype(np.float64)
        found = found.sum() if found.ndim and not arguments[k].ndim else found
        expected = right[k]
        assert expected is not None
        assert found.shape == arguments[k].shape
        np.testing.assert_allclose(found, expected.numpy(), rtol=1e-11, atol=1e-12)


@EVERY_CASE
def test_no_mutation_is_the_right_rule_at_every_argument(row: Function, case: list[str]) -> None:
    rng = np.random.default_rng(5)
    arguments = [drawn(pattern, rng) for pattern in case]
    # Left of a kink another mistake shows than right of it.
    sides = [arguments, [-arguments[0]]] if row.kink is not None and len(arguments) == 1 else [arguments]
    for mutation in row.mutations:
        pairs = list(zip(mutation.rules, row.adjoints, strict=True))
        changed = [(wrong, right) for wrong, right in pairs if wrong is not None]
        assert changed, mutation.note
        differences = [_difference(row, wrong, right, side) for wrong, right in changed for side in sides]
        harmless = (row.name, mutation.note) in RIGHT_ALL_THE_SAME or _has_nothing_to_mistake(row, case)
        assert harmless or max(differences) > 1e-3, mutation.note


RIGHT_ALL_THE_SAME = {("exp", "function.undifferentiated")}
"""The exponential function is its own derivative."""


def _has_nothing_to_mistake(row: Function, case: list[str]) -> bool:
    """No transpose of a vector, no average over a single number."""
    axes = min(len(pattern.split()) for pattern in case)
    return axes < {"matmul": 2, "transpose": 2, "sum": 1, "mean": 1}.get(row.name, 0)


def _difference(row: Function, wrong: Any, right: Any, arguments: list[Array]) -> float:
    out = np.asarray(row.value(np, *arguments))
    bar = np.random.default_rng(6).standard_normal(out.shape)
    expected = np.asarray(right(np, bar, out, *arguments))
    try:
        found = np.asarray(wrong(np, bar, out, *arguments))
    except ValueError:
        return np.inf  # shapes that do not fit
    return float(np.max(np.abs(found - expected))) if found.shape == expected.shape else np.inf


@EVERY_CASE
def test_a_batch_of_gradients_is_the_gradients_one_by_one(row: Function, case: list[str]) -> None:
    rng = np.random.default_rng(3)
    points = [tensors([drawn(pattern, rng) for pattern in case]) for _ in range(3)]
    weights = rng.standard_normal(tuple(row.value(torch, *points[0]).shape))

    def gradient(first: torch.Tensor, *others: torch.Tensor) -> Any:
        return torch.func.grad(lambda leaf: weighed(row, weights, torch, [leaf, *others]))(first)

    batch = torch.func.vmap(gradient)(*map(torch.stack, zip(*points, strict=True)))
    for k, point in enumerate(points):
        np.testing.assert_allclose(batch[k].numpy(), gradient(*point).numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("name", "arities"), [("add", (2,)), ("neg", (1,)), ("matmul", (2,)), ("solve", (2,)), ("zeros", (1, 2))]
)
def test_the_arities_are_read_from_the_signatures(name: str, arities: tuple[int, ...]) -> None:
    assert FUNCTIONS[name].arities == arities


def test_every_row_is_found_under_its_own_name_and_has_a_rule_for_every_argument() -> None:
    for name, row in FUNCTIONS.items():
        assert row.name == name
        assert len(row.adjoints) == max(row.arities)
        assert all(len(mutation.rules) == len(row.adjoints) for mutation in row.mutations)


def test_the_operators_are_those_of_the_language() -> None:
    operators = {row.operator for row in FUNCTIONS.values() if row.operator}
    assert operators == {"+", "-", "*", "/", "**", "@", ".T"}
