"""The author's gate: does the derivative agree with differences of the value, which know no derivative rule?"""

from __future__ import annotations

import numpy as np

from reference.differences import Difference, ridders
from reference.engine import perturbed
from reference.lines import Index, Lines, coordinates, values_at
from reference.measure import Measured, Measurement
from reference.points import Array, Inputs
from reference.problem import STRUCTURED, Group, Problem, ProblemFault
from reference.rounding import Rounding, rounding_of
from reference.tensors import How, gradients_along, rounded_along, values_along
from reference.tolerance import PATTERNS
from reference.truth import Truth

_TOLERATED = 4.0
"""times the sum of both bars"""
_ENOUGH = 1e-6
USABLE = 0.9
"""Part of the points at which differences must be that good, relative to the derivative, to be an opinion."""


class Opinion:
    """Compares blocks of one group with differences, and remembers the worst that was seen."""

    def __init__(self, problem: Problem, group: Group, measurement: Measurement, rng: np.random.Generator) -> None:
        self._problem = problem
        self._group = group
        self._measurement = measurement
        self._rng = rng
        self._truth = Truth(problem)
        # Beside a kink no step of a float is small enough.
        self._exactly = any(word in ("kink", "ties") for word, _ in group.special)
        self._bars: list[float] = []
        self.worst = 0.0
        """the largest disagreement, as a part of what is tolerated"""
        self.first = ""
        """the first disagreement, in words"""

    @property
    def resolution(self) -> float:
        """The median bar relative to the derivative."""
        return float(np.median(self._bars)) if self._bars else 0.0

    def agreeing(self, inputs: Inputs, measured: Measured) -> list[int]:
        """The points where both agree. Those at a kink are left out; raises ProblemFault where the formula is wrong."""
        found = self._exact(inputs) if self._exactly else self._differences(inputs, measured)
        with np.errstate(all="ignore"):
            apart = np.abs(found.value - measured.truth) / (_TOLERATED * (measured.unit + found.bar))
        apart = np.where(np.isnan(apart), 0.0, apart)
        kept = []
        for k in range(len(apart)):
            self._bars.append(_relative(found.bar[k], measured.truth[k]))
            worst = float(np.max(apart[k], initial=0.0))
            if worst <= 1:
                kept.append(k)
                self.worst = max(self.worst, worst)
            else:
                self._blame(k, measured, found, apart[k])
        return kept

    def require_resolution(self) -> None:
        """Raises ProblemFault where differences are too noisy to be an opinion, at ordinary points."""
        usable = np.mean(np.array(self._bars) <= _ENOUGH) if self._bars else 1.0
        if usable < USABLE and not self._group.special:
            raise ProblemFault(
                f"groups.{self._group.id}",
                f"finite differences confirm the derivative to {_ENOUGH:g} of its size at {100 * usable:.0f} % of the "
                f"points of group `{self._group.id}` only, {100 * USABLE:.0f} % are needed; this looks like noise: f "
                "loses its digits or changes too fast there; narrow the domains of `given`",
            )

    def _exact(self, inputs: Inputs) -> Difference:
        """Differences in exact numbers: their step is smaller than any distance from a kink."""
        values = np.stack([self._truth.difference(_point(inputs, k)) for k in range(len(inputs[self._problem.wrt]))])
        return Difference(values, np.zeros_like(values), np.zeros_like(values), np.abs(values))

    def _differences(self, inputs: Inputs, measured: Measured) -> Difference:
        problem = self._problem
        x = inputs[problem.wrt]
        f = self._function(inputs)
        directions = inputs[problem.along][:, None] if problem.ask in ("jvp", "hvp") else coordinates(x)
        if problem.layout == STRUCTURED:
            directions = np.maximum(directions, directions.swapaxes(-1, -2))
        found = ridders(f, x, directions, self._noise(inputs))
        shape = measured.truth.shape
        if problem.layout == STRUCTURED:
            return found.map(lambda part: part.reshape(shape))
        if problem.layout == "denominator":
            shape = (shape[0], shape[2], shape[1])
        return found.map(lambda part: np.ascontiguousarray(problem.in_layout(part.reshape(shape))))

    def _function(self, inputs: Inputs, how: How = values_along) -> Lines:
        """What is differenced: f, u^T f for a vjp, the gradient for second derivatives."""
        problem = self._problem
        how = gradients_along if problem.ask in ("hessian", "hvp") else how

        def along(index: Index, directions: Array, steps: Array) -> Array:
            there = {name: values[index] for name, values in inputs.items()}
            values = self._measurement.engine.along(problem, there, directions, steps, how)
            if problem.ask != "vjp":
                return values
            weighed = values * there[problem.along][:, None, None]
            return np.asarray(weighed.reshape(*values.shape[:3], -1).sum(axis=3))

        return along

    def _noise(self, inputs: Inputs) -> Rounding:
        """The rounding error of f, from all inputs."""
        x = inputs[self._problem.wrt]
        moved = perturbed(self._problem, inputs, self._rng)
        values = values_at(self._function(moved), moved[self._problem.wrt])
        f, whole = self._function(inputs), self._function(inputs, rounded_along)
        return rounding_of(f, x, values.reshape(PATTERNS, len(x), *values.shape[1:]), self._rng, whole=whole)

    def _blame(self, k: int, measured: Measured, found: Difference, apart: Array) -> None:
        """A point at a kink is no point; where the slopes beside it are no excuse, raises ProblemFault."""
        truth, unit, value, bar = measured.truth[k], measured.unit[k], found.value[k], found.bar[k]
        excused = np.abs(value - truth) <= found.gap[k] + bar + unit
        faults = np.where(excused, 0.0, apart)
        worst = np.unravel_index(int(np.argmax(faults if np.max(faults) > 1 else apart)), truth.shape)
        entry = f"entry {list(map(int, worst))} of the reference" if worst else "the reference"
        text = (
            f"at a point of group `{self._group.id}` {entry} is {truth[worst]:.10g} +- {unit[worst]:.1g}, differences "
            f"give {value[worst]:.10g} +- {bar[worst]:.1g}"
        )
        if faults[worst] > 1:
            raise ProblemFault("f", f"{text}; both are sure and they differ, so a derivative rule is wrong here")
        self.first = self.first or f"; {text}: left and right of it f has different slopes"


def _relative(bar: Array, truth: Array) -> float:
    size = float(np.max(np.abs(truth), initial=0.0))
    return float(np.max(bar, initial=0.0)) / size if size else 0.0


def _point(inputs: Inputs, k: int) -> Inputs:
    return {name: values[k] for name, values in inputs.items()}
