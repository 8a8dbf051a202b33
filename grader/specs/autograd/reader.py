"""`kind: autograd`: from validated keys to a use of PyTorch's autograd and the mathematics behind it."""

from __future__ import annotations

import re

from grader.domain.assignment import Signature
from grader.domain.autograd import CHECKS, COTANGENT, EXAMPLE, EXAMPLE_WEIGHT, Autograd, CheckAsked
from grader.domain.snippets import SNIPPETS
from grader.specs.autograd.examples import read_example
from grader.specs.autograd.parts import Written, normal
from grader.specs.autograd.rules import check_handed_over, check_variables
from grader.specs.autograd.schema import POINTS, AutogradSpec, check_keys
from grader.specs.nodes import Document, Path
from grader.specs.reading import Reading
from grader.specs.scope import Scope
from grader.specs.signature import read_signature
from reference.domains import Domain
from reference.language import Expression, nearest
from reference.problem import Misconception, Problem
from reference.shapes import Shape, show

_CLASS = re.compile(r"class\s+([A-Za-z_]\w*)")


def read(spec: AutogradSpec, document: Document, path: Path) -> Reading | None:
    """The signature, the use of autograd and its parts, or None with every fault blamed in the document."""
    before = len(document.problems)
    built = _Reader(spec, document, path).read()
    if built is None or len(document.problems) > before:
        return None
    signature, content, parts = built
    visibility = {check.id: spec.checks[check.id].visibility if spec.checks else None for check in content.checks}
    return Reading((signature,), content, parts, visibility)


_Built = tuple[Signature, Autograd, dict[str, Problem]]


class _Reader:
    def __init__(self, spec: AutogradSpec, document: Document, path: Path) -> None:
        self._spec = spec
        self._document = document
        self._path = path
        self._scope = Scope(document, path, spec.dims, spec.given, spec.let)

    def read(self) -> _Built | None:
        check_keys(self._spec, self._scope)
        if self._spec.ask == "inplace":
            return self._inplace()
        written = self._written()
        signature = self._class() if self._spec.ask == "function" else self._function()
        if written is None or signature is None or not check_variables(self._spec, self._scope, written):
            return None
        inputs = self._inputs()
        if inputs is None:
            return None
        opaque = "f" in signature.arguments and "f" not in self._spec.given
        content = Autograd(
            self._spec.ask, self._wrt(), self._checks(written), self._spec.cotangent or "", self._spec.gradient or "",
            self._spec.grad or "kept", opaque, inputs, len(self._spec.examples),
        )  # fmt: skip
        if content.opaque:
            check_handed_over(self._scope, written)
        return signature, content, self._parts(written)

    def _wrt(self) -> tuple[str, ...]:
        return tuple(self._spec.wrt or ())

    def _inplace(self) -> _Built | None:
        names = tuple(self._spec.snippets or ())
        for number, name in enumerate(names):
            key = ("snippets", number)
            if name not in SNIPPETS:
                self._scope.blame(key, f"there is no snippet `{name}`" + nearest(name, SNIPPETS))
            elif name in names[:number]:
                self._scope.blame(key, f"the snippet `{name}` stands here twice")
        if {*names} <= {*SNIPPETS} and len({SNIPPETS[name].raises for name in names}) == 1:
            self._scope.blame(("snippets",), "list some that raise and some that do not, or one answer fits all")
        signature = read_signature(self._spec.implement, (), self._document, (*self._path, "implement"))
        if signature is None:
            return None
        return signature, Autograd("inplace", (), self._checks(None), snippets=names), {}

    def _written(self) -> Written | None:
        spec, scope = self._spec, self._scope
        read = {name: scope.domain(name, text) for name, text in spec.given.items()}
        given = {name: domain for name, domain in read.items() if domain is not None}
        self._declare_gradient(given)
        for name, text in spec.let.items():
            scope.let(name, text)
        f = scope.expression(("f",), spec.f) if spec.f else None
        shape = scope.shape_of(("f",), f) if f else None
        self._check_shape(shape)
        solution = self._closed_form(shape)
        misconceptions = tuple(filter(None, (self._misconception(k) for k in range(len(spec.misconceptions)))))
        if f is None or shape is None or len(given) < len(read) + bool(spec.gradient):
            return None
        points = max((check.points for check in spec.checks.values()), default=POINTS)
        return Written(
            given, spec.dims, tuple(scope.lets.items()), f, shape, points, solution, misconceptions
        )  # fmt: skip

    def _declare_gradient(self, given: dict[str, Domain]) -> None:
        """The name by which the formula of an update calls the contents of .grad."""
        name, variables = self._spec.gradient, self._wrt()
        if self._spec.ask != "update" or not name or not variables or variables[0] not in given:
            return
        shape = given[variables[0]].shape
        self._scope.declare(("gradient",), name, shape, at_key=False)
        given.setdefault(name, normal(shape))

    def _check_shape(self, shape: Shape | None) -> None:
        ask, scope, variables = self._spec.ask, self._scope, self._wrt()
        if shape is None:
            return
        if ask in ("backward", "accumulate") and shape:
            text = f"`ask: {ask}` differentiates a scalar f, this one is {show(shape)}"
            scope.blame(("f",), text + "; use `ask: vjp`" * (ask == "backward"))
        if ask == "vjp" and not shape:
            scope.blame(("f",), "a vector-Jacobian product is asked of an f with entries, this one is a scalar")
        if ask in ("vjp", "detach") and self._spec.cotangent:
            scope.declare(("cotangent",), self._spec.cotangent, shape, at_key=False)
        own = scope.shapes.get(variables[0]) if variables else None
        if ask == "update" and own is not None and own != shape:
            scope.blame(("f",), f"the new value of `{variables[0]}` is {show(own)}, f is {show(shape)}")

    def _closed_form(self, shape: Shape | None) -> Expression | None:
        return self._answer(("solution",), self._spec.solution) if self._spec.solution else None

    def _misconception(self, number: int) -> Misconception | None:
        item = self._spec.misconceptions[number]
        if item.note in [other.note for other in self._spec.misconceptions[:number]]:
            self._scope.blame(("misconceptions", number, "note"), f"the note `{item.note}` stands here twice")
        expression = self._answer(("misconceptions", number, "when"), item.when)
        return Misconception(item.note, expression, item.say) if expression else None

    def _answer(self, key: Path, text: str) -> Expression | None:
        """An expression that stands for the derivative, so of the shape of the variable where it is the right one."""
        expression = self._scope.expression(key, text)
        own = self._scope.shape_of(key, expression) if expression else None
        wanted = self._scope.shapes.get(self._wrt()[0]) if self._wrt() else None
        if key == ("solution",) and own is not None and wanted is not None and own != wanted:
            self._scope.blame(key, f"`solution` is {show(own)}, the answer that is asked for is {show(wanted)}")
        return expression

    def _function(self) -> Signature | None:
        spec = self._spec
        handed = ("f",) if spec.ask in ("backward", "vjp", "accumulate") and "f" not in spec.given else ()
        handed = (*handed, *filter(None, [spec.cotangent if spec.ask == "vjp" else None]))
        known = (*spec.given, *handed)
        signature = read_signature(spec.implement, known, self._document, (*self._path, "implement"))
        needed = [*self._wrt()[:1], *filter(None, [spec.cotangent if spec.ask == "vjp" else None])]
        for name in needed:
            if signature and name not in signature.arguments and (name in spec.given or name == spec.cotangent):
                self._scope.blame(("implement",), f"`{name}` is not among the arguments; `ask: {spec.ask}` needs it")
        return signature

    def _class(self) -> Signature | None:
        found = _CLASS.fullmatch(self._spec.implement.strip())
        if found is None:
            text = f"`{self._spec.implement}` is not a class; write `class Cube` for one that inherits from Function"
            self._scope.blame(("implement",), text)
            return None
        return Signature(found[1], tuple(self._spec.given), is_class=True)

    def _inputs(self) -> tuple[str, ...] | None:
        """What a function is applied to, in order."""
        if self._spec.ask != "function" or not self._spec.apply:
            return tuple(self._spec.given) if self._spec.ask == "function" else ()
        key = (*self._path, "apply")
        signature = read_signature(self._spec.apply, tuple(self._spec.given), self._document, key)
        if signature is None:
            return None
        if signature.name != "apply":
            self._scope.blame(("apply",), f"write `apply({', '.join(signature.arguments)})`")
        left = [name for name in self._spec.given if name not in signature.arguments]
        if left:
            self._scope.blame(("apply",), f"`{left[0]}` of `given` is not among the arguments")
        return signature.arguments

    def _checks(self, written: Written | None) -> tuple[CheckAsked, ...]:
        """Those there are, with weights that sum to 100."""
        usual = dict(CHECKS[self._spec.ask])
        if self._spec.ask == "function" and len(self._wrt()) < 2:
            del usual["needs"]
        if written is not None and self._spec.ask == "function" and not self._second(written):
            del usual["second"]
        if self._spec.examples:
            usual[EXAMPLE] = EXAMPLE_WEIGHT
        if not self._spec.checks:
            total = sum(usual.values())
            return tuple(CheckAsked(name, 100 * weight / total, POINTS) for name, weight in usual.items())
        for name in self._spec.checks:
            if name not in usual:
                self._scope.blame(("checks", name), f"there is no check `{name}`" + nearest(name, usual), at_key=True)
        total = sum(check.weight for check in self._spec.checks.values())
        if abs(total - 100) > 1e-9:
            self._scope.blame(("checks",), f"the weights of the checks sum to {total:g}, they must sum to 100")
        return tuple(CheckAsked(name, check.weight, check.points) for name, check in self._spec.checks.items())

    def _parts(self, written: Written) -> dict[str, Problem]:
        spec = self._spec
        variable = self._wrt()[0]
        match spec.ask:
            case "backward" | "accumulate":
                return self._with_examples(written, written.gradient(variable))
            case "vjp":
                return self._with_examples(written, written.vjp(variable, spec.cotangent or ""))
            case "detach":
                return {"": written.held(variable, spec.stop or (), spec.cotangent or COTANGENT), "f": written.value()}
            case "update":
                return {"f": written.value()}
        parts = {"f": written.value()}
        parts |= {f"wrt.{name}": written.backward_of_function(name) for name in self._wrt()}
        if not self._spec.checks or "second" in self._spec.checks:
            parts |= self._second(written)
        return parts

    def _second(self, written: Written) -> dict[str, Problem]:
        """Derivatives of what a function's backward gives to its tensors."""
        found = {name: written.second(name, self._wrt()) for name in self._wrt()}
        return {f"wrt.{name}.second": problem for name, problem in found.items() if problem is not None}

    def _with_examples(self, written: Written, problem: Problem) -> dict[str, Problem]:
        parts = {"": problem}
        for number, example in enumerate(self._spec.examples):
            found = read_example(example, problem, self._scope, number)
            if found is not None:
                parts[f"examples.{number}"] = written.example(problem, *found)
        return parts
