"""Expected derivatives by torch.func in float64: batched over the points of a block, on the CPU, deterministic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from reference.numeric import evaluate
from reference.points import Array, Inputs
from reference.problem import Problem, ProblemFault
from reference.tolerance import ALLOWED_UNITS, AMPLITUDE, PATTERNS, base


def _function(problem: Problem) -> Callable[..., Any]:
    """f as a function of wrt first and the other inputs by name, so that derivatives flow through `let`."""

    def f(variable: Any, others: dict[str, Any]) -> Any:
        values = {**others, problem.wrt: variable}
        for name, expression in problem.lets:
            values[name] = evaluate(expression, values, torch)
        return torch.as_tensor(evaluate(problem.f, values, torch), dtype=torch.float64)

    return f


def _derivatives(problem: Problem) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Two float64 paths to the same derivative: reverse and forward mode."""
    reverse = torch.func.grad if problem.ask == "gradient" else torch.func.jacrev
    return reverse(_function(problem)), torch.func.jacfwd(_function(problem))


def _in_layout(problem: Problem, values: Array) -> Array:
    return np.swapaxes(values, -1, -2).copy() if problem.layout == "denominator" else values


def _batched(derivative: Callable[..., Any], problem: Problem, inputs: Inputs) -> Array:
    tensors = {name: torch.from_numpy(np.ascontiguousarray(values)) for name, values in inputs.items()}
    variable = tensors.pop(problem.wrt)
    values = torch.func.vmap(derivative)(variable, tensors)
    return _in_layout(problem, values.detach().numpy())


def _perturb(inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """PATTERNS copies of every point, each input moved by +-AMPLITUDE relatively; pattern-major."""
    moved = {}
    for name, values in inputs.items():
        signs = rng.choice((-1.0, 1.0), (PATTERNS, *values.shape))
        moved[name] = (values * (1.0 + AMPLITUDE * signs)).reshape(-1, *values.shape[1:])
    return moved


def _one_by_one(derivative: Callable[..., Any], problem: Problem, inputs: Inputs) -> Array:
    """Without vmap. jacfwd under vmap is wrong from the second point on wherever torch solves with an LU
    factorisation (det, slogdet, solve; torch 2.13 on the CPU), and a second opinion must not share a batch anyway.
    """
    values = []
    for k in range(len(inputs[problem.wrt])):
        tensors = {name: torch.from_numpy(np.array(array[k])) for name, array in inputs.items()}
        variable = tensors.pop(problem.wrt)
        values.append(derivative(variable, tensors).detach().numpy())
    return _in_layout(problem, np.stack(values))


def expected(problem: Problem, inputs: Inputs, rng: np.random.Generator) -> tuple[Array, Array]:
    """The derivative at every point of a block, and the unit of its error (sensitivity plus its own error bar).

    Raises ProblemFault where the two float64 paths differ by more than a correct program can.
    """
    reverse, forward = _derivatives(problem)
    value = _batched(reverse, problem, inputs)
    perturbed = _batched(reverse, problem, _perturb(inputs, rng)).reshape(PATTERNS, *value.shape)
    # Points where something is not finite are the caller's to refuse.
    with np.errstate(all="ignore"):
        sensitivity = base(value, perturbed)
        difference = np.abs(_one_by_one(forward, problem, inputs) - value)
        _require_agreement(difference, sensitivity)
        return value, sensitivity + np.maximum(difference, sensitivity)


def _require_agreement(difference: Array, sensitivity: Array) -> None:
    apart = difference > ALLOWED_UNITS * sensitivity
    if np.any(apart):
        worst = float(np.max(difference[apart] / sensitivity[apart]))
        raise ProblemFault(
            "f",
            f"reverse and forward mode of the engine differ by {worst:.2g} units at {int(np.count_nonzero(apart))} "
            "components, so neither can be trusted here; write f in another way",
        )
