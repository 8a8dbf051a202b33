"""`programs:` of an operator task: functions of one variable, each with its own sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from grader.domain.operators import GROUP, OPERATIONS
from grader.specs.nodes import Document, Path
from grader.specs.schema import Closed, Identifier, Range, Text, VisibilityWord
from grader.specs.scope import Scope
from reference.domains import Domain
from reference.functions import FUNCTIONS
from reference.language import Call, Expression, walk
from reference.problem import ALONG, LAYOUTS, Group, Problem
from reference.shapes import Shape, Size, show
from reference.words import WORDS

_ASKS = {"derivative": "gradient", "second-derivative": "hessian"}
"""operators of a scalar variable; the others are called as the asks are"""
_SCALAR_VALUE = ("derivative", "second-derivative", "gradient", "hvp")
_WANTED = {"jacobian": "a vector f", "jvp": "a scalar or vector f", "vjp": "a scalar or vector f"}
MAX_ENTRIES = 100


class ProgramSpec(Closed):
    """One entry of `programs:`"""

    args: Annotated[dict[Identifier, Text], Field(min_length=1)]
    dims: dict[Identifier, Range] = Field(default_factory=dict)
    let: dict[Identifier, Text] = Field(default_factory=dict)
    f: Text
    points: Annotated[int, Field(ge=1, le=100)] = 8
    visibility: VisibilityWord | None = None


class ProgramReader:
    """Reads one program against the operator's arguments, with every fault blamed."""

    def __init__(self, spec: ProgramSpec, document: Document, path: Path, functions: Mapping[str, str]) -> None:
        self._spec = spec
        self._functions = functions
        self._scope = Scope(document, path, spec.dims, spec.args, spec.let, "args")

    def read(self, operator: str, arguments: tuple[str, ...], layout: str | None) -> Problem | None:
        """The problem; `arguments` are the names of the point, and of the direction or cotangent if there is one."""
        spec, scope = self._spec, self._scope
        read = {name: scope.domain(name, text) for name, text in spec.args.items()}
        given = {name: domain for name, domain in read.items() if domain is not None}
        for name, text in spec.let.items():
            scope.let(name, text)
        f = scope.expression(("f",), spec.f)
        value = scope.shape_of(("f",), f) if f else None
        variable = arguments[0]
        if variable not in spec.args:
            text = f"`{variable}`, the point of `implement`, is not declared here; the others are known to f alone"
            scope.blame(("args",), text)
            return None
        if f is None or value is None or len(given) < len(read):
            return None
        self._check_operations(f, variable)
        ask = _ASKS.get(operator, operator)
        shape = self._shape(operator, f, value, variable)
        if shape is None:
            return None
        along = arguments[1] if ask in ALONG else ""
        if along:
            held = value if ask == "vjp" else scope.shapes[variable]
            scope.declare(("args",), along, held, at_key=False)
            given[along] = Domain(("scalar", "vector")[len(held)], held, (WORDS["normal"], ()), None)
        return Problem(
            tuple(given.items()), tuple(spec.dims.items()), tuple(scope.lets.items()), f, variable, ask,
            layout or LAYOUTS[ask][0], self._answer(ask, value, shape, layout),
            (Group(GROUP, spec.points, 100.0),), along=along,
        )  # fmt: skip

    def second(self, problem: Problem) -> Problem:
        """The same f, of which the second derivative is asked for."""
        return replace(problem, ask="hessian")

    def _answer(self, ask: str, value: Shape, variable: Shape, layout: str | None) -> Shape:
        match ask:
            case "jvp":
                return value
            case "jacobian":
                return (*variable, *value) if layout == "denominator" else (*value, *variable)
        return variable

    def _shape(self, operator: str, f: Expression, value: Shape, variable: str) -> Shape | None:
        """The shape of the variable, None where the operator does not fit with it or with f."""
        scope = self._scope
        shape = scope.shapes[variable]
        wanted = 0 if operator in _ASKS else 1
        if len(shape) != wanted:
            kind = ("scalar", "vector")[wanted]
            scope.blame(("args", variable), f"`operator: {operator}` takes a {kind}, `{variable}` is {show(shape)}")
            return None
        if len(value) > 1 or (value and operator in _SCALAR_VALUE) or (not value and operator == "jacobian"):
            wanted_f = _WANTED.get(operator, "a scalar f")
            scope.blame(("f",), f"`operator: {operator}` is asked of {wanted_f}, this one is {show(value)}")
            return None
        if not scope.depends(f, variable):
            scope.blame(("f",), f"f does not depend on `{variable}`")
            return None
        for key, entries in ((("args", variable), shape), (("f",), value)):
            if any(self._largest(size) > MAX_ENTRIES for size in entries):
                text = f"at most {MAX_ENTRIES} entries can stand here, each of which is one of the student's numbers"
                scope.blame(key, text)
                return None
        return shape

    def _largest(self, size: Size) -> int:
        return size.offset + (self._spec.dims[size.symbol][1] if size.symbol else 0)

    def _check_operations(self, f: Expression, variable: str) -> None:
        """Everything in f must be something that a student's numbers can do."""
        for key, expression in ((("f",), f), *((("let", name), item) for name, item in self._scope.lets.items())):
            for node in walk(expression.root):
                if isinstance(node, Call) and (text := self._missing(node, variable)):
                    self._scope.blame(key, text, within=expression.text, offset=node.span.start)

    def _missing(self, node: Call, variable: str) -> str:
        """What a student's numbers would need for this part of an expression."""
        name, row = node.function, FUNCTIONS[node.function]
        if name in OPERATIONS:
            return ""
        if not row.elementwise:
            return f"`{name}` cannot be worked out on a student's numbers; write it with + - * / ** @ sum and functions"
        part = Expression("", node)
        if name not in self._functions and self._scope.depends(part, variable):
            return f"`{name}` is not in `interface.functions`, which says what the student's own one is called"
        return ""
