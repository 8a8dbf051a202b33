"""What faulty programs that differentiate give for an expression of scalars, replayed on its tape."""

from __future__ import annotations

import numpy as np

from reference.functions.row import nothing
from reference.language import Call
from reference.points import Array, Inputs
from reference.problem import Problem
from reference.program import tangent_of
from reference.tape import Tape

EPS_SQUARED = "eps-squared"
TANGENT_IGNORED = "tangent-ignored"
NOT_ACCUMULATED = "not-accumulated"
INCOMING_IGNORED = "incoming-ignored"
POWER_RULES = "power-rules"
PRODUCT_BOTH = "product.both"
NOTES = (EPS_SQUARED, TANGENT_IGNORED, NOT_ACCUMULATED, INCOMING_IGNORED, POWER_RULES)
OF_REVERSE_MODE = (NOT_ACCUMULATED, INCOMING_IGNORED, "wrong-variable", "variable")
"""mistakes that cannot be made in forward mode, or of one derivative of several"""


def replayed(problem: Problem, inputs: Inputs) -> dict[str, Array]:
    """`note:variant` -> what the variable's derivative is at every point, in reverse mode with one fault."""
    count = len(inputs[problem.wrt])
    points = [_faulty(problem, {name: values[k] for name, values in inputs.items()}) for k in range(count)]
    return {name: np.array([point[name] for point in points]) for name in points[0]}


def _faulty(problem: Problem, inputs: Inputs) -> dict[str, float]:
    with np.errstate(all="ignore"):
        tape = Tape(problem.lets, problem.f, inputs, np)
        contributions = _contributions(tape, problem.wrt)
        found = {
            f"{POWER_RULES}:exponent": float(tape.adjoint(problem.wrt, 1.0, {"pow": (None, nothing)})),
            INCOMING_IGNORED: sum(_slopes(tape, problem.wrt)),
        }
    if len(contributions) > 1:
        found[f"{NOT_ACCUMULATED}:first"], found[f"{NOT_ACCUMULATED}:last"] = contributions[0], contributions[-1]
    return found


def _contributions(tape: Tape, name: str) -> list[float]:
    """What the variable receives from every place where it is used, in the order of the program."""
    start = tape.named[name]
    found = []
    for index, entry in enumerate(tape.entries):
        for argument, parent in enumerate(entry.parents):
            if parent == start:
                bar = _bar(tape, index)
                found.append(0.0 if bar is None else float(tape.step(index, argument, bar) or 0.0))
    return found


def _slopes(tape: Tape, name: str) -> list[float]:
    """What it would receive if every place that uses it were the last one of the program."""
    start, one = tape.named[name], np.asarray(1.0)
    uses = [(k, n) for k, entry in enumerate(tape.entries) for n, parent in enumerate(entry.parents) if parent == start]
    return [float(tape.step(index, argument, one) or 0.0) for index, argument in uses]


def _bar(tape: Tape, wanted: int) -> float | None:
    """The adjoint of one entry."""
    bars = {tape.result: 1.0}
    for index in range(tape.result, wanted, -1):
        if index in bars:
            for argument, parent in enumerate(tape.entries[index].parents):
                step = tape.step(index, argument, np.asarray(bars[index]))
                if step is not None:
                    bars[parent] = bars.get(parent, 0.0) + float(step)
    return bars.get(wanted)


def tangent_ignored(problem: Problem, inputs: Inputs) -> Array:
    """The slope of the last operation alone, whatever its operands bring along."""
    with np.errstate(all="ignore"):
        tape = Tape(problem.lets, problem.f, inputs, np)
        moving = set().union(*(tape.dependent(tape.named[name]) for name, _ in problem.given))
        one, parents = np.asarray(1.0), tape.entries[tape.result].parents
        slopes = [tape.step(tape.result, k, one) for k, parent in enumerate(parents) if parent in moving]
        return np.asarray(sum(float(slope or 0.0) for slope in slopes))


def eps_squared(problem: Problem, inputs: Inputs) -> Array:
    """The derivative along the direction in the inputs where products of two derivatives are added, as if the square
    of epsilon were epsilon."""
    return _along(problem, inputs, keep=True)


def tangents_multiplied(problem: Problem, inputs: Inputs) -> Array:
    """The derivative along the direction in the inputs where a product has the product of the derivatives."""
    return _along(problem, inputs, keep=False)


def _along(problem: Problem, inputs: Inputs, *, keep: bool) -> Array:
    """With products of derivatives in every product: beside what is right there, or in its place."""
    with np.errstate(all="ignore"):
        tape = Tape(problem.lets, problem.f, inputs, np)
        tangents = [0.0] * len(tape.entries)
        for name, index in tape.named.items():
            tangents[index] = float(inputs.get(tangent_of(name), np.zeros(())))
        for index, entry in enumerate(tape.entries):
            if not entry.parents:
                continue
            one = np.asarray(1.0)
            steps = [tape.step(index, argument, one) for argument in range(len(entry.parents))]
            moved = [tangents[parent] for parent in entry.parents]
            # A number in the place of an exponent does not move, and its rule may have no value.
            tangents[index] = sum(float(s) * t for s, t in zip(steps, moved, strict=True) if t and s is not None)
            if isinstance(entry.node, Call) and entry.node.function == "mul":
                tangents[index] = (tangents[index] if keep else 0.0) + moved[0] * moved[1]
        return np.asarray(tangents[tape.result])
