"""Derivatives by torch.func in float64: batched over points, reverse or forward mode, on the CPU or a CUDA device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from reference.counting import derivative_operations, operations
from reference.device import choose, in_chunks, reproducible
from reference.functions import FUNCTIONS
from reference.language import Call, Expression, walk
from reference.points import Array, Inputs
from reference.problem import Problem
from reference.tensors import Function, How, gradients_along, to_array, value_of, values_along
from reference.tolerance import AMPLITUDE, PATTERNS

_DIRECTIONS, _STEPS = "the directions", "the steps"
"""Travel among the inputs; no name of the language has a space in it."""
_BYTES_PER_OPERATION = 16
_CHUNK_BYTES = 2**30
"""Intermediate results of one batched call are kept below about this size."""


def _inner(a: Any, b: Any) -> Any:
    return torch.sum(a * b)


@dataclass(frozen=True)
class _Transforms:
    """From f to what is asked for, in the two modes of automatic differentiation."""

    f: Function
    along: str

    def gradient(self, forward: bool) -> Function:
        return torch.func.jacfwd(self.f) if forward else torch.func.grad(self.f)

    def jacobian(self, forward: bool) -> Function:
        return torch.func.jacfwd(self.f) if forward else torch.func.jacrev(self.f)

    def hessian(self, forward: bool) -> Function:
        gradient = torch.func.grad(self.f)
        return torch.func.jacfwd(gradient) if forward else torch.func.jacrev(gradient)

    def vjp(self, forward: bool) -> Function:
        def weighed(x: Any, others: dict[str, Any]) -> Any:
            return _inner(others[self.along], self.f(x, others))

        return torch.func.jacfwd(weighed) if forward else torch.func.grad(weighed)

    def jvp(self, forward: bool) -> Function:
        return self._along(self.f, forward)

    def hvp(self, forward: bool) -> Function:
        return self._along(torch.func.grad(self.f), forward)

    def _along(self, function: Function, forward: bool) -> Function:
        def pushed(x: Any, others: dict[str, Any]) -> Any:
            return torch.func.jvp(lambda variable: function(variable, others), (x,), (others[self.along],))[1]

        def contracted(x: Any, others: dict[str, Any]) -> Any:
            products = torch.func.jacrev(function)(x, others) * others[self.along]
            return products.sum(tuple(range(-x.ndim, 0))) if x.ndim else products

        return pushed if forward else contracted


@dataclass(frozen=True)
class Engine:
    """Evaluates problems over blocks of points. `device` is auto, cpu or cuda; `chunk` bounds the points of a call.

    Inputs have the points as their first axis; those that are made by `np.broadcast_to` are shared by all points.
    """

    device: str = "auto"
    chunk: int | None = None

    def value(self, problem: Problem, inputs: Inputs) -> Array:
        """f at every point: (points, *shape of f)."""
        sizes = problem.sizes(first(inputs))
        values: Array = self._batched(value_of(problem, sizes), problem, inputs, operations(problem, sizes))
        return values

    def along(
        self, problem: Problem, inputs: Inputs, directions: Array, steps: Array, how: How = values_along
    ) -> Array:
        """f, or its gradient, at x + t d for many t and d at each point x; `how` is a way of `tensors`.

        `directions` is (points, directions, *shape of x), or (1, directions, *shape of x) for all points; `steps` is
        (points, directions, rows). The result is (points, directions, rows, *shape of the value).
        """
        sizes = problem.sizes(first(inputs))
        lines = torch.func.vmap(how(problem, sizes), in_dims=(None, None, 0, 0))
        directions = np.broadcast_to(directions, (len(steps), *directions.shape[1:]))

        def all_of(x: Any, others: dict[str, Any]) -> Any:
            return lines(x, others, others[_DIRECTIONS], others[_STEPS])

        work = (derivative_operations if how is gradients_along else operations)(problem, sizes) * steps[0].size
        values: Array = self._batched(all_of, problem, {**inputs, _DIRECTIONS: directions, _STEPS: steps}, work)
        return values

    def derivative(self, problem: Problem, inputs: Inputs) -> Array:
        """What is asked for at every point, (points, *shape of the answer), in the mode that costs least."""
        return self._asked(problem, inputs, forward=_prefers_forward(problem, inputs))

    def second(self, problem: Problem, inputs: Inputs) -> Array:
        """The same in the other mode: what another program of a standard library gives."""
        return self._asked(problem, inputs, forward=not _prefers_forward(problem, inputs))

    def leaves_the_cpu(self, problem: Problem, inputs: Inputs) -> bool:
        """Whether the derivative at these points is computed on another device."""
        work = derivative_operations(problem, problem.sizes(first(inputs))) * len(inputs[problem.wrt])
        return choose(self.device, float(work)).type != "cpu"

    def derivative_of(self, function: Function, problem: Problem, inputs: Inputs) -> Any:
        """Any function of a point of the problem, batched; a dictionary of results is one of arrays."""
        work = derivative_operations(problem, problem.sizes(first(inputs)))
        return self._batched(function, problem, inputs, work)

    def _asked(self, problem: Problem, inputs: Inputs, forward: bool) -> Array:
        sizes = problem.sizes(first(inputs))
        transform: Function = getattr(_Transforms(value_of(problem, sizes), problem.along), problem.ask)(forward)
        if forward and is_factored(problem):
            return np.ascontiguousarray(problem.in_layout(_one_by_one(transform, problem, inputs)))
        values = self._batched(transform, problem, inputs, derivative_operations(problem, sizes))
        return np.ascontiguousarray(problem.in_layout(values))

    def _batched(self, function: Function, problem: Problem, inputs: Inputs, work: int) -> Any:
        """The function at every point; NaN where torch cannot factor a matrix, which fails the whole batch."""
        try:
            return self._at_once(function, problem, inputs, work)
        except torch.linalg.LinAlgError:  # type: ignore[attr-defined]
            middle = len(inputs[problem.wrt]) // 2
            if not middle:
                return _without_value(self._at_once(function, problem, _ordinary(inputs), work))
            halves = (slice(None, middle), slice(middle, None))
            parts = [{name: values[half] for name, values in inputs.items()} for half in halves]
            return _joined([self._batched(function, problem, part, work) for part in parts])

    def _at_once(self, function: Function, problem: Problem, inputs: Inputs, work: int) -> Any:
        rows = len(inputs[problem.wrt])
        device = choose(self.device, float(work) * rows)
        # What is the same at all points by how it lies in memory is neither copied nor computed with once a point.
        alike = {name for name, values in inputs.items() if name != problem.wrt and values.strides[0] == 0}

        def compute(chunk: int | None) -> Any:
            with reproducible(device):
                sent = {name: values[0] if name in alike else values for name, values in inputs.items()}
                tensors = {name: _to_torch(values, device) for name, values in sent.items()}
                variable = tensors.pop(problem.wrt)
                axes = {name: None if name in alike else 0 for name in tensors}
                mapped = torch.func.vmap(_of_its_own(function), in_dims=(0, axes), chunk_size=chunk)
                return _to_numpy(mapped(variable, tensors))

        fitting = max(1, _CHUNK_BYTES // max(1, _BYTES_PER_OPERATION * work))
        return in_chunks(compute, rows, self.chunk or (fitting if fitting < rows else None))


def first(inputs: Inputs) -> Inputs:
    """The first point of a block."""
    return {name: values[0] for name, values in inputs.items()}


def is_factored(problem: Problem) -> bool:
    """Whether torch's forward mode is wrong for this problem in a batch (torch 2.13, where LU factorisations occur)."""
    expressions: list[Expression] = [*(expression for _, expression in problem.lets), problem.f]
    nodes = (node for expression in expressions for node in walk(expression.root))
    return any(isinstance(node, Call) and FUNCTIONS[node.function].factored for node in nodes)


def _prefers_forward(problem: Problem, inputs: Inputs) -> bool:
    """Forward mode costs a pass for each entry of the variable, reverse mode one for each entry of the value."""
    if is_factored(problem) or problem.ask in ("gradient", "vjp"):
        return False
    if problem.ask != "jacobian":
        return True
    sizes = problem.sizes(first(inputs))
    lengths = [size.at(sizes) for size in problem.shape]
    outputs, variables = reversed(lengths) if problem.layout == "denominator" else lengths
    return variables < outputs


def _one_by_one(function: Function, problem: Problem, inputs: Inputs) -> Array:
    """Without vmap: forward mode in a batch is wrong from the second point on wherever torch solves with an LU
    factorisation (torch 2.13 on the CPU)."""
    values = []
    for k in range(len(inputs[problem.wrt])):
        point = {name: array[k : k + 1] for name, array in inputs.items()}
        try:
            values.append(_at_one(function, problem, point))
        except torch.linalg.LinAlgError:  # type: ignore[attr-defined]
            values.append(_without_value(_at_one(function, problem, _ordinary(point))))
    return np.stack(values)


def _at_one(function: Function, problem: Problem, point: Inputs) -> Array:
    tensors = {name: torch.from_numpy(np.array(array[0])) for name, array in point.items()}
    value: Array = function(tensors.pop(problem.wrt), tensors).detach().numpy()
    return value


def _ordinary(inputs: Inputs) -> Inputs:
    """Numbers of the same shapes, of which no matrix is singular; only the shape of what comes of them matters."""
    rng = np.random.default_rng(0)
    return {name: np.asarray(rng.uniform(0.5, 1.5, values.shape)) for name, values in inputs.items()}


def _without_value(result: Any) -> Any:
    if isinstance(result, dict):
        return {name: _without_value(value) for name, value in result.items()}
    return np.full_like(result, np.nan)


def _joined(parts: list[Any]) -> Any:
    if isinstance(parts[0], dict):
        return {name: _joined([part[name] for part in parts]) for name in parts[0]}
    return np.concatenate(parts)


def _of_its_own(function: Function) -> Function:
    """A result that is a view (the diagonal of the derivative of `diag`) would keep all of the chunk's memory."""

    def owned(variable: Any, others: dict[str, Any]) -> Any:
        result = function(variable, others)
        return {name: v.clone() for name, v in result.items()} if isinstance(result, dict) else result.clone()

    return owned


def _to_torch(values: Array, device: torch.device) -> Any:
    """Torch warns of arrays that it could not write to."""
    if not values.flags.writeable:
        return torch.tensor(values, device=device)
    return torch.as_tensor(np.ascontiguousarray(values), device=device)


def _to_numpy(result: Any) -> Any:
    if isinstance(result, dict):
        return {name: _to_numpy(value) for name, value in result.items()}
    return to_array(result)


def perturbed(problem: Problem, inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """PATTERNS copies of every point, each input moved by +-AMPLITUDE relatively; pattern-major. Whole numbers by
    meaning are exact and stay."""
    domains = dict(problem.given)
    moved = {}
    for name, values in inputs.items():
        signs = rng.choice((-1.0, 1.0), (PATTERNS, *values.shape)) * (0.0 if domains[name].exact else AMPLITUDE)
        moved[name] = (values * (1.0 + signs)).reshape(-1, *values.shape[1:])
    return moved
