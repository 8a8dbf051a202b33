"""`kind: derivative`: from validated keys to the mathematics of the task, with shapes checked."""

from __future__ import annotations

from grader.domain.assignment import Signature
from grader.specs.nodes import Document, Path
from grader.specs.schema import DerivativeSpec
from grader.specs.signature import read_signature
from reference import domains, language
from reference.domains import Domain
from reference.functions import FUNCTIONS
from reference.language import Expression, LanguageError, nearest
from reference.problem import LAYOUTS, POINT_WORDS, Group, Misconception, Problem
from reference.shapes import Inference, Shape, show

SPEC = DerivativeSpec
DEFAULT_GROUP = Group("generic", 24, 100.0)


def read(spec: DerivativeSpec, document: Document, path: Path) -> tuple[Signature, Problem] | None:
    """The signature and the problem, or None with every fault blamed in the document."""
    before = len(document.problems)
    built = _Reader(spec, document, path).read()
    return built if len(document.problems) == before else None


def check_ids(problem: object) -> tuple[str, ...]:
    """The ids of the task's checks: its groups."""
    assert isinstance(problem, Problem)
    return tuple(group.id for group in problem.groups)


class _Reader:
    def __init__(self, spec: DerivativeSpec, document: Document, path: Path) -> None:
        self._spec = spec
        self._document = document
        self._path = path
        self._names: dict[str, Shape] = {}
        self._lets: dict[str, Expression] = {}
        self._faulty: set[str] = set()
        """names of `let` that are blamed themselves"""

    def read(self) -> tuple[Signature, Problem] | None:
        spec = self._spec
        self._check_sizes()
        given = {name: self._domain(name, text) for name, text in spec.given.items()}
        for name, text in spec.let.items():
            self._let(name, text)
        signature = read_signature(spec.implement, tuple(spec.given), self._document, (*self._path, "implement"))
        f = self._expression(("f",), spec.f)
        shape = self._answer_shape(f)
        solution = self._closed_form(shape)
        misconceptions = tuple(filter(None, (self._misconception(k) for k in range(len(spec.misconceptions)))))
        groups = self._groups()
        if signature is None or f is None or shape is None or any(domain is None for domain in given.values()):
            return None
        kept = tuple((name, domain) for name, domain in given.items() if domain is not None)
        problem = Problem(
            kept, tuple(spec.dims.items()), tuple(self._lets.items()), f, spec.wrt, spec.ask, self._layout(), shape,
            groups, solution, misconceptions,
        )  # fmt: skip
        return signature, problem

    def _blame(self, key: Path, text: str, *, at_key: bool = False, within: str = "", offset: int = 0) -> None:
        """A problem at a key or its value; with `within`, at a character of that value's text."""
        before = within[:offset]
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        self._document.blame((*self._path, *key), text, key=at_key, line=line, column=column)

    def _check_sizes(self) -> None:
        """Different sizes must be able to be different numbers, or a transpose could hide."""
        taken: set[int] = set()
        for name, (low, high) in sorted(self._spec.dims.items(), key=lambda item: item[1][1]):
            free = [size for size in range(low, high + 1) if size not in taken]
            if not free:
                self._blame(("dims", name), f"the size {name} cannot be drawn different from the others; widen a range")
                return
            taken.add(free[0])

    def _declare(self, key: Path, name: str, shape: Shape) -> None:
        if name in FUNCTIONS or name in language.CONSTANTS:
            self._blame(key, f"`{name}` is a word of the expression language; choose another name", at_key=True)
        elif name in self._names:
            self._blame(key, f"`{name}` is already declared in `given`", at_key=True)
            return
        self._names[name] = shape

    def _domain(self, name: str, text: str) -> Domain | None:
        try:
            domain = domains.parse(text, self._spec.dims)
        except LanguageError as error:
            self._blame(("given", name), error.text, within=text, offset=error.offset)
            return None
        self._declare(("given", name), name, domain.shape)
        return domain

    def _let(self, name: str, text: str) -> None:
        expression = self._expression(("let", name), text)
        shape = self._shape_of(("let", name), expression) if expression else None
        if expression is None or shape is None:
            self._faulty.add(name)
            return
        self._declare(("let", name), name, shape)
        self._lets[name] = expression

    def _expression(self, key: Path, text: str) -> Expression | None:
        """Parsed and with all unknown names blamed at once; shapes are a step of their own."""
        try:
            expression = language.parse(text)
        except LanguageError as error:
            self._blame(key, error.text, within=text, offset=error.offset)
            return None
        unknown = {name: node for name, node in language.names(expression).items() if name not in self._names}
        for name, node in unknown.items():
            if name in self._spec.given or name in self._faulty:
                continue  # its own declaration is already blamed
            message = f"unknown name `{name}`" + nearest(name, {*self._names, *self._spec.given})
            self._blame(key, message, within=text, offset=node.span.start)
        return None if unknown else expression

    def _shape_of(self, key: Path, expression: Expression) -> Shape | None:
        try:
            return Inference(expression, self._names, self._spec.dims).shape()
        except LanguageError as error:
            self._blame(key, error.text, within=expression.text, offset=error.offset)
            return None

    def _layout(self) -> str:
        return self._spec.layout or LAYOUTS[self._spec.ask][0]

    def _answer_shape(self, f: Expression | None) -> Shape | None:
        spec = self._spec
        if spec.wrt not in spec.given:
            self._blame(("wrt",), f"`{spec.wrt}` is not declared in `given`" + nearest(spec.wrt, spec.given))
            return None
        if self._document.is_blamed((*self._path, "ask")):
            return None  # what is asked for is not known
        if self._layout() not in LAYOUTS[spec.ask]:
            allowed = " or ".join(f"`{layout}`" for layout in LAYOUTS[spec.ask])
            self._blame(("layout",), f"the layout of a {spec.ask} is {allowed}")
        shape = self._shape_of(("f",), f) if f else None
        if f is None or shape is None or spec.wrt not in self._names:
            return None
        if not self._depends(f, spec.wrt):
            self._blame(("f",), f"f does not depend on `{spec.wrt}`, the variable of `wrt`")
        return self._derivative_shape(shape, self._names[spec.wrt])

    def _derivative_shape(self, value: Shape, variable: Shape) -> Shape | None:
        if self._spec.ask == "gradient":
            if value:
                self._blame(
                    ("f",), f"a gradient is asked of a scalar f, this one is {show(value)}; use `ask: jacobian`"
                )
            return variable
        if len(value) != 1 or len(variable) != 1:
            self._blame(
                ("f",), f"a jacobian needs vectors: f is {show(value)} and `{self._spec.wrt}` is {show(variable)}"
            )
            return None
        return (variable[0], value[0]) if self._layout() == "denominator" else (value[0], variable[0])

    def _depends(self, expression: Expression, variable: str) -> bool:
        used = language.names(expression)
        return variable in used or any(self._depends(self._lets[name], variable) for name in used if name in self._lets)

    def _closed_form(self, shape: Shape | None) -> Expression | None:
        if self._spec.solution is None:
            return None
        expression = self._expression(("solution",), self._spec.solution)
        own = self._shape_of(("solution",), expression) if expression else None
        if own is not None and shape is not None and own != shape:
            self._blame(("solution",), f"`solution` is {show(own)}, the answer that is asked for is {show(shape)}")
        return expression

    def _misconception(self, number: int) -> Misconception | None:
        item = self._spec.misconceptions[number]
        key = ("misconceptions", number, "when")
        if item.note in [other.note for other in self._spec.misconceptions[:number]]:
            self._blame(("misconceptions", number, "note"), f"the note `{item.note}` stands here twice")
        expression = self._expression(key, item.when)
        if expression is None or self._shape_of(key, expression) is None:
            return None
        return Misconception(item.note, expression, item.say)

    def _groups(self) -> tuple[Group, ...]:
        groups = tuple(self._group(name) for name in self._spec.groups) or (DEFAULT_GROUP,)
        total = sum(group.weight for group in groups)
        if abs(total - 100) > 1e-9 and not self._document.is_blamed_within((*self._path, "groups")):
            self._blame(("groups",), f"the weights of the groups sum to {total:g}, they must sum to 100")
        return groups

    def _group(self, name: str) -> Group:
        group = self._spec.groups[name]
        special = {word: tuple(names) for word in POINT_WORDS if (names := getattr(group, word))}
        for word, applied in special.items():
            for wrong in (argument for argument in applied if argument not in self._spec.given):
                text = f"`{word}` applies to names of `given`, not to `{wrong}`" + nearest(wrong, self._spec.given)
                self._blame(("groups", name, word), text)
        return Group(name, group.points, group.weight, tuple(special.items()))
