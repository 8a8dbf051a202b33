"""Where an expression has no finite value, and where it has a kink."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference.functions import FUNCTIONS
from reference.language import Call
from reference.points import Array, Inputs
from reference.problem import Problem
from reference.tape import Entry, Tape
from reference.tolerance import AMPLITUDE

_AT_KINK = 4 * AMPLITUDE
"""Relative distance from a kink that the perturbations which measure the unit could cross."""


def _tape(problem: Problem, inputs: Inputs) -> Tape:
    with np.errstate(all="ignore"):
        return Tape(problem.lets, problem.f, {**problem.sizes(inputs), **inputs}, np)


def _calls(tape: Tape) -> list[tuple[Entry, Call]]:
    return [(entry, entry.node) for entry in tape.entries if isinstance(entry.node, Call)]


def at_kink(problem: Problem, inputs: Inputs) -> bool:
    """Whether some function in f sits on its kink at this point, within what perturbations move."""
    tape = _tape(problem, inputs)
    for entry, call in _calls(tape):
        if sits_on_kink(call.function, [tape.entries[parent].value for parent in entry.parents]):
            return True
    return False


def sits_on_kink(function: str, arguments: Sequence[Any]) -> bool:
    """Whether a function sits on its kink at these arguments, within what perturbations move."""
    row = FUNCTIONS[function]
    if row.kink is None:
        return False
    values = [np.asarray(argument, dtype=np.float64) for argument in arguments]
    return _is_near_zero(np.asarray(row.kink(np, *values)), values)


def _is_near_zero(gap: Array, arguments: list[Array]) -> bool:
    scale = np.max([np.max(np.abs(values), initial=0.0) for values in arguments])
    if gap.shape == arguments[0].shape and len(arguments) == 1:
        return bool(np.any(gap == 0))
    return bool(np.any(np.abs(gap) <= _AT_KINK * scale))


def first_not_finite(problem: Problem, inputs: Inputs) -> str:
    """What is to be known of the first function in f whose value is not finite, as the end of a sentence."""
    try:
        tape = _tape(problem, inputs)
    except np.linalg.LinAlgError:
        return "; a matrix that f inverts is singular there"
    for entry, call in _calls(tape):
        hazard = FUNCTIONS[call.function].hazard
        if not np.all(np.isfinite(np.asarray(entry.value, dtype=np.float64))):
            return f"; the first that is not finite is `{call.function}`: {hazard}" if hazard else ""
    return ""
