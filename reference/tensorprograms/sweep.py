"""Values of a program of tensors on any array library, and the adjoints of its leaves, rightly or with one fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from reference.numeric import as_array
from reference.tensorprograms.rules import RULES, Adjoint, value
from reference.tensorprograms.steps import CONSTANT, Step

Fit: TypeAlias = Callable[[Any, Any, tuple[int, ...]], Any]
"""(library, adjoint, shape of the operand) -> the adjoint in that shape"""


def unbroadcast(xp: Any, part: Any, shape: tuple[int, ...]) -> Any:
    """Summed over the axes that were put before, and over those of size one that were stretched."""
    part = leading_summed(xp, part, shape)
    axes = stretched(part, shape)
    return xp.sum(part, axes, keepdims=True) if axes else part


def leading_summed(xp: Any, part: Any, shape: tuple[int, ...]) -> Any:
    """Summed over the axes that were put before."""
    extra = part.ndim - len(shape)
    return as_array(xp.sum(part, tuple(range(extra))), xp) if extra > 0 else part


def stretched(part: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The axes of size one that are longer in the adjoint, counted from the end of its shape."""
    behind = part.ndim - len(shape)
    return tuple(behind + k for k, size in enumerate(shape) if size == 1 and part.shape[behind + k] != 1)


@dataclass(frozen=True)
class Fault:
    """How a faulty backward pass differs from a right one."""

    rules: Mapping[str, tuple[Adjoint | None, ...]] = field(default_factory=dict)
    """instead of those of the table"""
    fit: Fit = unbroadcast
    keep: str = ""
    """of several contributions: `first` or `last` alone"""
    alone: frozenset[str] = frozenset()
    """operations that take themselves for the last one"""


RIGHT = Fault()


class Sweep:
    """One evaluation, whose nodes are the leaves and then a value for every step."""

    def __init__(self, steps: Sequence[Step], leaves: Sequence[Any], library: Any) -> None:
        self._steps = steps
        self._leaves = len(leaves)
        self._library = library
        self.nodes: list[Any] = [as_array(leaf, library) for leaf in leaves]
        for step in steps:
            operands = [self.nodes[operand] for operand in step.operands]
            self.nodes.append(as_array(value(step, operands, library), library))

    @property
    def value(self) -> Any:
        """Of the last step."""
        return self.nodes[-1]

    def gradients(self, fault: Fault = RIGHT) -> list[Any]:
        """The derivative of the last node, which is a number, in every leaf."""
        bars: dict[int, Any] = {len(self.nodes) - 1: self._library.ones_like(self.nodes[-1])}
        for number in range(len(self.nodes) - 1, self._leaves - 1, -1):
            step = self._steps[number - self._leaves]
            if number in bars and step.operation != CONSTANT:
                self._pass_on(number, step, bars, fault)
        return [bars.get(k, self._library.zeros_like(self.nodes[k])) for k in range(self._leaves)]

    def _pass_on(self, number: int, step: Step, bars: dict[int, Any], fault: Fault) -> None:
        operands = [self.nodes[operand] for operand in step.operands]
        rules = fault.rules.get(step.operation, ())
        bar = self._library.ones_like(self.nodes[number]) if step.operation in fault.alone else bars[number]
        for place, operand in enumerate(step.operands):
            if self._is_constant(operand):
                continue
            chosen = (rules[place] if place < len(rules) else None) or RULES[step.operation].adjoints[place]
            part = as_array(chosen(self._library, bar, self.nodes[number], step.settings, *operands), self._library)
            if part.ndim < operands[place].ndim and not part.ndim:
                part = part * self._library.ones_like(operands[place])
            self._add(bars, operand, fault.fit(self._library, part, tuple(operands[place].shape)), fault.keep)

    def _is_constant(self, node: int) -> bool:
        return node >= self._leaves and self._steps[node - self._leaves].operation == CONSTANT

    def _add(self, bars: dict[int, Any], node: int, part: Any, keep: str) -> None:
        if node not in bars or keep == "last":
            bars[node] = as_array(part, self._library)
        elif keep != "first":
            bars[node] = as_array(bars[node] + part, self._library)
