"""Typical wrong answers from the expression alone: its derivative with one rule broken.

The tape is walked once for every mutation of every function that occurs, all of them and all points in one call.
Beside broken rules there are whole steps that are left out: the inner derivative of a chain, the outer one, the right
variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from reference.engine import Engine, first
from reference.functions import FUNCTIONS
from reference.functions.row import Rule, nothing
from reference.language import Call
from reference.points import Array, Inputs
from reference.problem import STRUCTURED, Problem
from reference.tape import Entry, Rules, Tape
from reference.tensors import Function

Mutant = Callable[[Tape, Any], Any]
"""(tape, bar) -> wrong adjoint of the variable"""


def wrong_answers(engine: Engine, problem: Problem, inputs: Inputs) -> dict[str, Array]:
    """`note` or `note:variant` -> what the mistake gives at every point of a block. Mistakes that cannot be made here,
    because shapes do not fit, are left out."""
    sizes = problem.sizes(first(inputs))
    if problem.wrt not in _tape(problem, sizes, *_tensors(problem, inputs)).named:
        return {}
    mutants = _possible(problem, sizes, inputs)
    found = {**_evaluate(engine, problem, sizes, mutants, inputs), **_of_symmetry(engine, problem, inputs)}
    suspects = {name: mutants[name] for name in mutants if name.partition(":")[0] in _PERHAPS_SYMMETRIC}
    symmetric = _symmetric(problem, inputs)
    if symmetric is None or not suspects:
        return {name: values for name, values in found.items() if not name.startswith(_DOUBLED)}
    right = engine.derivative(problem, symmetric)
    at_symmetric = _evaluate(engine, problem, sizes, suspects, symmetric)
    named = {name: _named(name, at_symmetric.get(name), right) for name in found}
    return {named[name]: values for name, values in found.items() if not named[name].startswith(_DOUBLED)}


_HALVES = ("product.first", "product.second")
_ALL = "all"
"""kinds of products at once"""
_DOUBLED = "doubled"
"""Twice of half a product rule: a mistake only where it is right for symmetric matrices."""
_PERHAPS_SYMMETRIC = {_DOUBLED, "product.untransposed", "transpose.dropped"}
_SAME = 1e-9


def _named(name: str, at_symmetric: Array | None, right: Array) -> str:
    """The mistake is `symmetric-only` where it is none at symmetric matrices."""
    if at_symmetric is None or at_symmetric.shape != right.shape:
        return name
    # Where the symmetric part is singular, neither has a value.
    tolerance = _SAME * float(np.max(np.abs(right[np.isfinite(right)]), initial=0.0))
    same = np.allclose(at_symmetric, right, rtol=_SAME, atol=tolerance, equal_nan=True)
    return f"symmetric-only:{name}" if same else name


def _symmetric(problem: Problem, inputs: Inputs) -> Inputs | None:
    """The same points with every square matrix replaced by its symmetric part; None where nothing changes."""
    square = [name for name, values in inputs.items() if values.ndim == 3 and values.shape[1] == values.shape[2]]
    made = {name: (inputs[name] + inputs[name].swapaxes(1, 2)) / 2 for name in square if name != problem.wrt}
    changed = any(not np.array_equal(values, inputs[name]) for name, values in made.items())
    return {**inputs, **made} if changed else None


def _evaluate(
    engine: Engine, problem: Problem, sizes: dict[str, int], mutants: dict[str, Mutant], inputs: Inputs
) -> dict[str, Array]:
    def at(variable: Any, others: dict[str, Any]) -> dict[str, Any]:
        return {name: _asked(problem, sizes, mutant)(variable, others) for name, mutant in mutants.items()}

    found: dict[str, Array] = engine.derivative_of(at, problem, inputs) if mutants else {}
    return {
        name: np.ascontiguousarray(problem.in_layout(values)) if values.ndim == 3 else values
        for name, values in found.items()
    }


def _of_symmetry(engine: Engine, problem: Problem, inputs: Inputs) -> dict[str, Array]:
    """Mistakes about which entries of a symmetric matrix move together; the reverse is one of layout."""
    if problem.layout != STRUCTURED:
        return {}
    free = engine.derivative(replace(problem, layout="like-variable"), inputs)
    return {"unstructured": free, "structured.missing-diagonal": free + free.swapaxes(-1, -2)}


def _possible(problem: Problem, sizes: dict[str, int], inputs: Inputs) -> dict[str, Mutant]:
    """The mutants that can be computed at all, found out at the first point."""
    variable, others = _tensors(problem, inputs)
    tape = _tape(problem, sizes, variable, others)
    kept = {}
    for name, mutant in _mutants(problem, tape):
        try:
            _asked(problem, sizes, mutant)(variable, others)
        except (RuntimeError, IndexError, ValueError):
            continue  # e.g. a product whose factors fit in one order only
        kept[name] = mutant
    return kept


def _tensors(problem: Problem, inputs: Inputs) -> tuple[Any, dict[str, Any]]:
    tensors = {name: torch.from_numpy(np.array(values[0])) for name, values in inputs.items()}
    return tensors.pop(problem.wrt), tensors


def _tape(problem: Problem, sizes: dict[str, int], variable: Any, others: dict[str, Any]) -> Tape:
    return Tape(problem.lets, problem.f, {**sizes, **others, problem.wrt: variable}, torch)


def _asked(problem: Problem, sizes: dict[str, int], mutant: Mutant) -> Function:
    """What is asked for, by way of a mutated adjoint."""

    def adjoint(variable: Any, others: dict[str, Any], bar: Any = 1.0) -> Any:
        return mutant(_tape(problem, sizes, variable, others), bar)

    def rows(variable: Any, others: dict[str, Any]) -> Any:
        tape = _tape(problem, sizes, variable, others)
        bars = torch.eye(tape.value.numel(), dtype=torch.float64).reshape(-1, *tape.value.shape)
        stacked = torch.stack([mutant(tape, bar) for bar in bars])
        return stacked.reshape((*tape.value.shape, *stacked.shape[1:]))

    def along(function: Function) -> Function:
        def contracted(variable: Any, others: dict[str, Any]) -> Any:
            products = function(variable, others) * others[problem.along]
            return products.sum(tuple(range(-variable.ndim, 0))) if variable.ndim else products

        return contracted

    match problem.ask:
        case "vjp":
            return lambda variable, others: adjoint(variable, others, others[problem.along])
        case "jacobian":
            return rows
        case "jvp":
            return along(rows)
        case "hessian":
            return torch.func.jacrev(adjoint)
        case "hvp":
            return along(torch.func.jacrev(adjoint))
    return adjoint


def _mutants(problem: Problem, tape: Tape) -> Iterator[tuple[str, Mutant]]:
    for variant, note, rules in _mutations(tape):
        factor = 2.0 if note == _DOUBLED else 1.0
        yield f"{note}:{variant}", _Mutated(problem.wrt, rules, factor)
        if variant in (_ALL, *_HALVES):
            yield f"{note}:{variant}-varying", _Mutated(problem.wrt, rules, factor, spare=True)
    yield "chain.inner", _WithoutInside(problem.wrt)
    for name, _ in problem.lets:
        if name in tape.named and _moves(tape, problem.wrt, tape.named[name]):
            yield f"chain.inner:{name}", _WithoutInside(problem.wrt, name)
    yield "chain.outer-place", _OuterAtVariable(problem.wrt)
    yield "product.both", _ProductOfDerivatives(problem.wrt)
    for name, domain in problem.given:
        if name not in (problem.wrt, problem.along, *dict(problem.copies)) and not domain.exact:
            yield f"wrong-variable:{name}", _OtherVariable(name)
    if problem.ask == "gradient":
        yield "value", lambda tape, bar: tape.value
    if problem.ask == "vjp":
        yield "cotangent.ones", lambda tape, bar: tape.adjoint(problem.wrt, torch.ones_like(tape.value))
        yield "cotangent.pushed", lambda tape, bar: _pushed(tape, problem.wrt, bar)
    held = [copy for copy, of in problem.copies if of == problem.wrt]
    if held:
        yield "detach.missing", _Summed((problem.wrt, *held))
        yield "detach.other", _Summed((*held,))
    yield "variable", lambda tape, bar: tape.entries[tape.named[problem.wrt]].value


def _pushed(tape: Tape, wrt: str, bar: Any) -> Any:
    """The cotangent taken for a direction: J v where v^T J is asked for."""
    if tape.value.ndim != 1 or tape.value.shape != tape.entries[tape.named[wrt]].value.shape:
        raise ValueError("a cotangent is no direction here")
    return torch.stack([tape.adjoint(wrt, row) @ bar for row in torch.eye(len(tape.value), dtype=torch.float64)])


def _mutations(tape: Tape) -> Iterator[tuple[str, str, Rules]]:
    occurring = dict.fromkeys(entry.node.function for entry in tape.entries if isinstance(entry.node, Call))
    for function in occurring:
        for mutation in FUNCTIONS[function].mutations:
            yield function, mutation.note, {function: mutation.rules}
    # One who believes in half of the product rule does so for every kind of product.
    for side, note in enumerate(_HALVES):
        products = [name for name in occurring if note in {mutation.note for mutation in FUNCTIONS[name].mutations}]
        rules = {name: FUNCTIONS[name].mutations[side].rules for name in products}
        if products:
            yield _ALL, note, rules
            yield note, _DOUBLED, rules


def _moves(tape: Tape, wrt: str, index: int) -> bool:
    start = tape.named.get(wrt)
    return start is not None and index != start and index in tape.dependent(start)


@dataclass(frozen=True)
class _Mutated:
    """With other rules than those of the table."""

    wrt: str
    rules: Rules
    factor: float = 1.0
    spare: bool = False
    """whether products of which one factor is constant are differentiated rightly all the same"""

    def __call__(self, tape: Tape, bar: Any) -> Any:
        return self.factor * tape.adjoint(self.wrt, bar, self.rules, spare=self.spare)


@dataclass(frozen=True)
class _OtherVariable:
    """Right, but in another variable."""

    name: str

    def __call__(self, tape: Tape, bar: Any) -> Any:
        return tape.adjoint(self.name, bar)


@dataclass(frozen=True)
class _Summed:
    """Right, but in these variables together: what is held constant moves as well, or it alone."""

    names: tuple[str, ...]

    def __call__(self, tape: Tape, bar: Any) -> Any:
        return sum(tape.adjoint(name, bar) for name in self.names)


@dataclass(frozen=True)
class _WithoutInside:
    """The derivative of what is inside a function (or of a named part) is taken for one."""

    wrt: str
    name: str = ""

    def __call__(self, tape: Tape, bar: Any) -> Any:
        stops = {tape.named[self.name]} if self.name else set(_insides(tape, self.wrt))
        if not stops:
            raise ValueError("nothing is inside of anything")
        return tape.adjoint(self.wrt, bar, stops=frozenset(stops))


def _insides(tape: Tape, wrt: str) -> Iterator[int]:
    """Arguments of elementwise functions and bases of powers that depend on the variable and are not it."""
    functions = _with_insides()
    for entry in tape.entries:
        if isinstance(entry.node, Call) and entry.node.function in functions and _moves(tape, wrt, entry.parents[0]):
            yield entry.parents[0]


@dataclass(frozen=True)
class _OuterAtVariable:
    """The outer derivative of a chain is taken at the variable instead of at the inside."""

    wrt: str

    def __call__(self, tape: Tape, bar: Any) -> Any:
        inside = set(_insides(tape, self.wrt))
        variable = tape.entries[tape.named[self.wrt]].value
        if not inside:
            raise ValueError("nothing is inside of anything")
        if any(tape.entries[index].value.shape not in (variable.shape, ()) for index in inside):
            raise ValueError("the variable does not fit there")
        return tape.adjoint(self.wrt, bar, {name: (_at(name, variable),) for name in _with_insides()}, loose=True)


@dataclass(frozen=True)
class _ProductOfDerivatives:
    """(u v)' = u' v' for an entrywise product of two functions of the variable."""

    wrt: str

    def __call__(self, tape: Tape, bar: Any) -> Any:
        products = [index for index, entry in enumerate(tape.entries) if self._is_product(tape, entry)]
        if len(products) != 1:
            raise ValueError("there is not one product to be mistaken in")
        (node,) = products
        elsewhere = tape.adjoint(self.wrt, bar, {"mul": (nothing, nothing)})
        arriving = tape.adjoint(self.wrt, bar, stops=frozenset(products)) - elsewhere
        slopes = [tape.adjoint(self.wrt, 1.0, result=parent) for parent in tape.entries[node].parents]
        return elsewhere + arriving * slopes[0] * slopes[1]

    def _is_product(self, tape: Tape, entry: Entry) -> bool:
        if not isinstance(entry.node, Call) or entry.node.function != "mul":
            return False
        moving = all(parent in tape.dependent(tape.named[self.wrt]) for parent in entry.parents)
        return moving and entry.value.shape in (tape.entries[tape.named[self.wrt]].value.shape, ())


def _with_insides() -> list[str]:
    """Functions of which a chain rule is told: elementwise ones and powers."""
    return [row.name for row in FUNCTIONS.values() if row.elementwise or row.name == "pow"]


def _at(name: str, variable: Any) -> Rule:
    """The derivative rule of a function, taken at the variable."""
    row = FUNCTIONS[name]

    def rule(xp: Any, bar: Any, out: Any, inside: Any, *others: Any) -> Any:
        return row.adjoints[0](xp, bar, row.value(xp, variable, *others), variable, *others)

    return rule
