"""`kind: derivative`: from validated keys to the mathematics of the task, with shapes checked."""

from __future__ import annotations

from grader.domain.assignment import Signature
from grader.specs.groups import read_groups
from grader.specs.nodes import Document, Path
from grader.specs.reading import Reading
from grader.specs.schema import DerivativeSpec
from grader.specs.scope import Scope
from grader.specs.signature import read_signature
from reference.domains import Domain
from reference.language import Expression, nearest
from reference.problem import ALONG, LAYOUTS, STRUCTURED, Misconception, Problem
from reference.shapes import Shape, show
from reference.words import WORDS

SPEC = DerivativeSpec

_MIRRORED = ("symmetric", "spd")
"""structures in which an entry always equals the one across the diagonal"""


def read(spec: DerivativeSpec, document: Document, path: Path) -> Reading | None:
    """The signature and the problem, or None with every fault blamed in the document. Its checks are its groups."""
    before = len(document.problems)
    built = _Reader(spec, document, path).read()
    if built is None or len(document.problems) > before:
        return None
    signature, problem = built
    checks = {group.id: _visibility(spec, group.id) for group in problem.groups}
    return Reading((signature,), problem, {"": problem}, checks)


def _visibility(spec: DerivativeSpec, group: str) -> str | None:
    return spec.groups[group].visibility if group in spec.groups else None


class _Reader:
    def __init__(self, spec: DerivativeSpec, document: Document, path: Path) -> None:
        self._spec = spec
        self._document = document
        self._path = path
        self._scope = Scope(document, path, spec.dims, spec.given, spec.let)

    def read(self) -> tuple[Signature, Problem] | None:
        spec, scope = self._spec, self._scope
        self._check_sizes()
        domains_read = {name: scope.domain(name, text) for name, text in spec.given.items()}
        given = {name: domain for name, domain in domains_read.items() if domain is not None}
        for name, text in spec.let.items():
            scope.let(name, text)
        f = scope.expression(("f",), spec.f)
        value = scope.shape_of(("f",), f) if f else None
        shape = self._answer_shape(f, value)
        self._check_structured(given.get(spec.wrt))
        along = self._along(value)
        if along:
            given[along[0]] = along[1]
        signature = self._signature(along[0] if along else "")
        solution = self._closed_form(shape)
        misconceptions = tuple(filter(None, (self._misconception(k) for k in range(len(spec.misconceptions)))))
        groups = read_groups(spec.groups, scope, given, spec.wrt)
        if signature is None or f is None or shape is None or len(given) < len(domains_read):
            return None
        problem = Problem(
            tuple(given.items()), tuple(spec.dims.items()), tuple(scope.lets.items()), f, spec.wrt, spec.ask,
            self._layout(), shape, groups, solution, misconceptions, along[0] if along else "",
            counterexample=spec.counterexample,
        )  # fmt: skip
        return signature, problem

    def _check_sizes(self) -> None:
        """Different sizes must be able to be different numbers, or a transpose could hide."""
        taken: set[int] = set()
        for name, (low, high) in sorted(self._spec.dims.items(), key=lambda item: item[1][1]):
            free = [size for size in range(low, high + 1) if size not in taken]
            if not free:
                text = f"the size {name} cannot be drawn different from the others; widen a range"
                self._scope.blame(("dims", name), text)
                return
            taken.add(free[0])

    def _signature(self, along: str) -> Signature | None:
        key = (*self._path, "implement")
        signature = read_signature(
            self._spec.implement, (*self._spec.given, *filter(None, [along])), self._document, key
        )
        if signature and along and along not in signature.arguments:
            self._scope.blame(("implement",), f"`{along}` is not among the arguments; a {self._spec.ask} needs it")
        return signature

    def _along(self, value: Shape | None) -> tuple[str, Domain] | None:
        """The name and domain of a direction or cotangent: normal numbers of the shape that it must have."""
        wanted = ALONG.get(self._spec.ask, "")
        for key in ("direction", "cotangent"):
            if key != wanted and getattr(self._spec, key):
                self._scope.blame((key,), f"`{key}` is not said of `ask: {self._spec.ask}`", at_key=True)
        if not wanted or self._scope.is_blamed("ask"):
            return None
        name = getattr(self._spec, wanted)
        if not name:
            text = f"`ask: {self._spec.ask}` needs `{wanted}`, the name of the argument that holds it"
            self._scope.blame(("ask",), text)
            return None
        shape = value if wanted == "cotangent" else self._scope.shapes.get(self._spec.wrt)
        if shape is None:
            return None
        self._scope.declare((wanted,), name, shape, at_key=False)
        kind = ("scalar", "vector", "matrix")[len(shape)]
        return name, Domain(kind, shape, (WORDS["normal"], ()), None)

    def _layout(self) -> str:
        return self._spec.layout or LAYOUTS[self._spec.ask][0]

    def _answer_shape(self, f: Expression | None, value: Shape | None) -> Shape | None:
        spec, scope = self._spec, self._scope
        if spec.wrt not in spec.given:
            scope.blame(("wrt",), f"`{spec.wrt}` is not declared in `given`" + nearest(spec.wrt, spec.given))
            return None
        if scope.is_blamed("ask"):
            return None  # what is asked for is not known
        if self._layout() not in LAYOUTS[spec.ask]:
            allowed = " or ".join(f"`{layout}`" for layout in LAYOUTS[spec.ask])
            scope.blame(("layout",), f"the layout of a {spec.ask} is {allowed}")
        if f is None or value is None or spec.wrt not in scope.shapes:
            return None
        if not scope.depends(f, spec.wrt):
            scope.blame(("f",), f"f does not depend on `{spec.wrt}`, the variable of `wrt`")
        return self._derivative_shape(value, scope.shapes[spec.wrt])

    def _check_structured(self, variable: Domain | None) -> None:
        """Blame a layout about mirrored entries where the variable has none that are always equal."""
        if self._spec.layout != STRUCTURED or self._spec.ask != "gradient" or variable is None:
            return
        if variable.structure is None or variable.structure[0].name not in _MIRRORED:
            name, words = self._spec.wrt, " or ".join(f"`{word}`" for word in _MIRRORED)
            text = f"a structured gradient is one in a symmetric matrix; declare `{name}` as {words}"
            self._scope.blame(("layout",), text + ", or ask for `like-variable`")

    def _derivative_shape(self, value: Shape, variable: Shape) -> Shape | None:
        ask, scope = self._spec.ask, self._scope
        if ask in ("gradient", "hessian", "hvp") and value:
            text = f"a {ask} is asked of a scalar f, this one is {show(value)}"
            scope.blame(("f",), text + "; use `ask: jacobian`" * (ask == "gradient"))
        match ask:
            case "gradient" | "vjp" | "hvp":
                return variable
            case "jvp":
                return value
            case "hessian" if len(variable) <= 1:
                return variable + variable
            case "jacobian" if len(value) == len(variable) == 1:
                return (variable[0], value[0]) if self._layout() == "denominator" else (value[0], variable[0])
        written = f"`{self._spec.wrt}` is {show(variable)}"
        if ask == "hessian":
            scope.blame(("wrt",), f"a hessian needs a scalar or vector variable: {written}; use `ask: hvp`")
        else:
            scope.blame(("f",), f"a jacobian needs vectors: f is {show(value)} and {written}")
        return None

    def _closed_form(self, shape: Shape | None) -> Expression | None:
        if self._spec.solution is None:
            return None
        expression = self._scope.expression(("solution",), self._spec.solution)
        own = self._scope.shape_of(("solution",), expression) if expression else None
        if own is not None and shape is not None and own != shape:
            text = f"`solution` is {show(own)}, the answer that is asked for is {show(shape)}"
            self._scope.blame(("solution",), text)
        return expression

    def _misconception(self, number: int) -> Misconception | None:
        item = self._spec.misconceptions[number]
        key = ("misconceptions", number, "when")
        if item.note in [other.note for other in self._spec.misconceptions[:number]]:
            self._scope.blame(("misconceptions", number, "note"), f"the note `{item.note}` stands here twice")
        expression = self._scope.expression(key, item.when)
        if expression is None or self._scope.shape_of(key, expression) is None:
            return None
        return Misconception(item.note, expression, item.say)
