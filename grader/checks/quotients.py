"""Calls of a student's numerical derivative: which are made for which check, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from grader.checks.convergence import differences, noise, observed_order
from grader.sandbox.oracles import of_numbers
from grader.sandbox.probes import Writer
from grader.sandbox.run import Call, Probe
from reference.bundle import Bundle, Point
from reference.differencing import Function, function_of, quotient
from reference.points import Array, argument
from reference.schemes import Differencing

_STEPS = (2.0**-12, 2.0**-4)
"""Steps that are given lie between these: neither truncation nor rounding is all there is of the error."""
_HALVINGS = tuple(2.0**-k for k in range(3, 10))
_METHOD_POINTS = 3
_CONVERGENCE_POINTS = 3
_UNCHOSEN_POINTS = 7
"""where nobody knows at which the order shows"""
_CANDIDATES = 16
_CLEAR = 0.05
"""How near to the nominal order a right answer comes at the points that are taken."""


@dataclass(frozen=True)
class Asked:
    """One call of the student's function; `step` is None where it chooses its own."""

    program: str
    point: Point
    f: Function
    step: float | None

    @property
    def x(self) -> Array:
        """Where."""
        (variable,) = self.point.inputs.values()
        return variable


@dataclass(frozen=True)
class Answered:
    """A call that was answered with numbers of the right shape, and where it looked at f."""

    asked: Asked
    value: Array
    calls: tuple[Call, ...]
    listed: bool


class Draw:
    """Draws the calls for the checks of one task."""

    def __init__(self, content: Differencing, bundles: Mapping[str, Bundle], rng: np.random.Generator) -> None:
        self._content = content
        self._bundles = bundles
        self._rng = rng

    def for_check(self, check: str) -> list[Asked]:
        """The calls that a check is judged by."""
        if check in _OF_METHOD:
            return [asked for program, _ in self._content.programs for asked in _OF_METHOD[check](self, program)]
        by_halving = self._content.step == "given" and not self._content.has_quotient
        return self.convergence(check) if by_halving else self.values(check)

    def _points(self, program: str, count: int) -> list[tuple[Point, Function]]:
        points = self._bundles[f"programs.{program}"].draw("generic", count, self._rng)
        problem = dict(self._content.programs)[program]
        return [(point, function_of(problem, point.inputs)) for point in points]

    def _step(self) -> float | None:
        low, high = np.log(_STEPS)
        return float(np.exp(self._rng.uniform(low, high))) if self._content.step == "given" else None

    def values(self, program: str) -> list[Asked]:
        """Each point with a step of its own, and the first once more: what depends on earlier calls shows there."""
        (group,) = dict(self._content.programs)[program].groups
        asked = [Asked(program, point, f, self._step()) for point, f in self._points(program, group.points)]
        return [*asked, asked[0]]

    def positions(self, program: str) -> list[Asked]:
        """A few points, to see where f is looked at."""
        return [Asked(program, point, f, self._step()) for point, f in self._points(program, _METHOD_POINTS)]

    def convergence(self, program: str) -> list[Asked]:
        """The step is halved again and again, at points where a right answer shows its order."""
        points = (pair for pair in self._points(program, _CANDIDATES) if self._shows_order(*pair))
        count = _CONVERGENCE_POINTS if self._content.has_quotient else _UNCHOSEN_POINTS
        return [Asked(program, point, f, step) for point, f in islice(points, count) for step in _HALVINGS]

    def _shows_order(self, point: Point, f: Function) -> bool:
        """A scheme may be exact for an f, and lose its leading error where a higher derivative vanishes."""
        if not self._content.has_quotient or self._content.order is None:
            return True
        (x,) = point.inputs.values()
        values = [quotient(self._content.scheme, f, x, step) for step in _HALVINGS]
        order = observed_order(differences(values), noise(f, x, _HALVINGS, values))
        return order is not None and abs(order - self._content.order) < _CLEAR


_OF_METHOD: dict[str, Callable[[Draw, str], list[Asked]]] = {
    "scheme": Draw.positions,
    "order": Draw.convergence,
    "evaluations": Draw.positions,
}


def halvings(answered: list[Answered]) -> list[list[Answered]]:
    """What came of `Draw.convergence`, point by point, the largest step first."""
    length = len(_HALVINGS)
    return [answered[start : start + length] for start in range(0, len(answered), length)]


def probe_of(content: Differencing, asked: Asked, name: str, arguments: tuple[str, ...]) -> Probe:
    """Call the function, reply its value, and whether x is as it was."""
    (domain,) = dict(dict(content.programs)[asked.program].given).values()
    is_complex = content.scheme in ("complex-step", "any")
    writer = Writer()
    held = {
        "f": writer.oracle(of_numbers(asked.f, asked.x.shape, complex_too=is_complex)),
        content.variable: writer.constant(argument(asked.x, domain)),
    }
    if asked.step is not None:
        held["h"] = writer.constant(asked.step)
    writer.reply(writer.call(writer.name(name), *(held[argument] for argument in arguments)))
    writer.unchanged(held[content.variable])
    return writer.probe
