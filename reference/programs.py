"""Building the bundle of programs of scalars: the same points with the value and the derivative in every argument.

Every derivative is measured as that of a derivative task is (`measure`, `secondopinion`, `mutants`); beside its typical
wrong answers there are those of programs that differentiate: what one gradient of several gives that overwrite each
other, and what is left where a dual number keeps the square of epsilon.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from reference.audit import Audit, GroupAudit
from reference.bundle import Block, Bundle, joined
from reference.engine import Engine, perturbed
from reference.hazards import at_kink, first_not_finite
from reference.measure import Measured
from reference.points import Array, Inputs
from reference.problem import ProblemFault
from reference.program import ALONG, VALUE, Program, Programs, derivative_in, group_of, tangent_of
from reference.replay import (
    EPS_SQUARED,
    OF_REVERSE_MODE,
    PRODUCT_BOTH,
    TANGENT_IGNORED,
    eps_squared,
    tangent_ignored,
    tangents_multiplied,
)
from reference.secondopinion import USABLE
from reference.separation import note_of
from reference.slope import Slope
from reference.special import draw_block, require_movable
from reference.tolerance import ALLOWED_UNITS, PATTERNS, base
from reference.truth import Truth

_OF_FORWARD_MODE = {EPS_SQUARED: eps_squared, TANGENT_IGNORED: tangent_ignored, PRODUCT_BOTH: tangents_multiplied}
_MAX_DRAWS = 4
_FEW = 3
_MOVING = 0.05
"""part of the points at which a derivative may not be zero"""


def build_programs(part: Programs, seed: int = 0, engine: Engine | None = None) -> tuple[Bundle, Audit]:
    """The bundle of programs, and what was measured on the way. Raises ProblemFault where a gate does not hold."""
    rng = np.random.default_rng(seed)
    engine = engine or Engine()
    groups: dict[str, tuple[Block, ...]] = {}
    audits: dict[str, GroupAudit] = {}
    for case, program in part.cases:
        builder = _Builder(program, engine, rng)
        for quantity, block in builder.build().items():
            groups[group_of(case, quantity)] = (block,)
        audits |= {group_of(case, name): audit for name, audit in builder.audits().items()}
    return Bundle(groups), Audit(audits)


@dataclass
class _Builder:
    """Collects the points of one program at which all of its derivatives may be scored."""

    program: Program
    engine: Engine
    rng: np.random.Generator
    drawn: int = 0
    finite: int = 0
    sound: set[int] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    values: list[Block] = field(default_factory=list)
    hazard: str = ""
    used: int = 0

    def __post_init__(self) -> None:
        self._derivatives = {name: Slope(self.program, name, self.engine, self.rng) for name in self.program.names}
        self._any = self.program.problem(self.program.names[0])
        self._truth = Truth(self._any)

    def build(self) -> dict[str, Block]:
        """A block for every quantity. Raises ProblemFault."""
        require_movable(self._any, self.program.group)
        wanted = self.program.stored
        while len(kept := self._usable()) < wanted:
            if self.drawn >= _MAX_DRAWS * wanted:
                raise self._fault()
            self._draw(wanted)
        self._require_usable()
        self.used = len(kept)
        self._require_slopes(kept)
        derivatives = {name: derivative.block(kept) for name, derivative in self._derivatives.items()}
        return {
            VALUE: joined(self.values).select(kept),
            ALONG: self._along(derivatives),
            **{derivative_in(name): block for name, block in derivatives.items()},
        }

    def _require_slopes(self, kept: list[int]) -> None:
        """Raises ProblemFault where a derivative is mostly zero: a class that returns zeros would be right."""
        for name, slope in self._derivatives.items():
            moving = np.count_nonzero(slope.block(kept).expected)
            if moving < _MOVING * len(kept):
                text = f"the derivative in `{name}` is zero at {len(kept) - moving} of {len(kept)} points"
                raise ProblemFault("args", f"{text}, so it says little; change f or the domains of `args`")

    def audits(self) -> dict[str, GroupAudit]:
        """What was measured of every derivative."""
        return {derivative_in(name): d.audit(self.drawn, self.used) for name, d in self._derivatives.items()}

    def _usable(self) -> list[int]:
        near = [set(d.near(k)) for k in range(self.finite) for d in self._derivatives.values()]
        count = len(self._derivatives)
        return [k for k in sorted(self.sound) if not any(near[k * count : (k + 1) * count])]

    def _draw(self, count: int) -> None:
        blocks: list[Inputs] = []
        while sum(len(block[self._any.wrt]) for block in blocks) < count:
            blocks.append(draw_block(self._any, self.program.group, self.rng))
        inputs = {name: np.concatenate([block[name] for block in blocks]) for name in self.program.names}
        self.drawn += len(inputs[self._any.wrt])
        measured = {name: d.measurement.at(inputs) for name, d in self._derivatives.items()}
        kept = self._finite(inputs, measured)
        if not kept:
            return
        inputs = {name: values[kept] for name, values in inputs.items()}
        start, self.finite = self.finite, self.finite + len(kept)
        agreeing = [set(d.add(inputs, measured[name].select(kept))) for name, d in self._derivatives.items()]
        both = set.intersection(*agreeing)
        self.refused["kink"] += len(kept) - len(both)
        self.sound |= {start + k for k in both}
        self.values.append(self._value(inputs))

    def _finite(self, inputs: Inputs, measured: dict[str, Measured]) -> list[int]:
        everywhere = np.all([found.is_finite() for found in measured.values()], axis=0)
        kept = []
        for k, finite in enumerate(everywhere):
            point = {name: values[k] for name, values in inputs.items()}
            reason = "not finite" if not finite else "kink" if at_kink(self._any, point) else ""
            if not reason:
                kept.append(k)
                continue
            self.refused[reason] += 1
            self.hazard = self.hazard or first_not_finite(self._any, point)
        return kept

    def _value(self, inputs: Inputs) -> Block:
        """The value with its own error bars; nothing is a typical wrong one."""
        computed = self.engine.value(self._any, inputs)
        count = len(computed)
        truth = np.stack([self._truth.value(_at(inputs, k)) for k in range(count)])
        moved = self.engine.value(self._any, perturbed(self._any, inputs, self.rng)).reshape(PATTERNS, count)
        unit = base(computed, moved)
        error = np.minimum(np.abs(computed - truth), ALLOWED_UNITS * unit)
        return Block(inputs, truth, unit, error, np.full(count, np.inf), {})

    def _along(self, derivatives: dict[str, Block]) -> Block:
        """The derivative along a direction that is drawn for every point: along one argument, or in all at once."""
        blocks = [*derivatives.values()]
        count = len(blocks[0].expected)
        tangents = _directions(count, len(blocks), self.rng)
        wrong = {
            name: sum(t * block.wrong.get(name, block.expected) for t, block in zip(tangents, blocks, strict=True))
            for name in dict.fromkeys(name for block in blocks for name in block.wrong)
            if note_of(name) not in OF_REVERSE_MODE
        }
        inputs = {**blocks[0].inputs, **dict(zip(map(tangent_of, derivatives), tangents, strict=True))}
        for name, replayed in _OF_FORWARD_MODE.items():
            wrong[name] = np.stack([replayed(self._any, _at(inputs, k)) for k in range(count)])
        parts = [
            np.asarray(sum(abs(t) * getattr(block, part) for t, block in zip(tangents, blocks, strict=True)))
            for part in ("base", "error")
        ]
        expected = np.asarray(sum(t * block.expected for t, block in zip(tangents, blocks, strict=True)))
        nearest = np.min([block.separation for block in blocks], axis=0)
        return Block(inputs, expected, parts[0], parts[1], nearest, {name: np.asarray(w) for name, w in wrong.items()})

    def _require_usable(self) -> None:
        """Raises ProblemFault where many points are lost: then the domains are not what was meant."""
        if self.program.kink is None:
            for reason, count in self.refused.items():
                if count > max(_FEW, (1 - USABLE) * self.drawn):
                    raise self._refused(reason, count)
            for derivative in self._derivatives.values():
                derivative.opinion.require_resolution()

    def _fault(self) -> ProblemFault:
        """Why there are too few usable points."""
        worst = self.refused.most_common(1)
        if worst and worst[0][1] > self.drawn // 2:
            return self._refused(*worst[0])
        near = Counter(
            (n, name) for k in sorted(self.sound) for n, d in self._derivatives.items() for name in d.near(k)
        )
        ((argument, mistake), count), *_ = near.most_common(1)
        return ProblemFault(
            "args",
            f"at {count} of {self.drawn} points the mistake `{mistake}` cannot be told from the right derivative in "
            f"`{argument}`; change its domain",
        )

    def _refused(self, reason: str, count: int) -> ProblemFault:
        text = {
            "not finite": "f or a derivative is not finite; narrow the domains of `args`" + self.hazard,
            "kink": "f has no derivative, or a kink beside it; move the domains of `args` away from it",
        }[reason]
        return ProblemFault("args", f"at {count} of {self.drawn} points {text}")


def _directions(count: int, arguments: int, rng: np.random.Generator) -> list[Array]:
    """For every argument its entry of the direction at each point: every second point moves all arguments at once."""
    tangents = rng.uniform(0.5, 2.0, (arguments, count)) * rng.choice((-1.0, 1.0), (arguments, count))
    for k in range(1, count, 2):
        tangents[:, k] = np.arange(arguments) == (k // 2) % arguments
    return list(tangents)


def _at(inputs: Inputs, k: int) -> Inputs:
    return {name: values[k] for name, values in inputs.items()}
