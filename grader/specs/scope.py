"""The names of one task, and its expressions and domains read against them with every fault blamed in the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from grader.specs.nodes import Document, Path
from reference import domains, language
from reference.domains import Domain
from reference.functions import FUNCTIONS
from reference.language import Expression, LanguageError, nearest
from reference.shapes import Inference, Ranges, Shape


class Scope:
    """Declared names with their shapes; grows in the order of reading."""

    def __init__(
        self,
        document: Document,
        path: Path,
        dims: Ranges,
        given: Mapping[str, str],
        lets: Iterable[str] = (),
        given_key: str = "given",
        *,
        broadcasting: bool = False,
    ) -> None:
        self._document = document
        self._path = path
        self._dims = dims
        self._given = given
        self._given_key = given_key
        """what the mapping of declarations is called in the file"""
        self._broadcasting = broadcasting
        """whether names are tensors: shapes are broadcast, and there are stacks of matrices"""
        self._later = set(lets)
        """names of `let`, whether they were read yet or not"""
        self.shapes: dict[str, Shape] = {}
        self.lets: dict[str, Expression] = {}
        self._faulty: set[str] = set()
        """names of `let` that are blamed themselves"""

    def blame(self, key: Path, text: str, *, at_key: bool = False, within: str = "", offset: int = 0) -> None:
        """A problem at a key or its value; with `within`, at a character of that value's text."""
        before = within[:offset]
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        self._document.blame((*self._path, *key), text, key=at_key, line=line, column=column)

    def is_given(self, name: str) -> bool:
        """Whether a name stands in `given`, rightly or not."""
        return name in self._given

    def is_blamed(self, *key: str) -> bool:
        """Whether there is a problem at a key already."""
        return self._document.is_blamed((*self._path, *key))

    def is_blamed_within(self, *key: str) -> bool:
        """Whether there is a problem at a key or below it."""
        return self._document.is_blamed_within((*self._path, *key))

    def declare(self, key: Path, name: str, shape: Shape, *, at_key: bool = True) -> None:
        """Make a name known, or blame it for being known already."""
        if name in FUNCTIONS or name in language.CONSTANTS:
            self.blame(key, f"`{name}` is a word of the expression language; choose another name", at_key=at_key)
        elif name in self._dims:
            self.blame(key, f"`{name}` is already a size in `dims`", at_key=at_key)
        elif name in self.shapes:
            text = f"`{name}` is already declared in `{self._given_key}`"
            text += "" if at_key else f"; `{key[-1]}` declares it, take it out there"
            self.blame(key, text, at_key=at_key)
            return
        self.shapes[name] = shape

    def domain(self, name: str, text: str, under: str = "") -> Domain | None:
        """The domain of an argument, declared; `under` is the key that it stands under, where that is another one."""
        key = (under or self._given_key, name)
        try:
            domain = domains.parse(text, self._dims, stacks=self._broadcasting)
        except LanguageError as error:
            self.blame(key, error.text, within=text, offset=error.offset)
            return None
        self.declare(key, name, domain.shape)
        return domain

    def let(self, name: str, text: str) -> None:
        """A named sub-expression, declared."""
        expression = self.expression(("let", name), text)
        shape = self.shape_of(("let", name), expression) if expression else None
        if expression is None or shape is None:
            self._faulty.add(name)
            return
        self.declare(("let", name), name, shape)
        self.lets[name] = expression

    def expression(self, key: Path, text: str) -> Expression | None:
        """Parsed and with all unknown names blamed at once; shapes are a step of their own."""
        try:
            expression = language.parse(text)
        except LanguageError as error:
            self.blame(key, error.text, within=text, offset=error.offset)
            return None
        known = {*self.shapes, *self._dims}
        unknown = {name: node for name, node in language.names(expression).items() if name not in known}
        for name, node in unknown.items():
            if name in self._given or name in self._faulty:
                continue  # its own declaration is already blamed
            hint = nearest(name, {*known, *self._given})
            if name in self._later:
                hint = "; it is named further below in `let`, move it up"
            self.blame(key, f"unknown name `{name}`{hint}", within=text, offset=node.span.start)
        return None if unknown else expression

    def shape_of(self, key: Path, expression: Expression) -> Shape | None:
        """The shape of an expression, or None with the fault blamed."""
        try:
            return Inference(expression, self.shapes, self._dims, broadcasting=self._broadcasting).shape()
        except LanguageError as error:
            self.blame(key, error.text, within=expression.text, offset=error.offset)
            return None

    def depends(self, expression: Expression, variable: str) -> bool:
        """Whether a name occurs in an expression, or in a `let` that it uses."""
        used = language.names(expression)
        return variable in used or any(self.depends(self.lets[name], variable) for name in used if name in self.lets)
