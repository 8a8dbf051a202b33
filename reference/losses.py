"""Which function of an expression loses the digits where the library's derivative is far from the truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from reference.functions import FUNCTIONS
from reference.language import Call
from reference.points import Inputs
from reference.problem import Problem
from reference.tape import Entry, Tape
from reference.truth import DIGITS, Exact


def lossy_function(problem: Problem, inputs: Inputs) -> str:
    """The name of the function whose own derivative torch computes worst, at the values it meets at this point."""
    with np.errstate(all="ignore"):
        tape = Tape(problem.lets, problem.f, {**problem.sizes(inputs), **inputs}, np)
    exact = Exact(DIGITS)
    worst, name = 0.0, ""
    for entry in tape.entries:
        if isinstance(entry.node, Call) and not FUNCTIONS[entry.node.function].makes_shape:
            loss = _loss(entry, entry.node, [tape.entries[parent].value for parent in entry.parents], exact)
            worst, name = max((worst, name), (loss, entry.node.function))
    return name


def _loss(entry: Entry, call: Call, values: list[Any], exact: Exact) -> float:
    """The relative error of torch's derivative in the first argument, with random weights on the result."""
    row = FUNCTIONS[call.function]
    bar = np.random.default_rng(0).standard_normal(np.shape(entry.value))
    tensors = [torch.tensor(np.asarray(value), dtype=torch.float64, requires_grad=True) for value in values]
    try:
        out = row.value(torch, *tensors)
        slope = torch.autograd.grad(out, tensors[0], torch.tensor(bar))[0].numpy()
        numbers = [exact.asarray(np.asarray(value)) for value in values]
        right = row.adjoints[0](exact, exact.asarray(bar), exact.asarray(row.value(exact, *numbers)), *numbers)
    except (RuntimeError, ArithmeticError):
        return 0.0
    right = np.asarray(right).astype(np.float64)
    right = right.sum() if right.ndim and not slope.ndim else right
    size = float(np.max(np.abs(right), initial=0.0))
    return float(np.max(np.abs(slope - right), initial=0.0)) / size if size else 0.0
