"""`kind: lagrangian`: from validated keys to a problem of extrema under constraints, with shapes checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from grader.domain.assignment import Signature
from grader.specs.nodes import Document, Path
from grader.specs.reading import Reading
from grader.specs.schema import Closed, Id, Identifier, TaskSpec, Text, VisibilityWord
from grader.specs.scope import Scope
from grader.specs.signature import read_signature
from reference.constrained import (
    ACCEPTED,
    ARGUMENTS,
    CONVENTIONS,
    MULTIPLIERS,
    TO_FIND,
    WITH_NUMBERS,
    Ask,
    ConstrainedProblem,
)
from reference.domains import Domain
from reference.language import Expression
from reference.shapes import show

_MOST = 60


def _spaced(text: Any) -> Any:
    """A convention with its spaces as they are written in CONVENTIONS."""
    bare = re.sub(r"\s+", "", text) if isinstance(text, str) else text
    return next((known for known in CONVENTIONS if known.replace(" ", "") == bare), text)


class AskSpec(Closed):
    """One entry of `ask:`"""

    implement: Text
    points: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]
    visibility: VisibilityWord | None = None
    accept: Literal["minimum", "maximum", "stationary", "global"] | None = None
    accuracy: Annotated[float, Field(ge=1e-12, le=1e-2)] | None = None


class AsksSpec(Closed):
    """`ask:`, any of what may be asked about one problem"""

    lagrangian: AskSpec | None = None
    system: AskSpec | None = None
    multipliers: AskSpec | None = None
    solve: AskSpec | None = None
    stationary: AskSpec | None = None
    classify: AskSpec | None = None
    sensitivity: AskSpec | None = None
    tangent: AskSpec | None = None


class ConstraintSpec(Closed):
    """One entry of `constraints:`"""

    name: Id
    zero: Text


class LagrangianSpec(TaskSpec):
    """`kind: lagrangian`"""

    convention: Annotated[Literal["f - lam*g", "f + lam*g"], BeforeValidator(_spaced)] = "f - lam*g"
    given: dict[Identifier, Text] = Field(default_factory=dict)
    unknowns: Annotated[dict[Identifier, Text], Field(min_length=1)]
    let: dict[Identifier, Text] = Field(default_factory=dict)
    f: Text
    constraints: Annotated[list[ConstraintSpec], Field(min_length=1, max_length=50)]
    ask: AsksSpec


SPEC = LagrangianSpec


def read(spec: LagrangianSpec, document: Document, path: Path) -> Reading | None:
    """The signatures and the problem, or None with every fault blamed in the document. Its checks are its asks."""
    before = len(document.problems)
    built = _Reader(spec, document, path).read()
    if built is None or len(document.problems) > before:
        return None
    signatures, problem = built
    asked = dict(spec.ask)
    return Reading(signatures, problem, {"": problem}, {ask.id: asked[ask.id].visibility for ask in problem.asks})


class _Reader:
    def __init__(self, spec: LagrangianSpec, document: Document, path: Path) -> None:
        self._spec = spec
        self._document = document
        self._path = path
        self._scope = Scope(document, path, {}, {**spec.unknowns, **spec.given}, spec.let, "unknowns")

    def read(self) -> tuple[tuple[Signature, ...], ConstrainedProblem] | None:
        spec, scope = self._spec, self._scope
        unknown, domain = self._unknown()
        given = {name: self._given(name, text) for name, text in spec.given.items()}
        for name, text in spec.let.items():
            if name == MULTIPLIERS:
                scope.blame(("let", name), f"`{MULTIPLIERS}` is what the multipliers are called", at_key=True)
            scope.let(name, text)
        f = self._scalar(("f",), spec.f, unknown)
        constraints = [self._constraint(number, unknown) for number in range(len(spec.constraints))]
        self._check_used([f, *constraints])
        signatures, asks = self._asks(unknown)
        if domain is None or f is None or None in constraints or len(signatures) < len(asks) or not asks:
            return None
        numbers = tuple((name, domain) for name, domain in given.items() if domain is not None)
        zero = tuple((c.name, e) for c, e in zip(spec.constraints, constraints, strict=True) if e is not None)
        self._check_count(domain)
        problem = ConstrainedProblem(
            unknown, domain, tuple(scope.lets.items()), f, zero, CONVENTIONS[spec.convention], asks, numbers
        )
        return signatures, problem

    def _unknown(self) -> tuple[str, Domain | None]:
        """The one vector that is looked for."""
        name, text = next(iter(self._spec.unknowns.items()))
        for other in [*self._spec.unknowns][1:]:
            text_of_other = "there is one unknown, a vector: write its entries as `x[0]`, `x[1]` ..."
            self._scope.blame(("unknowns", other), text_of_other, at_key=True)
        if name == MULTIPLIERS:
            self._scope.blame(("unknowns", name), f"`{MULTIPLIERS}` is what the multipliers are called", at_key=True)
        if not re.match(r"\s*vector\s*\[\s*\d+\s*\]", text):
            wanted = "an unknown is a vector of a fixed size, such as `vector[4]`"
            self._scope.blame(("unknowns", name), f"{wanted}, not `{text.strip()[:40]}`")
            return name, None
        domain = self._scope.domain(name, text)
        if domain and domain.shape[0].offset > _MOST:
            text = f"stationary points are searched for in at most {_MOST} unknowns, these are {domain.shape[0]}"
            self._scope.blame(("unknowns", name), text)
        return name, domain

    def _given(self, name: str, text: str) -> Domain | None:
        """The domain of numbers that are drawn for each problem."""
        if name == MULTIPLIERS:
            self._scope.blame(("given", name), f"`{MULTIPLIERS}` is what the multipliers are called")
        return self._scope.domain(name, text, "given")

    def _check_used(self, expressions: Sequence[Expression | None]) -> None:
        """Blame numbers that make no difference: who finds a point could not need them."""
        known = [expression for expression in expressions if expression is not None]
        for name in self._spec.given if len(known) == len(expressions) else ():
            is_used = any(self._scope.depends(expression, name) for expression in known)
            if not is_used and not self._scope.is_blamed("given", name):
                text = f"neither f nor a constraint depends on `{name}`; take it out, or use it"
                self._scope.blame(("given", name), text)

    def _check_count(self, domain: Domain) -> None:
        count, size = len(self._spec.constraints), domain.shape[0].offset
        if count > size:
            text = f"there are {count} constraints for {size} entries of the unknown, so their gradients are dependent"
            self._scope.blame(("constraints",), text)

    def _constraint(self, number: int, unknown: str) -> Expression | None:
        item = self._spec.constraints[number]
        if item.name in [other.name for other in self._spec.constraints[:number]]:
            self._scope.blame(("constraints", number, "name"), f"the name `{item.name}` stands here twice")
        return self._scalar(("constraints", number, "zero"), item.zero, unknown)

    def _scalar(self, key: Path, text: str, unknown: str) -> Expression | None:
        """An expression that is a number and depends on the unknown."""
        expression = self._scope.expression(key, text)
        shape = self._scope.shape_of(key, expression) if expression else None
        if expression is None or shape is None:
            return None
        what = "f" if key == ("f",) else "a constraint"
        if shape:
            self._scope.blame(key, f"{what} is a scalar, this one is {show(shape)}")
        elif not self._scope.depends(expression, unknown):
            self._scope.blame(key, f"{what} depends on the unknown `{unknown}`, this one does not")
        return expression

    def _asks(self, unknown: str) -> tuple[tuple[Signature, ...], tuple[Ask, ...]]:
        written = {name: ask for name, ask in self._spec.ask if ask is not None}
        if not written:
            self._scope.blame(("ask",), f"nothing is asked; write one or more of {', '.join(ARGUMENTS)}")
        signatures = [self._signature(name, ask, unknown) for name, ask in written.items()]
        found = tuple(filter(None, signatures))
        for number, (name, signature) in enumerate(zip(written, signatures, strict=True)):
            if signature and signature.name in [other.name for other in signatures[:number] if other]:
                self._scope.blame(("ask", name, "implement"), f"the function `{signature.name}` is asked for twice")
        total = sum(ask.points for ask in written.values())
        if written and abs(total - self._spec.points) > 1e-9 and not self._scope.is_blamed_within("ask"):
            text = f"the points of what is asked sum to {total:g}, those of the task are {self._spec.points:g}"
            self._scope.blame(("points",), text)
        return found, tuple(self._ask(name, ask) for name, ask in written.items())

    def _ask(self, name: str, ask: AskSpec) -> Ask:
        if ask.accept and name != "solve":
            self._scope.blame(("ask", name, "accept"), f"`accept` is said of `solve`, not of `{name}`", at_key=True)
        if name == "solve" and not ask.accept and not self._scope.is_blamed("ask", name, "accept"):
            text = f"`solve` needs `accept`, what counts as a solution: {', '.join(ACCEPTED)}"
            self._scope.blame(("ask", name), text)
        if ask.accuracy and name not in WITH_NUMBERS:
            text = f"`accuracy` is said of answers that are numbers, not of `{name}`"
            self._scope.blame(("ask", name, "accuracy"), text, at_key=True)
        return Ask(name, ask.points / self._spec.points, ask.accept or "", ask.accuracy or 0.0)

    def _signature(self, name: str, ask: AskSpec, unknown: str) -> Signature | None:
        given = tuple(self._spec.given)
        points = tuple(unknown if argument == "x" else argument for argument in ARGUMENTS[name])
        # Who finds a point needs all numbers; at a given point some may be of no interest.
        sound = tuple(number for number in given if not self._scope.is_blamed("given", number))
        needed = points + (sound if name in TO_FIND else ())
        key = (*self._path, "ask", name, "implement")
        takes = f"what `{name}` is called with" if points + given else f"taken: `{name}` is called without any"
        signature = read_signature(ask.implement, points + given, self._document, key, takes)
        if signature is None or not set(signature.arguments) <= {*points, *given}:
            return signature
        if not set(needed) <= set(signature.arguments):
            both = "; write both" if needed == points and len(points) == 2 else ""
            self._scope.blame(("ask", name, "implement"), f"`{name}` is called with ({', '.join(needed)}){both}")
        return signature
