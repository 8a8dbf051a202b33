"""The mathematics of a task about extrema under constraints, as the author wrote it; no files, points or numpy."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from reference.domains import Domain
from reference.language import Expression

MULTIPLIERS = "lam"
"""what they are called in signatures and conventions"""

CONVENTIONS = {"f - lam*g": -1.0, "f + lam*g": 1.0}
"""L as it is written -> the sign of the multipliers in it"""

BOTH, POINT, NOTHING = ("x", MULTIPLIERS), ("x",), ()
ARGUMENTS = {
    "lagrangian": BOTH,
    "system": BOTH,
    "multipliers": POINT,
    "solve": NOTHING,
    "stationary": NOTHING,
    "classify": BOTH,
    "sensitivity": BOTH,
    "tangent": POINT,
}
"""What may be asked -> the arguments of the function that answers it; `x` stands for the unknown, whatever its name."""

AT_DRAWN_POINTS = ("lagrangian", "system")
"""asks about any point; those with arguments among the others are about stationary ones"""
WITH_NUMBERS = ("lagrangian", "system", "multipliers", "solve", "stationary", "sensitivity")
"""asks whose answers may be right to some digits only"""

MINIMUM, MAXIMUM, SADDLE, INCONCLUSIVE = KINDS = ("minimum", "maximum", "saddle", "inconclusive")
"""types of stationary points"""
STATIONARY, GLOBAL = "stationary", "global"
ACCEPTED = (MINIMUM, MAXIMUM, STATIONARY, GLOBAL)
"""what `solve` may ask for"""


@dataclass(frozen=True)
class Ask:
    """One function that the student writes, and what it is worth."""

    id: str
    share: float
    """of the task's points, 0 to 1"""
    accept: str = ""
    """what a point must be, of `solve`"""
    accuracy: float = 0.0
    """relative error that is taken for right, zero where rounding alone is"""


@dataclass(frozen=True)
class ConstrainedProblem:
    """Extrema of f(x) subject to g(x) = 0, x a vector of fixed size. `lets` are named sub-expressions in order."""

    unknown: str
    domain: Domain
    """from which x is drawn for asks about any point"""
    lets: tuple[tuple[str, Expression], ...]
    f: Expression
    constraints: tuple[tuple[str, Expression], ...]
    """name and expression that is to be zero"""
    sign: float
    asks: tuple[Ask, ...]

    @property
    def size(self) -> int:
        """Of the unknown."""
        return self.domain.shape[0].offset

    def ask(self, name: str) -> Ask | None:
        """What is asked under this name, if it is."""
        return next((ask for ask in self.asks if ask.id == name), None)

    def digest(self) -> str:
        """Changes whenever anything changes that the expected values depend on. What asks are worth does not count."""
        words = [chosen for chosen in (self.domain.entries, self.domain.structure) if chosen]
        parts = (
            (self.unknown, self.size, [(word.name, parameters) for word, parameters in words], self.sign),
            [(name, expression.text) for name, expression in self.lets],
            (self.f.text, [expression.text for _, expression in self.constraints]),
            sorted((ask.id, ask.accept) for ask in self.asks),
        )
        return hashlib.sha256(repr(("constrained", parts)).encode()).hexdigest()
