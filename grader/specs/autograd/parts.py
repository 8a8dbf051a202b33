"""The mathematics of an autograd task: from what is written to the problems whose derivatives are computed in advance.

Names that begin with an underscore are ours; no name that an author declares does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.domain.autograd import ALONG, COTANGENT
from grader.specs.autograd.dependence import Lets, couples, is_affine, is_curved
from reference import language
from reference.domains import Domain
from reference.language import Expression, Name
from reference.problem import Group, Misconception, Problem
from reference.shapes import Ranges, Shape
from reference.words import FIXED, WORDS

_ONE = Domain("scalar", (), (WORDS["integer"], (1.0, 1.0)), None)
_KINDS = ("scalar", "vector", "matrix")
ALL_ONES = "ones"
"""the group of a function's points where every entry of the cotangent is one"""


@dataclass(frozen=True)
class Written:
    """What an author wrote, read: all that the problems of a task are made from."""

    given: Mapping[str, Domain]
    dims: Ranges
    lets: Lets
    f: Expression
    shape: Shape
    """of f"""
    points: int
    solution: Expression | None = None
    misconceptions: tuple[Misconception, ...] = ()

    def gradient(self, wrt: str) -> Problem:
        """The gradient of f, which is a scalar."""
        return self._problem(self.given, self.f, wrt, "gradient")

    def vjp(self, wrt: str, cotangent: str) -> Problem:
        """v^T J for any f, with random v."""
        return self._problem({**self.given, cotangent: normal(self.shape)}, self.f, wrt, "vjp", cotangent)

    def value(self) -> Problem:
        """f itself, as how fast a multiple of it grows with the factor: so values have units of error as well."""
        f = language.parse(f"_t * ({self.f.text})")
        own = replace(self, solution=None, misconceptions=())
        problem = own._problem({**self.given, "_t": _ONE, "_d": _ONE}, f, "_t", "jvp", "_d")
        return replace(problem, shape=self.shape)

    def held(self, wrt: str, stops: Sequence[str], cotangent: str) -> Problem:
        """v^T J where the named parts `stops` do not vary: they are computed from a copy of the variable."""
        copy = f"_{wrt}"
        lets = _held(self.lets, wrt, copy, stops)
        problem = replace(self, lets=lets, given={**self.given, copy: self.given[wrt]}).vjp(wrt, cotangent)
        return replace(problem, copies=((copy, wrt),))

    def backward_of_function(self, wrt: str) -> Problem:
        """v^T J, also with a cotangent of ones, of which that of a repeated number is a multiple."""
        problem = self.vjp(wrt, COTANGENT)
        return replace(
            problem, groups=(*problem.groups, Group(ALL_ONES, self.points, 100.0, (("ones", (COTANGENT,)),)))
        )

    def second(self, name: str, others: Sequence[str]) -> Problem | None:
        """The derivative of what backward gives to a tensor, weighed by random numbers w: in this tensor, or where f is
        affine in it, in the first of the others with which it is multiplied. None where it is constant."""
        given = {**self.given, COTANGENT: normal(self.shape), ALONG: normal(self.given[name].shape)}
        if is_curved(self.lets, self.f, name):
            return self._problem(given, self._weighed(self.f.text), name, "hvp", ALONG)
        if not is_affine(self.lets, self.f, name):
            return None  # it has kinks, and nothing between them
        coupled = [other for other in others if other != name and couples(self.lets, self.f, name, other)]
        if not coupled:
            return None
        # As f is affine in it, w^T (J^T v) is how much v^T f grows over w.
        lets, names = _moved(self.lets, name)
        grown = renamed(self.f, names)
        moved = replace(self, lets=lets)
        return moved._problem(given, self._weighed(f"({grown.text}) - ({self.f.text})"), coupled[0], "gradient")

    def _weighed(self, text: str) -> Expression:
        return language.parse(f"sum({COTANGENT} * ({text}))" if self.shape else f"{COTANGENT} * ({text})")

    def example(self, problem: Problem, numbers: Mapping[str, tuple[float, ...]], sizes: Mapping[str, int]) -> Problem:
        """A problem at these numbers alone."""
        given = tuple(
            (name, replace(domain, entries=(FIXED, numbers[name]), structure=None)) for name, domain in problem.given
        )
        dims = tuple((name, (sizes.get(name, low), sizes.get(name, high))) for name, (low, high) in problem.dims)
        return replace(problem, given=given, dims=dims, groups=(Group("generic", 1, 100.0),), misconceptions=())

    def _problem(self, given: Mapping[str, Domain], f: Expression, wrt: str, ask: str, along: str = "") -> Problem:
        groups = (Group("generic", self.points, 100.0),)
        return Problem(
            tuple(given.items()), tuple(self.dims.items()), self.lets, f, wrt, ask, "like-variable",
            given[wrt].shape, groups, self.solution, self.misconceptions, along,
        )  # fmt: skip


def normal(shape: Shape) -> Domain:
    """Standard normal numbers of a shape."""
    return Domain(_KINDS[len(shape)], shape, (WORDS["normal"], ()), None)


def _held(lets: Lets, wrt: str, copy: str, stops: Sequence[str]) -> Lets:
    """The named parts with those of `stops` computed from the copy, as is what they in turn are made of."""
    made: dict[str, Expression] = {}
    names = {wrt: copy}
    for name, expression in lets:
        held = renamed(expression, names)
        if name in stops:
            made[name] = held
        else:
            names[name] = f"_{name}"
            made[name], made[f"_{name}"] = expression, held
    return tuple(made.items())


def _moved(lets: Lets, name: str) -> tuple[Lets, dict[str, str]]:
    """The named parts beside those that are computed from a moved by w, and how these are called."""
    names = {name: f"_{name}"}
    made = [(f"_{name}", language.parse(f"{name} + {ALONG}"))]
    for part, expression in lets:
        made.append((part, expression))
        if names.keys() & language.names(expression).keys():
            made.append((f"_{part}", renamed(expression, names)))
            names[part] = f"_{part}"
    return tuple(made), names


def renamed(expression: Expression, names: Mapping[str, str]) -> Expression:
    """The expression with other names."""
    nodes = [node for node in language.walk(expression.root) if isinstance(node, Name) and node.name in names]
    text = expression.text
    for node in sorted(nodes, key=lambda node: -node.span.start):
        text = text[: node.span.start] + names[node.name] + text[node.span.end :]
    return language.parse(text)
