"""The function that a student's operator is given: it answers each call with steps on the student's own numbers.

Called with plain numbers it answers in plain numbers. That is no use to automatic differentiation, and the record of
the calls tells how the derivative was made instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from grader.checks.operators.terms import Term, evaluate
from grader.sandbox.probes import Handle, Writer
from grader.sandbox.run import Answer, Call, Claim, Refused, Steps
from reference.language import Expression

_SPIED = 16
"""A call of an oracle takes so many arguments."""
_NESTED = " of dtype object"
"""in the description of a list or an array of objects"""
_PLAIN = {"float", "int", "bool", "complex", "ndarray"}


class Given(Protocol):
    """An f that a student's operator is given."""

    @property
    def spy(self) -> Spy:
        """Which is told where f is evaluated."""

    def __call__(self, call: Call) -> Answer:
        """Its answer to a call."""


@dataclass(frozen=True)
class Formula:
    """What f is: an expression in one variable, with everything else in it fixed."""

    f: Expression
    variable: str
    lets: tuple[tuple[str, Expression], ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """name -> a number, or an array of objects"""


@dataclass(frozen=True, eq=False)
class Opaque:
    """f as an oracle. `value` is the attribute of a student's number that holds the plain one, or the method
    that returns it, `value()`; empty where it is not known."""

    formula: Formula
    shape: tuple[int, ...]
    """of the variable"""
    functions: Mapping[str, str]
    value: str = ""
    spy: Spy = field(default_factory=lambda: Spy())
    _known: list[Steps] = field(default_factory=list)
    """the answer to numbers that are all the student's own, once it is written: it is the same for every call"""

    def __call__(self, call: Call) -> Answer:
        """The steps of f on what it was called with."""
        if len(call.arguments) != 1:
            return Refused(f"f takes one argument, {len(call.arguments)} given{self._written()}")
        writer = Writer(operands=1)
        entries = self._entries(call.arguments[0], writer)
        if isinstance(entries, Refused):
            return entries
        own = [isinstance(entry, Term) for entry in entries]
        if not all(own):
            return self._steps(writer, entries) if any(own) else self._numbers(entries)
        if not self._known:
            self._known.append(self._steps(writer, entries))
        return self._known[0]

    def _steps(self, writer: Writer, entries: list[Any]) -> Steps:
        self._look(writer, entries)
        return writer.steps(_made(writer, self._at(entries)))

    def _numbers(self, entries: list[Any]) -> Answer:
        try:
            with np.errstate(all="ignore"):  # a student may ask anywhere
                value = self._at(entries)
        except TypeError as error:  # complex numbers have no order, and not every function is made for them
            return Refused(f"f cannot be evaluated there: {error}")
        return np.array(value.tolist()) if isinstance(value, np.ndarray) else value

    def _written(self) -> str:
        return f": a list or an array of its {self.shape[0]} numbers" if self.shape else ""

    def _at(self, entries: list[Any]) -> Any:
        variable = np.array(entries, dtype=object) if self.shape else entries[0]
        values = {**self.formula.fixed, self.formula.variable: variable}
        return evaluate(self.formula.f, self.formula.lets, values, self.functions)

    def _entries(self, claim: Claim, writer: Writer) -> list[Any] | Refused:
        """The numbers of the argument: plain ones as they are, others as the slots that hold them."""
        (held,) = writer.operands
        if not self.shape:
            entry = _entry(claim, lambda: Term(writer, held))
            return [entry] if entry is not None else Refused(f"f takes one number, not {claim.description}")
        if claim.form in ("array", "list") and claim.array is not None:
            return [*_floats(claim.array).tolist()] if claim.array.shape == self.shape else self._misfit(claim)
        if claim.form == "object":  # a whole vector in one object
            return [Term(writer, writer.item(held, k)) for k in range(self.shape[0])]
        if claim.form != "elements" or len(claim.elements) != self.shape[0]:
            return self._misfit(claim)
        entries = [
            _entry(item, lambda k=k: Term(writer, writer.item(held, k))) for k, item in enumerate(claim.elements)
        ]
        return self._misfit(claim) if None in entries else entries

    def _misfit(self, claim: Claim) -> Refused:
        return Refused(f"f takes a list or an array of {self.shape[0]} numbers, not {claim.description}")

    def _look(self, writer: Writer, entries: list[Any]) -> None:
        """Have it reported at which plain numbers the student's own ones stand."""
        if self.value and any(isinstance(entry, Term) for entry in entries):
            places = [self._plain(writer, e.handle) if isinstance(e, Term) else e for e in entries[:_SPIED]]
            writer.call(writer.oracle(self.spy), *places)

    def _plain(self, writer: Writer, held: Handle) -> Handle:
        name = self.value.removesuffix("()")
        return writer.get(held, name) if name == self.value else writer.method(held, name)


class Spy:
    """An oracle that is told where f is evaluated, where that happens on a student's own numbers."""

    def __call__(self, call: Call) -> Answer:
        """Nothing of interest."""
        return 0.0


def is_plain(claim: Claim) -> bool:
    """Whether it is Python's or numpy's own number: a student's class may be a kind of float."""
    return claim.array is not None and (claim.form != "number" or claim.description.partition(" ")[0] in _PLAIN)


def _floats(array: Any) -> Any:
    """Whole numbers as float64, as f computes with them: Python's own grow without end."""
    return array.astype(np.float64) if array.dtype.kind in "iub" else array


def _entry(claim: Claim, own: Any) -> Any:
    """One number, None where it is none."""
    if claim.array is not None and is_plain(claim):
        return _floats(claim.array).item() if not claim.array.ndim else None
    is_one = claim.form == "number" or (claim.form == "object" and _NESTED not in claim.description)
    return own() if is_one else None


def _made(writer: Writer, value: Any) -> Any:
    """The slot that holds what f returns: a number, or a list of numbers."""
    if isinstance(value, np.ndarray):
        return writer.list(*(_slot(writer, entry) for entry in value))
    return _slot(writer, value)


def _slot(writer: Writer, entry: Any) -> Any:
    return entry.handle if isinstance(entry, Term) else writer.constant(entry)


def fixed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers and arrays as a formula holds them: Python's own numbers, which meet a student's as they are."""
    return {
        name: np.array(held.tolist(), dtype=object) if isinstance(held, np.ndarray) and held.ndim else _number(held)
        for name, held in values.items()
    }


def _number(held: Any) -> Any:
    return held.item() if isinstance(held, np.ndarray) else held
