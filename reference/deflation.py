"""All zeros of the gradient system of a small constrained problem: many starts, deflation, polishing.

Levenberg-Marquardt on F(x, lam) = 0 runs from all starts at once. What was found is then divided out of F, so that
further starts cannot end there again (Farrell, Birkisson and Funke 2015), until nothing new turns up. A search proves
nothing; whatever speaks against its zeros being all that there are, it says in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from reference.differentiable import Differentiable
from reference.lagrangian import NotUnique
from reference.points import Array
from reference.polish import Polished, polish
from reference.search import FAR, Ends, Equations, System, descend, gradients, is_beside, starts, zeros

_ROUNDS = 6
_FEW_STAGES = 2
_SAME = 1e-6
_MULTIPLE = 20.0
"""Newton steps that a multiple zero may be away."""
_MANY = 12
"""More isolated singular points than that are a curve of them."""
_MOST = 64
_FAILURES = 10
_TAIL = 10.0
_WIDEST = 0.01
_ALONG = 0.05
_FLAT = 1e-7
_INFINITE = "there are infinitely many stationary points: the equations do not fix them one by one"


@dataclass
class Search:
    """The zeros that were found; `size` is a length of x that matters to the problem."""

    problem: Differentiable
    rng: np.random.Generator
    size: float
    regular: list[Polished] = field(default_factory=list)
    singular: list[Polished] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    """of the surroundings of the singular points"""
    is_curve: bool = False
    is_unfinished: bool = True
    gave_up: bool = False

    def run(self, x: Array) -> None:
        """Rounds of searches, until one finds nothing or there is too much to find."""
        for number in range(_ROUNDS):
            found = self._take(self._round(x, deflated=number > 0))
            if self.is_curve or len(self.regular) > _MOST:
                break
            if number and not found:
                self.is_unfinished = False
                break
            x = starts(self.problem, self.rng)[0]

    def _round(self, x: Array, deflated: bool) -> Ends:
        """Zeros from new starts, of F or of F with the known points divided out."""
        d, z = self.problem.size, self._with_multipliers(x)
        known = [point.z[:d] for point in (*self.regular, *self.singular)]
        if deflated and known:
            divided = _without(self.problem.system_of, torch.from_numpy(np.stack(known)), self.size)
            z = descend(Equations(divided, d, d), z)
        # The divided system is flat far away; plain steps tell a zero from that.
        z = descend(self._equations, z, _FEW_STAGES) if deflated else descend(self._equations, z)
        reach = np.minimum(self.size, np.max(np.abs(x), axis=1))
        return zeros(self._equations, z, reach, FAR * self.size)

    @property
    def _equations(self) -> Equations:
        return Equations(self.problem.system_of, self.problem.size, self.problem.size)

    def _with_multipliers(self, x: Array) -> Array:
        """(k, d + m): the multipliers are those that fit best."""
        slopes, lengths = gradients(self.problem, x)
        lengths = lengths[..., None]
        best = torch.linalg.pinv((slopes[:, 1:] / lengths).mT) @ slopes[:, 0, :, None] / lengths
        return np.concatenate([x, -self.problem.sign * best[..., 0].numpy()], axis=1)

    def _take(self, ends: Ends) -> int:
        """Polish the zeros that are not known; returns how many are new."""
        before, near, far = len(self.regular) + len(self.singular), list[Array](), list[Array]()
        for z, error in zip(ends.z, ends.error, strict=True):
            if self.is_curve or len(self.regular) > _MOST:
                break
            x = z[: self.problem.size]
            failed = far if np.max(np.abs(x)) > _TAIL * self.size else near
            if len(failed) > _FAILURES or is_beside(x, failed, self.size) or self._is_known(z, float(error)):
                continue
            if not self._keep(polish(self.problem, z, self.size), x):
                failed.append(x)
        # Far out such places are those of a tail that falls to zero.
        self.gave_up = self.gave_up or len(near) > _FAILURES
        return len(self.regular) + len(self.singular) - before

    def _is_known(self, z: Array, error: float) -> bool:
        """Whether z may be a known point; near a multiple zero nothing converges well."""
        x = z[: self.problem.size]
        scale = _SAME * float(np.max(np.abs(x)))
        for points, steps in ((self.regular, 2.0), (self.singular, _MULTIPLE)):
            if any(_distance(x, point) <= max(scale, steps * error) for point in points):
                return True
        return any(_distance(x, point) <= width for point, width in zip(self.singular, self.widths, strict=True))

    def _keep(self, found: Polished, x: Array) -> bool:
        """Whether what came of x is a zero; it is kept if it is a new one."""
        if not found.converged:
            return False
        if self._is_known(found.z, 0.0):
            self._widen(found, x)
        elif found.regular:
            self.regular.append(found)
        else:
            self.singular.append(found)
            self.widths.append(0.0)
            self._widen(found, x)
            self.is_curve = self._continues(found.z) or len(self.singular) > _MANY
        return True

    def _widen(self, found: Polished, x: Array) -> None:
        """What ends no further from a singular point than x, which led there, leads there too."""
        for k, point in enumerate(self.singular):
            if _distance(found.z[: self.problem.size], point) <= _SAME * self.size:
                self.widths[k] = max(self.widths[k], min(_distance(x, point), _WIDEST * self.size))

    def _continues(self, z: Array) -> bool:
        """Whether other zeros lie beside a singular one, in a direction in which F is flat there."""
        d = self.problem.size
        _, right, flat = self._flat_directions(z)
        flat = flat[np.max(np.abs(flat[:, :d]), axis=1, initial=0.0) > _SAME] / right
        if not len(flat):
            return False
        length = _ALONG * max(self.size, float(np.max(np.abs(z[:d]))))
        moves = length * flat / np.max(np.abs(flat[:, :d]), axis=1, keepdims=True)
        moved = descend(self._equations, np.concatenate([z + moves, z - moves]))
        found = zeros(self._equations, moved, np.zeros(len(moved)))
        distances = np.max(np.abs((found.z - z)[:, :d]), axis=1)
        near = (found.error <= _SAME * length) & (distances >= length / 2) & (distances <= 2 * length)
        return any(len(self._flat_directions(other)[2]) for other in found.z[near])

    def _flat_directions(self, z: Array) -> tuple[Array, Array, Array]:
        matrix, _, right = self.problem.balanced(z[: self.problem.size], z[self.problem.size :])
        _, singular, rows = np.linalg.svd(matrix)
        return singular, right, rows[singular <= _FLAT * max(1.0, singular[0])]

    def doubts(self, is_feasible: bool) -> list[str]:
        """What speaks against the list, in words."""
        if not is_feasible:
            return ["no point was found that satisfies the constraints"]
        if self.is_curve:
            return [_INFINITE]
        if len(self.regular) > _MOST:
            return [f"there are more than {_MOST} stationary points, perhaps infinitely many"]
        if not (self.regular or self.singular):
            return ["no stationary point was found, which does not prove that there is none"]
        if self.gave_up:
            return ["the search met too many places where the equations nearly hold, but not quite"]
        if self.is_unfinished:
            return [f"the search still found new points after {_ROUNDS} rounds"]
        return [self._doubt_at(point.z[: self.problem.size]) for point in self.singular[:1]]

    def _doubt_at(self, x: Array) -> str:
        try:
            self.problem.require_rank(x)
        except NotUnique as error:
            return str(error)
        shown = ", ".join(f"{entry:.4g}" for entry in x)
        return f"the equations are singular at ({shown}), so points beside it cannot be told apart"


def _distance(x: Array, point: Polished) -> float:
    return float(np.max(np.abs(x - point.z[: len(x)])))


def _without(system: System, known: Any, size: float) -> System:
    """F(z) times the product of size^2 / |x - x_k|^2 + 1, which has the zeros of F but the known ones."""

    def deflated(z: Any) -> Any:
        return system(z) * torch.prod(size**2 / torch.sum((z[: known.shape[1]] - known) ** 2, 1) + 1)

    return deflated
