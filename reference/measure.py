"""The truth at the points of a block, and how well it can be known there: the unit of error of every component."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reference.counting import derivative_operations
from reference.engine import Engine, first, perturbed
from reference.language import Expression
from reference.losses import lossy_function
from reference.numeric import evaluate
from reference.points import Array, Inputs
from reference.problem import Problem, ProblemFault
from reference.tolerance import ALLOWED_UNITS, EXACT_UNITS, PATTERNS, base, units
from reference.truth import Truth

EXACT_OPERATIONS = 2_000_000
"""Beyond so many operations at one point (a second or two at fifty digits) two float64 paths stand for the truth."""


@dataclass(frozen=True)
class Measured:
    """One block. All of the shape (points, *shape of the answer)."""

    value: Array
    """f itself, (points, *shape of f)"""
    truth: Array
    base: Array
    error: Array

    @property
    def unit(self) -> Array:
        """In which errors are counted."""
        return np.asarray(self.base + self.error)

    def is_finite(self) -> list[bool]:
        """For every point, whether all of it is."""
        parts = (self.value, self.truth, self.base, self.error)
        return [all(bool(np.all(np.isfinite(part[k]))) for part in parts) for k in range(len(self.truth))]

    def select(self, kept: list[int]) -> Measured:
        """Some of the points."""
        return Measured(self.value[kept], self.truth[kept], self.base[kept], self.error[kept])


class Measurement:
    """Measures blocks of one problem, and remembers the worst that was seen."""

    def __init__(self, problem: Problem, engine: Engine, rng: np.random.Generator) -> None:
        self._problem = problem
        self.engine = engine
        """the one to use; that of the CPU from where another device was found to be off"""
        self._rng = rng
        self._truth = Truth(problem)
        self.worst_units = 0.0
        """the largest error of a float64 path, in units of base"""
        self.lossy = ""
        """the function that makes it, where it is more than code may lose"""

    def at(self, inputs: Inputs) -> Measured:
        """The truth and its error bars at every point; not finite where there is none."""
        with np.errstate(all="ignore"):
            paths = np.stack([self.engine.derivative(self._problem, inputs), self._second(inputs)])
            value = self.engine.value(self._problem, inputs)
            if derivative_operations(self._problem, self._problem.sizes(first(inputs))) > EXACT_OPERATIONS:
                return self._by_two_paths(inputs, value, paths)
            truth = np.stack([self._derivative(_at(inputs, k), paths[0, k]) for k in range(len(value))])
            unit = self._unit(inputs, truth, paths[0])
            error = np.max(np.abs(paths - truth), axis=0)
            if self.engine.leaves_the_cpu(self._problem, inputs) and np.any(error > EXACT_UNITS * unit):
                self.engine = replace(self.engine, device="cpu")
                return self.at(inputs)
            self._remember(inputs, error, unit)
            return Measured(value, truth, unit, np.minimum(error, ALLOWED_UNITS * unit))

    def _second(self, inputs: Inputs) -> Array:
        return self.engine.second(self._problem, inputs)

    def _derivative(self, point: Inputs, like: Array) -> Array:
        """The truth at one point, NaN of the right shape where there is none."""
        if not np.all(np.isfinite(like)):
            return np.full_like(like, np.nan)
        return self._truth.derivative(point) * np.ones_like(like)

    def _unit(self, inputs: Inputs, truth: Array, reference: Array) -> Array:
        """The sensitivity unit, from the engine's values where they are good, else from the truth's own."""
        moved = perturbed(self._problem, inputs, self._rng)
        values = self.engine.derivative(self._problem, moved).reshape(PATTERNS, *reference.shape)
        unit = base(reference, values)
        for k in range(len(truth)):
            if np.all(np.isfinite(truth[k])) and units(reference[k], truth[k], unit[k]) > EXACT_UNITS:
                points = [_at(moved, pattern * len(truth) + k) for pattern in range(PATTERNS)]
                exact = np.stack([self._derivative(point, truth[k]) for point in points])
                unit[k] = base(truth[k][None], exact[:, None])[0]
        return unit

    def _by_two_paths(self, inputs: Inputs, value: Array, paths: Array) -> Measured:
        moved = perturbed(self._problem, inputs, self._rng)
        values = self.engine.derivative(self._problem, moved).reshape(PATTERNS, *paths[0].shape)
        unit = base(paths[0], values)
        difference = np.abs(paths[0] - paths[1])
        _require_agreement(difference, unit)
        return Measured(value, paths[0], unit, np.maximum(difference, unit))

    def _remember(self, inputs: Inputs, error: Array, unit: Array) -> None:
        ratio = np.where(np.isfinite(error) & (unit > 0), error / unit, 0.0)
        worst = float(np.max(ratio, initial=0.0))
        if worst > ALLOWED_UNITS and not self.lossy:
            k = int(np.argmax(np.max(ratio.reshape(len(ratio), -1), axis=1)))
            self.lossy = lossy_function(self._problem, _at(inputs, k))
        self.worst_units = max(self.worst_units, worst)


def _at(inputs: Inputs, k: int) -> Inputs:
    return {name: array[k] for name, array in inputs.items()}


def _require_agreement(difference: Array, unit: Array) -> None:
    apart = difference > ALLOWED_UNITS * unit
    if np.any(apart):
        worst = float(np.max(difference[apart] / unit[apart]))
        raise ProblemFault(
            "f",
            f"reverse and forward mode of the engine differ by {worst:.2g} units at {int(np.count_nonzero(apart))} "
            "components, so neither can be trusted here; write f in another way",
        )


def closed_form(problem: Problem, inputs: Inputs, expression: Expression) -> Array:
    """The value of an author's expression at every point, by numpy: independent of the engine. NaN where a matrix that
    it inverts is singular."""
    values = []
    for k in range(len(inputs[problem.wrt])):
        point = _at(inputs, k)
        try:
            values.append(_closed_form_at(problem, point, expression))
        except np.linalg.LinAlgError:
            sizes = problem.sizes(point)
            values.append(np.full([size.at(sizes) for size in problem.shape], np.nan))
    return np.stack(values)


def _closed_form_at(problem: Problem, point: Inputs, expression: Expression) -> Array:
    names = {**problem.sizes(point), **point}
    with np.errstate(all="ignore"):
        for name, let in problem.lets:
            names[name] = evaluate(let, names, np)
        return np.asarray(evaluate(expression, names, np), dtype=np.float64)


def require_solution(problem: Problem, inputs: Inputs, measured: Measured) -> None:
    """The author's closed form is an independent opinion. Raises ProblemFault where it is another one."""
    if problem.solution is None:
        return
    for k, value in enumerate(closed_form(problem, inputs, problem.solution)):
        truth = measured.truth[k]
        if value.shape != truth.shape:
            raise ProblemFault("solution", f"`solution` has shape {value.shape}, the reference has {truth.shape}")
        if units(value, truth, measured.unit[k]) > EXACT_UNITS:
            raise ProblemFault("solution", _disagreement(k, value, truth))


def _disagreement(k: int, value: Array, expected: Array) -> str:
    worst = np.unravel_index(int(np.argmax(np.abs(value - expected))), expected.shape)
    entry = f"entry {list(map(int, worst))} " if worst else "it "
    ratio = f" (ratio {value[worst] / expected[worst]:.4g})" if expected[worst] else ""
    values = f"{entry}is {value[worst]:.6g}, expected {expected[worst]:.6g}{ratio}"
    return f"`solution` disagrees with the reference at point {k}: {values}"
