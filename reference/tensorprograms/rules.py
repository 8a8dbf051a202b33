"""What every step of a program of tensors gives, its adjoints, and the mistakes that can be made in them.

Elementwise functions are those of the function table. An adjoint here may have the shape of the result; to sum it over
the axes along which an operand was copied is the work of the sweep.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from reference.functions import FUNCTIONS, Function
from reference.functions.row import Mutation
from reference.tensorprograms.steps import CONSTANT, MATMUL, RESHAPE, TRANSPOSE, Step

Adjoint: TypeAlias = Callable[..., Any]
"""(library, bar, out, settings, *operands) -> the adjoint of one operand"""


@dataclass(frozen=True)
class Mistake:
    """A misconception about the adjoints of one operation; None stands for the right rule."""

    note: str
    adjoints: tuple[Adjoint | None, ...]


@dataclass(frozen=True)
class Rule:
    """One operation."""

    value: Callable[..., Any]
    """(library, settings, *operands) -> result"""
    adjoints: tuple[Adjoint, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


def swapped(xp: Any, a: Any) -> Any:
    """The matrices of a stack transposed."""
    return xp.swapaxes(a, -1, -2)


def _left(xp: Any, bar: Any, out: Any, settings: Any, a: Any, b: Any) -> Any:
    if a.ndim == b.ndim == 1:
        return bar * b
    if b.ndim == 1:
        return bar[..., None] * b
    return (b @ bar[..., None])[..., 0] if a.ndim == 1 else bar @ swapped(xp, b)


def _right(xp: Any, bar: Any, out: Any, settings: Any, a: Any, b: Any) -> Any:
    if a.ndim == b.ndim == 1:
        return bar * a
    if a.ndim == 1:
        return a[:, None] * bar[..., None, :]
    return (swapped(xp, a) @ bar[..., None])[..., 0] if b.ndim == 1 else swapped(xp, a) @ bar


_MATMUL = (
    Mistake("matmul.untransposed", (lambda xp, bar, out, s, a, b: bar @ b, lambda xp, bar, out, s, a, b: a @ bar)),
    Mistake("matmul.untransposed", (lambda xp, bar, out, s, a, b: bar @ b, None)),
    Mistake("matmul.untransposed", (None, lambda xp, bar, out, s, a, b: a @ bar)),
    Mistake(
        "matmul.stacks",
        (
            lambda xp, bar, out, s, a, b: bar @ b.T if b.ndim > 1 else _left(xp, bar, out, s, a, b),
            lambda xp, bar, out, s, a, b: a.T @ bar if a.ndim > 1 else _right(xp, bar, out, s, a, b),
        ),
    ),
    Mistake(
        "matmul.order",
        (
            lambda xp, bar, out, s, a, b: swapped(xp, b) @ bar,
            lambda xp, bar, out, s, a, b: bar @ swapped(xp, a),
        ),
    ),
    Mistake("matmul.elementwise", (lambda xp, bar, out, s, a, b: bar * b, lambda xp, bar, out, s, a, b: bar * a)),
)


def _back(bar: Any, a: Any, axis: int | None, kept: bool) -> Any:
    """With an axis of size one where one was summed over."""
    if axis is None or kept:
        return bar
    place = axis % a.ndim
    return bar.reshape((*bar.shape[:place], 1, *bar.shape[place:]))


def _spread(xp: Any, bar: Any, out: Any, settings: Any, a: Any) -> Any:
    return _back(bar, a, *settings) * xp.ones_like(a)


def _along_the_other(xp: Any, bar: Any, out: Any, settings: Any, a: Any) -> Any:
    axis, kept = settings
    if axis is None or a.ndim == 1:
        return _spread(xp, bar, out, settings, a)
    if kept:
        return swapped(xp, bar) * xp.ones_like(a)
    return _back(bar, a, axis % a.ndim - 1, kept=False) * xp.ones_like(a)


def _unspread(xp: Any, bar: Any, out: Any, settings: Any, a: Any) -> Any:
    return bar


def _reduce(name: str) -> Callable[..., Any]:
    def value(xp: Any, settings: Any, a: Any) -> Any:
        axis, kept = settings
        return getattr(xp, name)(a) if axis is None else getattr(xp, name)(a, axis, keepdims=kept)

    return value


def _count(settings: Any, a: Any) -> int:
    axis, _ = settings
    return math.prod(a.shape) if axis is None else int(a.shape[axis])


def _divided(rule: Adjoint) -> Adjoint:
    """Of an average."""
    return lambda xp, bar, out, settings, a: rule(xp, bar, out, settings, a) / _count(settings, a)


def _masked(rule: Adjoint) -> Adjoint:
    """For the greatest entries only."""

    def masked(xp: Any, bar: Any, out: Any, settings: Any, a: Any) -> Any:
        places = a == _back(out, a, *settings)
        return rule(xp, bar, out, settings, a) * xp.where(places, xp.ones_like(a), xp.zeros_like(a))

    return masked


_greatest = _masked(_spread)
_sum, _amax = _reduce("sum"), _reduce("amax")


def _ordered(xp: Any, a: Any, settings: Any, *, back: bool = False) -> Any:
    """The axes in the order that the settings give, or back where they were."""
    if not settings:
        return swapped(xp, a) if a.ndim > 1 else a
    (order,) = settings
    axes = tuple(range(a.ndim))
    return xp.moveaxis(a, axes, order) if back else xp.moveaxis(a, order, axes)


_OWN = {
    CONSTANT: Rule(lambda xp, settings: xp.asarray(settings[0], dtype=xp.float64)),
    MATMUL: Rule(lambda xp, settings, a, b: a @ b, (_left, _right), _MATMUL),
    TRANSPOSE: Rule(
        lambda xp, settings, a: _ordered(xp, a, settings),
        (lambda xp, bar, out, settings, a: _ordered(xp, bar, settings, back=True),),
        (
            # Of a square matrix both give the same; whoever reads it in another shape has numbers for others as well.
            Mistake("transpose.dropped", (lambda xp, bar, out, settings, a: bar,)),
            Mistake("transpose.reshape", (lambda xp, bar, out, settings, a: bar.reshape(a.shape),)),
            Mistake("transpose.inverse", (lambda xp, bar, out, settings, a: _ordered(xp, bar, settings),)),
        ),
    ),
    RESHAPE: Rule(
        lambda xp, settings, a: a.reshape(settings[0]),
        (lambda xp, bar, out, settings, a: bar.reshape(a.shape),),
        (
            Mistake("reshape.kept", (lambda xp, bar, out, settings, a: bar,)),
            Mistake("reshape.transposed", (lambda xp, bar, out, settings, a: swapped(xp, bar).reshape(a.shape),)),
        ),
    ),
    "sum": Rule(
        _sum,
        (_spread,),
        (
            Mistake("sum.axis", (_along_the_other,)),
            Mistake("sum.unspread", (_unspread,)),
            Mistake("scale.mean", (_divided(_spread),)),
        ),
    ),
    "mean": Rule(
        lambda xp, settings, a: _sum(xp, settings, a) / _count(settings, a),
        (_divided(_spread),),
        (
            Mistake("sum.axis", (_divided(_along_the_other),)),
            Mistake("sum.unspread", (_divided(_unspread),)),
            Mistake("scale.sum", (_spread,)),
            Mistake(
                "scale.mean",
                (lambda xp, bar, out, settings, a: _spread(xp, bar, out, settings, a) / math.prod(a.shape),),
            ),
        ),
    ),
    "max": Rule(
        _amax, (_greatest,), (Mistake("max.everywhere", (_spread,)), Mistake("sum.axis", (_masked(_along_the_other),)))
    ),
}


def _of_table(row: Function) -> Rule:
    """An elementwise function, or one along the rows, as the function table has it."""

    def adjoint(rule: Callable[..., Any]) -> Adjoint:
        return lambda xp, bar, out, settings, *operands: rule(xp, bar, out, *operands)

    def mistake(mutation: Mutation) -> Mistake:
        return Mistake(mutation.note, tuple(rule and adjoint(rule) for rule in mutation.rules))

    return Rule(
        lambda xp, settings, *operands: row.value(xp, *operands),
        tuple(map(adjoint, row.adjoints)),
        tuple(map(mistake, row.mutations)),
    )


RULES: dict[str, Rule] = {
    **{row.name: _of_table(row) for row in FUNCTIONS.values() if not row.makes_shape},
    **_OWN,
}


def value(step: Step, operands: list[Any], library: Any) -> Any:
    """What a step gives."""
    return RULES[step.operation].value(library, step.settings, *operands)
