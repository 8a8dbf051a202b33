"""`groups:` of a derivative task: points of one character each."""

from __future__ import annotations

from grader.specs.schema import GroupSpec
from grader.specs.scope import Scope
from reference import language
from reference.domains import Domain
from reference.language import Expression, nearest
from reference.problem import EXPRESSION_WORDS, NAME_WORDS, Group
from reference.shapes import show

DEFAULT_GROUP = Group("generic", 24, 100.0)
_WITHOUT_CONDITION = ("orthogonal", "lower", "onehot", "positive", "negative", "nonzero", "integer")
"""words about a matrix that would not hold any more for one with other singular values"""


def read_groups(specs: dict[str, GroupSpec], scope: Scope, given: dict[str, Domain], wrt: str) -> tuple[Group, ...]:
    """The groups, with every fault blamed."""
    groups = tuple(_Reader(name, spec, scope, given, wrt).read() for name, spec in specs.items()) or (DEFAULT_GROUP,)
    total = sum(group.weight for group in groups)
    if abs(total - 100) > 1e-9 and not scope.is_blamed_within("groups"):
        scope.blame(("groups",), f"the weights of the groups sum to {total:g}, they must sum to 100")
    return groups


class _Reader:
    def __init__(self, name: str, spec: GroupSpec, scope: Scope, given: dict[str, Domain], wrt: str) -> None:
        self._name = name
        self._spec = spec
        self._scope = scope
        self._given = given
        self._wrt = wrt

    def read(self) -> Group:
        named = [(word, tuple(items)) for word in NAME_WORDS if (items := getattr(self._spec, word))]
        sized: dict[str, str] = {}
        for word, names in named:
            for name in names:
                self._check_name(word, name)
                if word != "ill" and sized.setdefault(name, word) != word:
                    text = f"`{name}` cannot be `{sized[name]}` and `{word}` at once; make two groups"
                    self._scope.blame(("groups", self._name, word), text)
        written = [(word, self._expressions(word)) for word in EXPRESSION_WORDS if getattr(self._spec, word)]
        return Group(self._name, self._spec.points, self._spec.weight, (*named, *written))

    def _check_name(self, word: str, name: str) -> None:
        key = ("groups", self._name, word)
        domain = self._given.get(name)
        if domain is None:
            if not self._scope.is_given(name):  # else its own declaration is blamed
                text = f"`{word}` applies to names of `given`, not to `{name}`" + nearest(name, self._given)
                self._scope.blame(key, text)
            return
        words = [chosen[0].name for chosen in (domain.structure, domain.entries) if chosen]
        fixed = [said for said in words if said in _WITHOUT_CONDITION]
        if word == "ill" and (domain.kind != "matrix" or fixed):
            what = f"`{name}`, which is {fixed[0]}" if fixed else f"`{name}`, a {domain.kind}"
            self._scope.blame(key, f"`ill` applies to matrices whose condition can be chosen, not to {what}")

    def _expressions(self, word: str) -> tuple[Expression, ...]:
        key = ("groups", self._name, word)
        found = []
        for text in getattr(self._spec, word):
            expression = self._scope.expression(key, text)
            shape = self._scope.shape_of(key, expression) if expression else None
            if expression is None or shape is None:
                continue
            variable = self._scope.shapes.get(self._wrt, ())
            if word == "near_null" and (len(shape) != 2 or len(variable) != 1 or shape[1] != variable[0]):
                self._scope.blame(
                    key,
                    f"`near_null` takes a matrix that `{self._wrt}` can be multiplied with, `{text}` is {show(shape)} "
                    f"and `{self._wrt}` is {show(variable)}",
                )
            elif word == "ties" and not shape:
                self._scope.blame(key, f"`ties` takes a vector or matrix whose entries are to be equal, not `{text}`")
            elif word in ("kink", "at_zero", "ties") and not language.names(expression):
                self._scope.blame(key, f"`{word}` takes an expression that points can change, not `{text}`")
            found.append(expression)
        return tuple(found)
