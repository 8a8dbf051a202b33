"""Reverse-mode differentiation of an expression on any array library, by the rules of the function table.

A tape is the Wengert list of one evaluation: every part of the expression once, in the order of evaluation, with its
value. Walking it backwards with the rules of the table gives adjoints (Griewank and Walther, Evaluating Derivatives,
section 3.2). The same walk serves truth (50-digit numbers), misconceptions (rules replaced) and graphs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from reference.functions import FUNCTIONS
from reference.functions.row import Rule, nothing
from reference.language import CONSTANTS, Call, Expression, Index, Name, Node, Number, Stack, children
from reference.numeric import apply, as_array, stack

Lets: TypeAlias = Sequence[tuple[str, Expression]]
Rules: TypeAlias = Mapping[str, tuple[Rule | None, ...]]
"""function -> rules that are used instead of those of the table"""


@dataclass(frozen=True)
class Entry:
    """One step: what was written, the entries it was computed from, its value."""

    node: Node
    parents: tuple[int, ...]
    value: Any


class Tape:
    """The evaluation of f, after its `lets`, at one point."""

    def __init__(self, lets: Lets, f: Expression, values: Mapping[str, Any], library: Any) -> None:
        self.library = library
        self.entries: list[Entry] = []
        self.named: dict[str, int] = {}
        """entry of every name that was used: inputs, constants and lets"""
        self._values = values
        for name, expression in lets:
            self.named[name] = self._record(expression.root)
        self.result = self._record(f.root)

    @property
    def value(self) -> Any:
        """Of f, as an array."""
        return self.entries[self.result].value

    def _record(self, node: Node) -> int:
        if isinstance(node, Name) and node.name in self.named:
            return self.named[node.name]
        parents = tuple(self._record(child) for child in children(node))
        self.entries.append(Entry(node, parents, self._compute(node, parents)))
        if isinstance(node, Name):
            self.named[node.name] = len(self.entries) - 1
        return len(self.entries) - 1

    def _compute(self, node: Node, parents: tuple[int, ...]) -> Any:
        values = [self.entries[parent].value for parent in parents]
        match node:
            case Number():
                return node.value
            case Name():
                return self._values[node.name] if node.name in self._values else CONSTANTS[node.name]
            case Call():
                value = apply(FUNCTIONS[node.function], values, self.library)
            case Index():
                value = values[0][node.items]
            case Stack():
                value = stack(values, self.library)
        # Elements of an array of objects come out bare; the rules ask every value for its number of axes.
        return as_array(value, self.library)

    def dependent(self, start: int) -> set[int]:
        """The entries that change with that of `start`, itself included."""
        found = {start}
        for index, entry in enumerate(self.entries):
            if found.intersection(entry.parents):
                found.add(index)
        return found

    def adjoint(
        self,
        name: str,
        bar: Any,
        rules: Rules | None = None,
        stops: frozenset[int] = frozenset(),
        loose: bool = False,
        result: int | None = None,
        spare: bool = False,
    ) -> Any:
        """bar^T (d f / d name), of the shape of the input `name`; zero where f does not depend on it.

        For misconceptions: `rules` replace those of the table; the adjoints of `stops` are handed to the input as they
        are, as if the inside had the derivative one; with `loose`, an adjoint may have another shape than its value;
        `result` is the entry that is differentiated in place of f; with `spare`, `rules` count only for steps of which
        several arguments depend on the input.
        """
        result = self.result if result is None else result
        if name not in self.named:
            return self.library.zeros_like(self._values[name])
        start = self.named[name]
        moving = self.dependent(start)
        bars: dict[int, Any] = {result: self._fit(bar, self.entries[result].value)}
        for index in range(result, start, -1):
            if index not in bars or index not in moving:
                continue
            if index in stops:
                self._add(bars, start, bars[index], loose=True)
                continue
            parents = self.entries[index].parents
            chosen = None if spare and sum(parent in moving for parent in parents) == 1 else rules
            for argument, parent in enumerate(parents):
                if parent in moving:
                    self._add(bars, parent, self.step(index, argument, bars[index], chosen), loose)
        return bars.get(start, self.library.zeros_like(self._values[name]))

    def _add(self, bars: dict[int, Any], target: int, part: Any, loose: bool) -> None:
        if part is not None:
            part = part if loose else self._fit(part, self.entries[target].value)
            bars[target] = as_array(bars[target] + part, self.library) if target in bars else part

    def step(self, index: int, argument: int, bar: Any, rules: Rules | None = None) -> Any:
        """The adjoint that one argument of an entry receives; None where it is taken for a constant."""
        entry = self.entries[index]
        # The rules ask every value for its axes and make arrays like it; literals are bare numbers.
        values = [as_array(self.entries[parent].value, self.library) for parent in entry.parents]
        match entry.node:
            case Call(function):
                rule = (rules or {}).get(function, ())[argument : argument + 1]
                chosen = rule[0] if rule and rule[0] else FUNCTIONS[function].adjoints[argument]
                return None if chosen is nothing else chosen(self.library, bar, entry.value, *values)
            case Index(_, items):
                return _place(self.library, bar, items, values[0])
            case Stack():
                return bar[argument]
        return None

    def _fit(self, bar: Any, value: Any) -> Any:
        """Summed where a scalar was used at every entry of an array, repeated where one was handed to all."""
        bar, value = as_array(bar, self.library), as_array(value, self.library)
        if bar.ndim and not value.ndim:
            return as_array(self.library.sum(bar), self.library)
        return bar * self.library.ones_like(value) if value.ndim and not bar.ndim else bar


def _place(library: Any, bar: Any, items: tuple[int | slice, ...], whole: Any) -> Any:
    """The adjoint of base[items]: zero but for the part that was taken.

    Put together rather than assigned, so that it is itself a differentiable function of `bar`.
    """
    picked = [slice(item, item + 1 or None) if isinstance(item, int) else item for item in items]
    bar = bar.reshape(whole[tuple(picked)].shape)
    for axis, item in enumerate(picked):
        start, stop, _ = item.indices(whole.shape[axis])
        pieces = []
        for size in (start, whole.shape[axis] - stop):
            shape = (*bar.shape[:axis], size, *bar.shape[axis + 1 :])
            pieces.append(library.zeros(shape, dtype=library.float64))
        bar = library.concatenate([pieces[0], bar, pieces[1]], axis)
    return bar
