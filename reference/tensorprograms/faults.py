"""What faulty backward passes give for a program of tensors: by the note of what is misunderstood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from reference.points import Array
from reference.replay import INCOMING_IGNORED, NOT_ACCUMULATED
from reference.tensorprograms.rules import RULES
from reference.tensorprograms.steps import CONSTANT, Step
from reference.tensorprograms.sweep import Fault, Sweep, leading_summed, stretched, unbroadcast

NOT_UNBROADCAST, WRONG_AXIS, LOST_KEEPDIMS = "not-unbroadcast", "wrong-axis", "lost-keepdims"


def _as_it_came(xp: Any, part: Any, shape: tuple[int, ...]) -> Any:
    return part


def _stretched_only(xp: Any, part: Any, shape: tuple[int, ...]) -> Any:
    axes = stretched(part, shape)
    return xp.sum(part, axes, keepdims=True) if axes else part


def _without_axes(xp: Any, part: Any, shape: tuple[int, ...]) -> Any:
    part = leading_summed(xp, part, shape)
    axes = stretched(part, shape)
    return xp.sum(part, axes) if axes else part


def _averaged(xp: Any, part: Any, shape: tuple[int, ...]) -> Any:
    whole = unbroadcast(xp, part, shape)
    return whole * whole.size / part.size


def _without_axes_and_added(xp: Any, part: Any, shape: tuple[int, ...]) -> Any:
    """As it comes out where it is added to an array of zeros."""
    return xp.zeros(shape) + _without_axes(xp, part, shape)


def _mirrored(xp: Any, part: Any, shape: tuple[int, ...]) -> Any:
    """Summed over axes counted from the other end."""
    extra = part.ndim - len(shape)
    if extra > 0:
        return xp.sum(part, tuple(range(part.ndim - extra, part.ndim)))
    axes = tuple(part.ndim - 1 - axis for axis in stretched(part, shape))
    return xp.sum(part, axes, keepdims=True) if axes else part


_FITS = {
    f"{NOT_UNBROADCAST}:all": _as_it_came,
    f"{NOT_UNBROADCAST}:stretched": leading_summed,
    f"{NOT_UNBROADCAST}:leading": _stretched_only,
    f"{WRONG_AXIS}:mirrored": _mirrored,
    f"{LOST_KEEPDIMS}:stretched": _without_axes,
    f"{LOST_KEEPDIMS}:added": _without_axes_and_added,
    "scale.mean:copies": _averaged,
}


def _faults(steps: Sequence[Step]) -> Iterator[tuple[str, Fault]]:
    """`note:variant` -> a fault that this program may show."""
    operations = [name for name in dict.fromkeys(step.operation for step in steps) if name != CONSTANT]
    for name, fit in _FITS.items():
        yield name, Fault(fit=fit)
    for operation in operations:
        for number, mistake in enumerate(RULES[operation].mistakes):
            yield f"{mistake.note}:{operation}.{number}", Fault({operation: mistake.adjoints})
        yield f"{INCOMING_IGNORED}:{operation}", Fault(alone=frozenset({operation}))
    yield INCOMING_IGNORED, Fault(alone=frozenset(operations))
    used = [operand for step in steps for operand in step.operands]
    if len(set(used)) < len(used):
        for kept in ("first", "last"):
            yield f"{NOT_ACCUMULATED}:{kept}", Fault(keep=kept)


def wrong_gradients(sweep: Sweep, steps: Sequence[Step]) -> dict[str, list[Array]]:
    """What each fault makes of the gradients in the leaves; those that come to no end are left out."""
    found = {}
    with np.errstate(all="ignore"):
        for name, fault in _faults(steps):
            try:
                found[name] = [np.asarray(g, dtype=np.float64) for g in sweep.gradients(fault)]
            except (ValueError, IndexError):
                continue  # shapes that do not fit raise in a student's program as well
    return found
