"""Building the bundle of a constrained problem: L and its system at drawn points, and all that its stationary points
are asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from reference import slips
from reference.audit import Audit, GroupAudit
from reference.bundle import Block, Bundle
from reference.constrained import AT_DRAWN_POINTS, MULTIPLIERS, ConstrainedProblem
from reference.curvature import exact_matrix
from reference.differentiable import Differentiable
from reference.family import drawn, moved
from reference.points import BLOCK, Array
from reference.problem import ProblemFault
from reference.separation import Candidates
from reference.stationary_build import stationary_groups
from reference.tensors import to_array
from reference.tolerance import ALLOWED_UNITS, AMPLITUDE, PATTERNS, ROUNDING, SEPARATION, base
from reference.truth import DIFFERENCE_DIGITS, DIGITS, Exact

POINTS = 24
"""of one grading"""
FURTHER = 8
"""that are asked in addition where the first ones leave it open"""
_SPARE = 3
_MAX_DRAWS = 4
_USABLE = 0.9
_AGREE = 1e-13
_NEEDED = ("lambda.sign", "constraint.missing")
"""mistakes without which nothing is tested"""


def build_constrained(problem: ConstrainedProblem, seed: int = 0) -> tuple[Bundle, Audit]:
    """The bundle of a problem, and what was measured on the way. Raises ProblemFault where a gate does not hold."""
    rng = np.random.default_rng(seed)
    blocks: dict[str, tuple[Block, ...]] = {}
    audits: dict[str, GroupAudit] = {}
    for ask in problem.asks:
        if ask.id in AT_DRAWN_POINTS:
            blocks[ask.id], audits[ask.id] = _Drawn(problem, ask.id, rng).build()
    found = stationary_groups(problem, seed)
    return Bundle({**blocks, **found.blocks}), Audit({**audits, **found.audits}, found.doubt)


@dataclass(frozen=True)
class _Place:
    """A point z = (x, lam), and the problem with the numbers that were drawn for it."""

    of: Differentiable
    z: Array
    numbers: dict[str, Array]


@dataclass(frozen=True)
class _Measured:
    """One point: what is right, its base, the error of a library, and wrong answers."""

    truth: Array
    unit: Array
    error: Array
    wrong: dict[str, Array]


@dataclass
class _Drawn:
    """Collects usable points for one ask about any point."""

    problem: ConstrainedProblem
    ask: str
    rng: np.random.Generator
    drawn: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    blocks: list[tuple[Block, list[dict[str, float]]]] = field(default_factory=list)
    library_units: float = 0.0
    difference: float = 0.0

    def __post_init__(self) -> None:
        self._candidates = Candidates([])
        self._exact = Exact(DIGITS)

    def build(self) -> tuple[tuple[Block, ...], GroupAudit]:
        """Blocks of points that may be scored. Raises ProblemFault."""
        wanted = _SPARE * (POINTS + FURTHER)
        while sum(len(self._kept(distances)) for _, distances in self.blocks) < wanted:
            if self.drawn >= _MAX_DRAWS * wanted:
                raise self._refusal()
            self._draw()
        self._require_domain()
        blocks = [block.select(self._kept(distances)) for block, distances in self.blocks if self._kept(distances)]
        names = [name for name in self._candidates.names() if self._candidates.applicable(name)]
        wrong = [name for name in names if all(name in block.wrong for block in blocks)]
        kept = tuple(
            Block(b.inputs, b.expected, b.base, b.error, b.separation, {n: b.wrong[n] for n in wrong}) for b in blocks
        )
        return kept, self._audit(kept, names)

    def _require_domain(self) -> None:
        lost = self.refused["not finite"]
        if lost > (1 - _USABLE) * self.drawn:
            text = f"at {lost} of {self.drawn} points f or a constraint is not finite; narrow the domain"
            raise ProblemFault(f"unknowns.{self.problem.unknown}", text)

    def _draw(self) -> None:
        places = [place for _ in range(BLOCK) if (place := self._place()) is not None]
        self.drawn += BLOCK
        self.refused["not finite"] += BLOCK - len(places)
        if not places:
            return
        if not self.blocks:
            self._require_rules(places)
        measured = [self._measured(place) for place in places]
        distances = [self._candidates.add(m.wrong, m.truth, m.unit + m.error, {}) for m in measured]
        nearest = np.array([min(found.values()) for found in distances])
        truth, unit, error = (np.stack([getattr(m, part) for m in measured]) for part in ("truth", "unit", "error"))
        wrong = {name: np.stack([m.wrong[name] for m in measured]) for name in measured[0].wrong}
        z = np.stack([place.z for place in places])
        inputs = {self.problem.unknown: z[:, : self.problem.size], MULTIPLIERS: z[:, self.problem.size :]}
        inputs |= {name: np.stack([place.numbers[name] for place in places]) for name, _ in self.problem.given}
        self.blocks.append((Block(inputs, truth, unit, error, nearest, wrong), distances))

    def _place(self) -> _Place | None:
        """(x, lam) at which everything is finite."""
        x = self.problem.domain.draw(np, self.rng, {})
        count = len(self.problem.constraints)
        lam = self.rng.uniform(0.5, 2.0, count) * self.rng.choice((-1.0, 1.0), count)
        numbers = drawn(self.problem, self.rng)
        constrained = Differentiable.of(self.problem.at(numbers))
        with np.errstate(all="ignore"):
            finite = np.all(np.isfinite([*constrained.system(x, lam), constrained.value(x, lam)]))
        return _Place(constrained, np.concatenate([x, lam]), numbers) if finite else None

    def _measured(self, place: _Place) -> _Measured:
        z, here = place.z, self._function(place.of)
        truth = np.asarray(np.asarray(here(self._exact.asarray(z), self._exact)).astype(np.float64))
        signs = self.rng.choice((-1.0, 1.0), (PATTERNS, len(z)))
        beside = [self._beside(place) for _ in signs]
        there = np.stack([near(z * (1 + AMPLITUDE * s), np) for near, s in zip(beside, signs, strict=True)])
        unit = base(here(z, np)[None], there[:, None])[0]
        paths = np.stack([here(z, np), self._by_torch(place)])
        error = np.max(np.abs(paths - truth), axis=0)
        with np.errstate(all="ignore"):
            self.library_units = max(self.library_units, float(np.max(np.where(error > 0, error / unit, 0.0))))
        return _Measured(truth, unit, np.minimum(error, ALLOWED_UNITS * unit), self._wrong(place))

    def _function(self, of: Differentiable) -> Callable[[Array, object], Array]:
        """What is asked for, at z = (x, lam)."""
        function = of.value_in if self.ask == "lagrangian" else of.system_in
        return lambda z, library: np.asarray(function(z, library))

    def _beside(self, place: _Place) -> Callable[[Array, object], Array]:
        """The same with the numbers that were drawn moved by a little."""
        return self._function(Differentiable.of(self.problem.at(moved(place.numbers, self.rng))))

    def _by_torch(self, place: _Place) -> Array:
        tensor = torch.from_numpy(place.z)
        if self.ask == "system":
            return to_array(place.of.system_of(tensor))
        f, g = place.of.parts(tensor[: self.problem.size])
        return to_array(f + place.of.sign * (tensor[self.problem.size :] @ g))

    def _wrong(self, place: _Place) -> dict[str, Array]:
        of = slips.of_lagrangian if self.ask == "lagrangian" else slips.of_system
        return of(place.of, place.z[: self.problem.size], place.z[self.problem.size :])

    def _require_rules(self, places: list[_Place]) -> None:
        """Raises ProblemFault where differences of L, which know no derivative rule, contradict its gradient."""
        if self.ask != "system":
            return
        library, d = Exact(DIFFERENCE_DIGITS), self.problem.size
        for place in places:
            z, of = place.z, place.of
            exact = library.asarray(z)
            found = exact_matrix(_as_row(of), exact, np.ones(len(z)), library)[0, :d].astype(np.float64)
            truth = of.system_in(exact, library)[:d].astype(np.float64)
            size = float(np.max(np.abs(truth))) or 1.0
            self.difference = max(self.difference, float(np.max(np.abs(found - truth))) / size)
            if self.difference > _AGREE:
                at = ", ".join(f"{entry:.4g}" for entry in z[:d])
                text = f"at x = ({at}) the gradient of L by the rules and by differences differ: is there a kink?"
                raise ProblemFault("f", text + "; move the domain of the unknown away from it")

    def _kept(self, distances: list[dict[str, float]]) -> list[int]:
        return [k for k, found in enumerate(distances) if not self._near(found)]

    def _near(self, distances: dict[str, float]) -> list[str]:
        names = [name for name, units_apart in distances.items() if units_apart < SEPARATION]
        return [name for name in names if name in _NEEDED or self._candidates.applicable(name)]

    def _refusal(self) -> ProblemFault:
        self._require_domain()
        near = Counter(name for _, found in self.blocks for distances in found for name in self._near(distances))
        name, count = near.most_common(1)[0]
        text = f"at {count} of {self.drawn} points the mistake `{name}` cannot be told apart from the right answer"
        if name in _NEEDED:
            text = f"at {count} of {self.drawn} points the constraints hold, so that the multipliers do not matter"
        return ProblemFault(f"unknowns.{self.problem.unknown}", text + "; draw the unknown from another domain")

    def _audit(self, blocks: tuple[Block, ...], names: list[str]) -> GroupAudit:
        used = sum(len(block.expected) for block in blocks)
        apart = {name: self._candidates.least(name) for name in names}
        harmless = tuple(name for name in self._candidates.names() if name not in names)
        resolution = max(self.difference, ROUNDING)
        return GroupAudit(self.drawn, used, self.library_units, "", 0.0, resolution, apart, harmless)


def _as_row(of: Differentiable) -> Callable[[Any, Any], Any]:
    """L at z, of shape (1,)."""
    return lambda z, library: np.array([of.value_in(z, library)])
