"""Building the bundle of gradient descent: where variables stand after some steps, rightly and by typical mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.audit import Audit
from reference.bundle import Block, Bundle, joined
from reference.points import Inputs, draw_sizes
from reference.problem import ProblemFault
from reference.program import derivative_in, group_of
from reference.tensorprograms.parts import Descent
from reference.tensorprograms.points import moved, point
from reference.tensorprograms.steps import Steps
from reference.tensorprograms.sweep import Sweep
from reference.tolerance import SEPARATION
from reference.truth import DIGITS, Exact, NoRealValue

_TOGETHER = 6
_MAX_DRAWS = 4


@dataclass(frozen=True)
class _Way:
    """How the steps are taken; the right way, if nothing is said."""

    uphill: bool = False
    adds_up: bool = False
    """the gradients of all steps so far"""
    one_by_one: bool = False
    """each variable by a gradient that the earlier ones have moved before"""
    from_start: bool = False
    """every step from where the first one began"""
    more: int = 0
    """steps"""


_MISTAKES = {
    "update.ascent": _Way(uphill=True),
    "grad.accumulated": _Way(adds_up=True),
    "update.one-by-one": _Way(one_by_one=True),
    "update.once": _Way(from_start=True),
    "update.count:fewer": _Way(more=-1),
    "update.count:more": _Way(more=1),
}


def build_descent(part: Descent, seed: int = 0) -> tuple[Bundle, Audit]:
    """The bundle of a descent. Raises ProblemFault where it leads to no numbers, or mistakes make no difference."""
    rng, exact = np.random.default_rng(seed), Exact(DIGITS)
    blocks: list[dict[str, Block]] = []
    kept, drawn = 0, 0
    while kept < part.program.stored:
        if drawn >= _MAX_DRAWS * part.program.stored:
            text = "after these steps f or a mistake cannot be told from what is right; change the rate, or the domains"
            raise ProblemFault("descend", f"at {drawn - kept} of {drawn} points {text}")
        sizes = draw_sizes(part.program, rng)
        points = []
        for _ in range(_TOGETHER):
            drawn += 1
            inputs = {name: np.asarray(domain.draw(np, rng, sizes)) for name, domain in part.program.given}
            points += _measured(part, inputs, rng, exact)
        kept += len(points)
        if points:
            blocks.append({name: joined([point[name] for point in points]) for name in part.variables})
    groups = {group_of("", derivative_in(name)): tuple(block[name] for block in blocks) for name in part.variables}
    return Bundle(groups), Audit({})


def _measured(part: Descent, inputs: Inputs, rng: np.random.Generator, exact: Exact) -> list[dict[str, Block]]:
    """The point with what stands in every variable at the end; nothing where that cannot be told from mistakes."""
    with np.errstate(all="ignore"):
        try:
            truth = _descended(part, {name: exact.asarray(values) for name, values in inputs.items()}, _Way(), exact)
        except (ZeroDivisionError, NoRealValue, OverflowError):
            return []
        expected = [np.asarray(values, dtype=np.float64) for values in truth]
        beside = moved(inputs, part.program.moving, rng)
        computed = [_descended(part, values, _Way(), np) for values in (inputs, *beside)]
        wrong = {name: _descended(part, inputs, way, np) for name, way in _MISTAKES.items()}
    found = {}
    for k, name in enumerate(part.variables):
        reached = np.stack([values[k] for values in computed])
        mistakes = {note: values[k] for note, values in wrong.items()}
        error = np.abs(reached[0] - expected[k])
        found[name] = point(inputs, expected[k], reached, error, {"variable": inputs[name], **mistakes})
    usable = all(np.all(np.isfinite(b.expected)) and b.separation[0] >= SEPARATION for b in found.values())
    return [found] if usable else []


def _descended(part: Descent, inputs: dict[str, Any], way: _Way, library: Any) -> list[Any]:
    """The variables after all steps."""
    steps = part.program.steps(inputs)
    rate = library.asarray(-part.rate if way.uphill else part.rate, dtype=library.float64)
    values, total = dict(inputs), {name: 0 * inputs[name] for name in part.variables}
    for _ in range(part.steps + way.more):
        found = {} if way.one_by_one else _gradients(part, steps, inputs if way.from_start else values, library)
        for name in part.variables:
            gradient = found[name] if found else _gradients(part, steps, values, library)[name]
            total[name] = total[name] + gradient if way.adds_up else gradient
            start = inputs if way.from_start else values
            values[name] = start[name] - rate * total[name]
    return [values[name] for name in part.variables]


def _gradients(part: Descent, steps: Steps, values: dict[str, Any], library: Any) -> dict[str, Any]:
    leaves: Sequence[Any] = [values[name] for name in part.program.names]
    return dict(zip(part.program.names, Sweep(steps, leaves, library).gradients(), strict=True))
