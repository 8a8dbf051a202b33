"""Building the bundle of programs of tensors: the value and the gradient in every argument, at drawn cotangents.

The truth is a sweep in arithmetic of fifty digits, held against differences of values at more digits; the unit of error
comes from eight perturbations of the inputs, the error of a standard library from float64 by our sweep and by torch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch

from reference.audit import Audit
from reference.bundle import Block, Bundle, joined
from reference.functions import FUNCTIONS
from reference.hazards import sits_on_kink
from reference.points import Array, Inputs, draw_sizes
from reference.problem import ProblemFault
from reference.program import VALUE, derivative_in, group_of
from reference.tensorprograms.faults import wrong_gradients
from reference.tensorprograms.parts import COTANGENT, COTANGENT_ONES, TensorProgram, TensorPrograms
from reference.tensorprograms.points import moved, point
from reference.tensorprograms.steps import Steps, with_loss
from reference.tensorprograms.sweep import Sweep
from reference.tolerance import SEPARATION
from reference.truth import DIFFERENCE_DIGITS, DIGITS, Exact, NoRealValue

_TOGETHER = 6
"""points of equal sizes"""
_MAX_DRAWS = 4
_STEP = 10.0**-40
_AGREEING = 1e-20
_MOVING = 0.05
"""part of the points at which a gradient may not be zero"""
_FEW = 3
_USABLE = 0.9


@dataclass(frozen=True)
class _Libraries:
    """Arithmetic of many digits, which takes a while to set up."""

    exact: Exact = field(default_factory=lambda: Exact(DIGITS))
    of_differences: Exact = field(default_factory=lambda: Exact(DIFFERENCE_DIGITS))


def build_tensor_programs(part: TensorPrograms, seed: int = 0) -> tuple[Bundle, Audit]:
    """The bundle of programs of tensors. Raises ProblemFault where a gate does not hold."""
    rng = np.random.default_rng(seed)
    libraries = _Libraries()
    groups: dict[str, tuple[Block, ...]] = {}
    for case, program in part.cases:
        for quantity, blocks in _Builder(program, rng, libraries).build().items():
            groups[group_of(case, quantity)] = blocks
    return Bundle(groups), Audit({})


@dataclass
class _Builder:
    """Collects the points of one program at which all of its gradients may be scored."""

    program: TensorProgram
    rng: np.random.Generator
    libraries: _Libraries
    drawn: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def build(self) -> dict[str, tuple[Block, ...]]:
        """Blocks for every quantity. Raises ProblemFault."""
        wanted = self.program.stored
        found: list[dict[str, Block]] = []
        kept = 0
        while kept < wanted:
            if self.drawn >= _MAX_DRAWS * wanted:
                raise self._fault()
            points = [*self._drawn()]
            kept += len(points)
            if points:
                found.append({name: joined([point[name] for point in points]) for name in points[0]})
        self._require_usable()
        blocks = {name: tuple(block[name] for block in found) for name in found[0]}
        self._require_slopes(blocks)
        return blocks

    def _drawn(self) -> Iterator[dict[str, Block]]:
        """Points of equal sizes that may be used."""
        sizes = draw_sizes(self.program, self.rng)
        for _ in range(_TOGETHER):
            self.drawn += 1
            inputs = {name: np.asarray(domain.draw(np, self.rng, sizes)) for name, domain in self.program.given}
            with np.errstate(all="ignore"):
                reason, point = _Place(self.program, inputs, self.rng, self.libraries).measured()
            self.refused[reason] += bool(reason)
            if not reason:
                yield point

    def _require_usable(self) -> None:
        """Raises ProblemFault where many points are lost: then the domains are not what was meant."""
        for reason, count in self.refused.items():
            if count > max(_FEW, (1 - _USABLE) * self.drawn):
                raise ProblemFault("args", f"at {count} of {self.drawn} points {_REASONS[reason]}")

    def _require_slopes(self, blocks: dict[str, tuple[Block, ...]]) -> None:
        """Raises ProblemFault where a gradient is mostly zero: a class that returns zeros would be right."""
        for name in self.program.moving:
            points = [point for block in blocks[derivative_in(name)] for point in block.points()]
            moving = sum(bool(np.any(point.expected)) for point in points)
            if moving < _MOVING * len(points):
                text = f"the gradient in `{name}` is zero at {len(points) - moving} of {len(points)} points"
                raise ProblemFault("args", f"{text}, so it says little; change f or the domains of `args`")

    def _fault(self) -> ProblemFault:
        reason, count = self.refused.most_common(1)[0]
        return ProblemFault("args", f"at {count} of {self.drawn} points {_REASONS[reason]}")


_REASONS = {
    "not finite": "f or a gradient is not finite; narrow the domains of `args`",
    "kink": "f has no derivative, or a kink beside it; move the domains of `args` away from it",
    "near": "a typical mistake cannot be told from the right gradient; change the domains of `args`",
}


class _Place:
    """One point of a program, and what is right there."""

    def __init__(self, program: TensorProgram, inputs: Inputs, rng: np.random.Generator, libraries: _Libraries) -> None:
        self._libraries = libraries
        self._program = program
        plain = program.steps(inputs)
        shape = np.shape(Sweep(plain, [*inputs.values()], np).value)
        cotangent = rng.uniform(0.5, 2.0, shape) * rng.choice((-1.0, 1.0), shape)
        self.inputs: Inputs = {**inputs, COTANGENT: np.asarray(cotangent)}
        self._rng = rng
        self._steps: Steps = with_loss(plain, len(inputs), bool(shape))
        self._root = len(self.inputs) + len(plain) - 1
        self._places = {name: program.names.index(name) for name in program.moving}

    def measured(self) -> tuple[str, dict[str, Block]]:
        """Why the point cannot be used, or a block of this one point for every quantity."""
        exact = self._libraries.exact
        try:
            truth = Sweep(self._steps, [exact.asarray(values) for values in self.inputs.values()], exact)
            right = truth.gradients()
        except (ZeroDivisionError, NoRealValue, OverflowError):
            return "not finite", {}
        value = np.asarray(truth.nodes[self._root], dtype=np.float64)
        expected = {name: np.asarray(right[place], dtype=np.float64) for name, place in self._places.items()}
        if not all(np.all(np.isfinite(part)) for part in (value, *expected.values())):
            return "not finite", {}
        beside = moved(self.inputs, (*self._places, COTANGENT), self._rng)
        sweeps = [Sweep(self._steps, [*inputs.values()], np) for inputs in (self.inputs, *beside)]
        if self._is_at_kink(sweeps[0]) or not self._agrees(right):
            return "kink", {}
        reached = np.stack([np.asarray(sweep.nodes[self._root]) for sweep in sweeps])
        found = {VALUE: point(self.inputs, value, reached, np.abs(reached[0] - value), {})}
        for name, part in self._gradients(expected, sweeps).items():
            if part.separation[0] < SEPARATION:
                return "near", {}
            found[derivative_in(name)] = part
        return "", found

    def _is_at_kink(self, sweep: Sweep) -> bool:
        return any(
            step.operation in FUNCTIONS
            and sits_on_kink(step.operation, [sweep.nodes[operand] for operand in step.operands])
            for step in self._steps
        )

    def _agrees(self, right: list[Array]) -> bool:
        """Whether a difference of values along a drawn direction gives the same as the gradients do."""
        exact = self._libraries.of_differences
        step = exact.context.mpf(_STEP)
        sizes = {name: exact.asarray(values) for name, values in self.inputs.items()}
        ways = {name: exact.asarray(self._rng.standard_normal(self.inputs[name].shape)) for name in self._places}
        ahead, behind = (
            Sweep(
                self._steps,
                [v + sign * step * ways[name] if name in ways else v for name, v in sizes.items()],
                exact,
            ).value
            for sign in (1, -1)
        )
        slope = (ahead - behind) / (2 * step)
        parts = [np.sum(np.asarray(right[self._places[name]] * way)) for name, way in ways.items()]
        size = sum(abs(float(part)) for part in parts)
        return abs(float(np.asarray(slope - sum(parts)).item())) <= _AGREEING * (size or 1.0)

    def _gradients(self, expected: dict[str, Array], sweeps: list[Sweep]) -> dict[str, Block]:
        gradients = [sweep.gradients() for sweep in sweeps]
        by_torch = self._by_torch()
        with_ones = {**self.inputs, COTANGENT: np.ones_like(self.inputs[COTANGENT])}
        by_ones = Sweep(self._steps, [*with_ones.values()], np).gradients()
        wrong = wrong_gradients(sweeps[0], self._steps)
        blocks = {}
        for name, place in self._places.items():
            computed = np.stack([np.asarray(found[place]) for found in gradients])
            error = np.maximum(*(np.abs(path - expected[name]) for path in (computed[0], by_torch[name])))
            mistakes = {COTANGENT_ONES: by_ones[place], **{fault: values[place] for fault, values in wrong.items()}}
            blocks[name] = point(self.inputs, expected[name], computed, error, mistakes)
        return blocks

    def _by_torch(self) -> dict[str, Array]:
        leaves = {name: torch.tensor(v, requires_grad=name in self._places) for name, v in self.inputs.items()}
        root = Sweep(self._steps, [*leaves.values()], torch).value
        wanted = [leaves[name] for name in self._places]
        found = torch.autograd.grad(root, wanted, allow_unused=True, materialize_grads=True)
        return {name: gradient.numpy() for name, gradient in zip(self._places, found, strict=True)}
