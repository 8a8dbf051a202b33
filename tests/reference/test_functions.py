"""Every row of the function table: numpy and torch agree, and the gradient is the one that differences show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from reference.functions import FUNCTIONS, Function
from reference.points import Array
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
def test_a_batch_of_gradients_is_the_gradients_one_by_one(row: Function, case: list[str]) -> None:
    rng = np.random.default_rng(3)
    points = [tensors([drawn(pattern, rng) for pattern in case]) for _ in range(3)]
    weights = rng.standard_normal(tuple(row.value(torch, *points[0]).shape))

    def gradient(first: torch.Tensor, *others: torch.Tensor) -> Any:
        return torch.func.grad(lambda leaf: weighed(row, weights, torch, [leaf, *others]))(first)

    batch = torch.func.vmap(gradient)(*map(torch.stack, zip(*points, strict=True)))
    for k, point in enumerate(points):
        np.testing.assert_allclose(batch[k].numpy(), gradient(*point).numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("name", "arity"), [("add", 2), ("neg", 1), ("matmul", 2), ("solve", 2), ("transpose", 1)])
def test_the_arity_is_read_from_the_signature(name: str, arity: int) -> None:
    assert FUNCTIONS[name].arity == arity


def test_every_row_is_found_under_its_own_name_and_has_one_arity() -> None:
    for name, row in FUNCTIONS.items():
        assert row.name == name
        assert {signature.partition("->")[0].count(",") + 1 for signature in row.shapes} == {row.arity}


def test_the_operators_are_those_of_the_language() -> None:
    operators = {row.operator for row in FUNCTIONS.values() if row.operator}
    assert operators == {"+", "-", "*", "/", "**", "@", ".T"}
