"""One probe of an autograd task beside all that is to be judged by its replies, and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from grader.domain.assignment import Task
from grader.domain.autograd import Autograd
from grader.sandbox.probes import Handle, Operand, Writer
from grader.sandbox.run import Claim, Probe
from reference.bundle import Bundle, Point
from reference.points import Array
from reference.problem import Problem

FURTHER = 8
"""Points that are asked in addition where the first ones leave it open."""

MUTATES = "mutates_input"
FEW = 4
"""Points for what goes right or wrong whatever the numbers are."""

Facts = dict[str, object]


@dataclass(frozen=True)
class Wanted:
    """A reply that must hold these numbers; `what` names it to students."""

    reply: int
    point: Point
    what: str
    absent: str = ""
    """the note where there is None instead"""


@dataclass(frozen=True)
class Condition:
    """Something else that must hold of a reply."""

    reply: int
    holds: Callable[[Claim], bool]
    cause: str
    facts: Callable[[Claim], Facts]
    note: str | None = None


@dataclass(frozen=True)
class Case:
    """One probe, and what must come of it."""

    probe: Probe
    wanted: tuple[Wanted, ...]
    conditions: Sequence[Condition]
    doing: Mapping[int, tuple[str, str]]
    """instruction -> what of ours it does, in words, and the note of an exception there"""
    replies: int
    arguments: tuple[str, ...]
    is_spare: bool


@dataclass(frozen=True)
class Draw:
    """Draws points for one check of a task."""

    bundles: Mapping[str, Bundle]
    rng: np.random.Generator
    count: int

    def points(self, part: str = "", group: str = "generic", most: int = 200) -> list[tuple[Point, bool]]:
        """Points, each with whether it is a spare one, of which there are no more than of the others."""
        count = min(self.count, most)
        drawn = self.bundles[part].draw(group, count + min(count, FURTHER), self.rng)
        return [(point, number >= count) for number, point in enumerate(drawn)]


def _is_whole(task: Task, name: str) -> bool:
    """Whether an input is a whole number by its domain, as a number of repetitions is."""
    given = (dict(part.given) for part in task.parts.values() if isinstance(part, Problem))
    return any(name in domains and domains[name].exact for domains in given)


def content_of(task: Task) -> Autograd:
    """What is set."""
    assert isinstance(task.content, Autograd)
    return task.content


class Script:
    """A case while it is written."""

    def __init__(self, task: Task, point: Point) -> None:
        self.p = Writer()
        self._task = task
        self._point = point
        self._wanted: list[Wanted] = []
        self._conditions: list[Condition] = []
        self._doing: dict[int, tuple[str, str]] = {}
        self._replies = 0
        self._sent: dict[str, tuple[Handle, Array]] = {}

    def plain(self, name: str, point: Point | None = None) -> Handle:
        """An input as student code gets it: a number, or a tensor that does not require a gradient."""
        values = (point or self._point).inputs[name]
        if values.ndim == 0 and name not in content_of(self._task).wrt:
            return self.p.constant(int(values) if _is_whole(self._task, name) else float(values))
        handle = self.p.tensor(values)
        self._sent[name] = handle, values
        return handle

    def leaf(self, name: str, *, strided: bool = False) -> Handle:
        """A leaf that requires a gradient; `strided` lies in memory with gaps between its entries."""
        values = self._point.inputs[name]
        handle = self.p.method(self.strided(values) if strided else self.p.tensor(values), "requires_grad_")
        self._sent[name] = handle, values
        return handle

    def strided(self, values: Array) -> Handle:
        """A tensor that is every second entry of a larger one, and of which columns lie where rows would."""
        both = self.p.tensor(np.stack([values.T, values.T + 1.0], axis=-1))
        return self.p.method(self.p.method(both, "select", -1, 0), "t")

    def call(self, function: Handle, arguments: Sequence[Operand]) -> Handle:
        """What the student's function makes of it."""
        return self.p.call(function, *arguments)

    def method(self, words: str, note: str, held: Handle, name: str, *arguments: Operand) -> Handle:
        """A method that we call, in words for the case that it raises."""
        self.names_next(words, note)
        found = self.p.get(held, name)
        slots = [item if isinstance(item, Handle) else self.p.constant(item) for item in arguments]
        self.names_next(words, note)
        return self.p.call(found, *slots)

    def names_next(self, words: str, note: str) -> None:
        """What the next instruction does, for the case that it raises."""
        self._doing[len(self.p.probe)] = words, note

    def want(self, held: Handle, point: Point, what: str, absent: str = "") -> None:
        """Report it, and compare with what is right at a point."""
        self._wanted.append(Wanted(self._reply(held), point, what, absent))

    def require(
        self, held: Handle, holds: Callable[[Claim], bool], cause: str, note: str | None = None, **facts: object
    ) -> None:
        """Report it, and have it judged by a rule."""
        self._conditions.append(Condition(self._reply(held), holds, cause, lambda _: facts, note))

    def require_elements(
        self, held: Handle, holds: Callable[[Claim], bool], cause: str, note: str | None = None, **facts: object
    ) -> None:
        """The same of all elements of a tuple."""
        self._replies += 1
        self._conditions.append(Condition(self.p.elements(held), holds, cause, lambda _: facts, note))

    def require_explained(
        self, held: Handle, holds: Callable[[Claim], bool], cause: str, facts: Callable[[Claim], Facts]
    ) -> None:
        """The same, where what came says how far off it is."""
        self._conditions.append(Condition(self._reply(held), holds, cause, facts))

    def unchanged(self) -> None:
        """What was sent must be as it was."""
        for name, (handle, values) in self._sent.items():
            self.require(handle, equal_to(values), MUTATES, "mutates-input", names=[name])

    def sent(self, name: str, handle: Handle, values: Array) -> None:
        """Something else that must stay as it was."""
        self._sent[name] = handle, values

    def _reply(self, held: Handle) -> int:
        self._replies += 1
        return self.p.reply(held)

    def case(self, is_spare: bool) -> Case:
        """The finished case."""
        return Case(
            self.p.probe, tuple(self._wanted), tuple(self._conditions), self._doing, self._replies,
            content_of(self._task).inputs or self._task.implement.arguments, is_spare,
        )  # fmt: skip


def equal_to(values: Array) -> Callable[[Claim], bool]:
    """Whether a claim is these very numbers."""
    return lambda claim: claim.array is not None and np.array_equal(claim.array, values)


def is_true(claim: Claim) -> bool:
    """Whether a claim says yes."""
    return claim.array is not None and bool(np.all(claim.array == 1))


def plus(*points: Point, wrong: Mapping[str, Array] | None = None) -> Point:
    """What is right where the numbers of several points add up."""
    first = points[0]
    return replace(
        first,
        expected=np.asarray(sum(point.expected for point in points)),
        base=np.asarray(sum(point.base for point in points)),
        error=np.asarray(sum(point.error for point in points)),
        separation=min(point.separation for point in points),
        wrong=dict(wrong or {}),
    )


def times(point: Point, factor: float) -> Point:
    """What is right where the cotangent, and so everything, is multiplied by a number."""
    size = abs(factor)
    wrong = {name: factor * values for name, values in point.wrong.items()} | {"cotangent.ones": point.expected}
    return replace(
        point, expected=factor * point.expected, base=size * point.base, error=size * point.error, wrong=wrong
    )


def known(values: Array) -> Point:
    """Numbers that carry the rounding of one addition and nothing else."""
    rounding = 2.0**-53 * np.abs(values)
    return Point({}, values, rounding, np.zeros_like(values), np.inf, {})


@dataclass(frozen=True)
class Asked:
    """The cases of one check. Those in `spare` are for answers that are neither right nor wrong beyond doubt."""

    id: str
    share: float
    cases: tuple[Case, ...]
    spare: tuple[Case, ...] = ()
    first_probe: int = 0


@dataclass(frozen=True)
class Plan:
    """All that is asked of one task, and what is needed to judge the replies."""

    task: Task
    probes: tuple[Probe, ...]
    checks: tuple[Asked, ...] = field(default=())


def planned(task: Task, checks: Sequence[Asked]) -> Plan:
    """The probes of all cases of the checks, and the first of each check once more."""
    probes: list[Probe] = []
    placed = []
    for check in checks:
        placed.append(replace(check, first_probe=len(probes)))
        probes += [case.probe for case in check.cases]
        # After all others: an answer that depends on earlier calls shows here.
        probes.append(check.cases[0].probe)
    return Plan(task, tuple(probes), tuple(placed))
