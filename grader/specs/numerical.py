"""`kind: numerical`: from validated keys to what is asked of a function that differentiates numerically."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from grader.domain.assignment import Signature
from grader.specs.nodes import Document, Path
from grader.specs.reading import Reading, TaskReader, faultless
from grader.specs.schema import Closed, Id, Identifier, Range, TaskSpec, Text, VisibilityWord
from grader.specs.scope import Scope
from grader.specs.signature import read_signature
from reference import language
from reference.language import Expression, LanguageError
from reference.problem import Group, Problem
from reference.schemes import Differencing
from reference.shapes import show

FUNCTION, STEP = "f", "h"
"""what the arguments are called that hold the function and the step"""

POINTS = 8
"""that one grading asks at, of each program"""


class ProgramSpec(Closed):
    """One entry of `programs:`"""

    args: Annotated[dict[Identifier, Text], Field(min_length=1, max_length=1)]
    dims: dict[Identifier, Range] = Field(default_factory=dict)
    let: dict[Identifier, Text] = Field(default_factory=dict)
    f: Text
    visibility: VisibilityWord | None = None


class NumericalSpec(TaskSpec):
    """`kind: numerical`"""

    implement: Text
    scheme: Literal["forward", "central", "complex-step", "richardson", "any"] = "any"
    step: Literal["given", "chosen"] = "given"
    order: Annotated[float, Field(ge=0.5, le=8)] | None = None
    evaluations: Text | None = None
    accuracy: Annotated[float, Field(gt=0, le=0.1)] | None = None
    programs: Annotated[dict[Id, ProgramSpec], Field(min_length=1, max_length=20)]


SPEC = NumericalSpec


def read(spec: NumericalSpec, document: Document, path: Path) -> Reading | None:
    """The signature and what is asked, or None with every fault blamed in the document."""
    return faultless(document, _Reader(spec, document, path).read)


class _Reader(TaskReader[NumericalSpec]):
    def read(self) -> Reading | None:
        spec = self._spec
        self._check_keys()
        evaluations = self._evaluations()
        programs = {name: self._program(name) for name in spec.programs}
        signature = self._signature()
        known = {name: problem for name, problem in programs.items() if problem is not None}
        if signature is None or len(known) < len(programs):
            return None
        asked = Differencing(
            spec.scheme, spec.step, spec.order, evaluations, spec.accuracy, self._variable(), tuple(known.items())
        )
        parts = {f"programs.{name}": problem for name, problem in known.items()}
        return Reading((signature,), asked, parts, self._checks(asked))

    def _checks(self, asked: Differencing) -> dict[str, str | None]:
        own = {name: program.visibility for name, program in self._spec.programs.items()}
        return {check: own.get(check) for check in asked.checks}

    def _check_keys(self) -> None:
        spec = self._spec
        if spec.step == "chosen" and spec.accuracy is None:
            self._blame(("step",), "`step: chosen` needs `accuracy`, the relative error to reach, such as `1e-8`")
        if spec.step == "chosen" and spec.order is not None:
            self._blame(("order",), "an order shows where h is halved; `step: chosen` gives it away", at_key=True)
        if spec.step == "given" and spec.accuracy is not None:
            text = "`accuracy` is said of `step: chosen`; with a given step the scheme decides how far off it is"
            self._blame(("accuracy",), text, at_key=True)
        if spec.step == "given" and spec.scheme in ("richardson", "any") and spec.order is None:
            text = f"`scheme: {spec.scheme}` with a given step needs `order`, or nothing says what is right"
            self._blame(("scheme",) if "scheme" in spec.model_fields_set else ("implement",), text)
        if self._variable() in (FUNCTION, STEP):
            key = (*self._path, "programs", next(iter(spec.programs)), "args", self._variable())
            self._document.blame(key, f"`{self._variable()}` is the name of another argument", key=True)
        for name in set(spec.programs) & {"scheme", "order", "evaluations"}:
            self._document.blame((*self._path, "programs", name), f"`{name}` is a check of its own", key=True)

    def _variable(self) -> str:
        first = next(iter(self._spec.programs.values()))
        return next(iter(first.args))

    def _signature(self) -> Signature | None:
        spec = self._spec
        wanted = (FUNCTION, self._variable(), *([STEP] if spec.step == "given" else []))
        signature = read_signature(
            spec.implement, wanted, self._document, (*self._path, "implement"), "declared in `args`"
        )
        missing = [name for name in wanted if signature and name not in signature.arguments]
        if missing:
            meaning = {FUNCTION: "the function", STEP: "the step"}.get(missing[0], "the place")
            self._blame(("implement",), f"`{missing[0]}`, {meaning}, is not among the arguments")
        return signature

    def _evaluations(self) -> Expression | None:
        text = self._spec.evaluations
        if text is None:
            return None
        key = (*self._path, "evaluations")
        try:
            expression = language.parse(text)
        except LanguageError as error:
            self._document.blame(key, error.text, column=error.offset)
            return None
        unknown = [name for name in language.names(expression) if name != "n"]
        if unknown:
            self._document.blame(key, f"unknown name `{unknown[0]}`; the size of {self._variable()} is called `n`")
            return None
        return expression

    def _program(self, name: str) -> Problem | None:
        program = self._spec.programs[name]
        ((variable, text),) = program.args.items()
        path = (*self._path, "programs", name)
        scope = Scope(self._document, path, program.dims, program.args, program.let, "args")
        if variable != self._variable():
            text = f"this variable is called `{variable}`, that of the first program `{self._variable()}`"
            scope.blame(("args", variable), text, at_key=True)
            return None
        domain = scope.domain(variable, text)
        if domain is not None and domain.kind == "matrix":
            scope.blame(("args", variable), "a scalar or a vector is differentiated numerically, not a matrix")
        for let, written in program.let.items():
            scope.let(let, written)
        f = scope.expression(("f",), program.f)
        value = scope.shape_of(("f",), f) if f else None
        if value:
            scope.blame(("f",), f"f is {show(value)}; a function with one number as its value is differentiated here")
        if f is None or value is None or domain is None:
            return None
        if not scope.depends(f, variable):
            scope.blame(("f",), f"f does not depend on `{variable}`")
        return Problem(
            ((variable, domain),), tuple(program.dims.items()), tuple(scope.lets.items()), f, variable, "gradient",
            "like-variable", domain.shape, (Group("generic", POINTS, 100.0),),
        )  # fmt: skip
