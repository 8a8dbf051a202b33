"""`programs:` of a class of tensors: expressions of vectors, matrices and stacks, each with its own sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from grader.domain.assignment import Signature
from grader.specs.nodes import Document, Path
from grader.specs.schema import Closed, Id, Identifier, Names, Range, Text, VisibilityWord
from grader.specs.scope import Scope
from grader.specs.signature import read_signature
from reference import language
from reference.domains import Domain
from reference.language import Call, Expression
from reference.operations import operation_of
from reference.shapes import Inference, Shape, show
from reference.tensorprograms.operations import BROADCAST
from reference.tensorprograms.parts import Descent, TensorProgram, TensorPrograms
from reference.tensorprograms.steps import is_known

RATE, STEPS = "rate", "steps"
"""arguments of a function that descends, beside those of the program"""
MAX_ENTRIES = 400


class DescendSpec(Closed):
    """`descend:`"""

    implement: Text
    wrt: Annotated[Names, Field(min_length=1)]
    rate: Annotated[float, Field(gt=0, le=10)]
    steps: Annotated[int, Field(ge=2, le=20)]


class ProgramSpec(Closed):
    """One entry of `programs:`"""

    args: Annotated[dict[Identifier, Text], Field(min_length=1)]
    dims: dict[Identifier, Range] = Field(default_factory=dict)
    f: Text
    call: Text | None = None
    descend: DescendSpec | None = None
    points: Annotated[int, Field(ge=1, le=100)] = 12
    visibility: VisibilityWord | None = None


ProgramSpecs = dict[Id, ProgramSpec]


@dataclass(frozen=True)
class TensorReading:
    """A program: what a bundle is made of, and the function of the student's that computes or descends on it."""

    part: TensorPrograms | Descent
    call: Signature | None = None
    descend: Signature | None = None


class TensorProgramReader:
    """Reads one program, with every fault blamed."""

    def __init__(self, spec: ProgramSpec, document: Document, path: Path, ops: Sequence[str]) -> None:
        self._spec = spec
        self._document = document
        self._path = path
        self._ops = ops
        self._scope = Scope(document, path, spec.dims, spec.args, given_key="args", broadcasting=True)

    def read(self) -> TensorReading | None:
        """The program, or None where it is blamed."""
        spec, scope = self._spec, self._scope
        read = {name: scope.domain(name, text) for name, text in spec.args.items()}
        given = {name: domain for name, domain in read.items() if domain is not None}
        f = scope.expression(("f",), spec.f)
        shape = scope.shape_of(("f",), f) if f else None
        if f is None or shape is None or len(given) < len(read):
            return None
        self._check_arguments(f, given)
        self._check_operations(f)
        program = TensorProgram(tuple(given.items()), tuple(spec.dims.items()), f, spec.points, spec.f)
        if spec.descend is not None:
            return self._descent(spec.descend, program, shape)
        call = self._signature(("call",), spec.call, tuple(given)) if spec.call is not None else None
        return TensorReading(TensorPrograms((("", program),)), call)

    def _check_arguments(self, f: Expression, given: dict[str, Domain]) -> None:
        for name, domain in given.items():
            if name not in language.names(f):
                self._scope.blame(("args", name), f"f does not use `{name}`", at_key=True)
            if self._entries(domain.shape) > MAX_ENTRIES:
                self._scope.blame(("args", name), f"`{name}` has more than {MAX_ENTRIES} entries; make it smaller")
        if all(domain.exact for domain in given.values()):
            self._scope.blame(("args",), "all of these are whole numbers by meaning, so that nothing has a gradient")

    def _entries(self, shape: Shape) -> int:
        count = 1
        for size in shape:
            count *= size.offset + (self._spec.dims[size.symbol][1] if size.symbol else 0)
        return count

    def _check_operations(self, f: Expression) -> None:
        """What a program does with the student's numbers must be asked of them, unless a function of theirs does it."""
        spec = self._spec
        for node in language.walk(f.root):
            if isinstance(node, language.Index | language.Stack) or (
                isinstance(node, Call) and not is_known(node.function)
            ):
                text = f"`{f.source(node)[:60]}` cannot stand in a program of tensors"
                self._scope.blame(("f",), text, within=f.text, offset=node.span.start)
            elif isinstance(node, Call) and spec.call is None and spec.descend is None:
                self._check_needed(f, node)

    def _check_needed(self, f: Expression, node: Call) -> None:
        if not self._depends(node):
            return
        for op in self._needed(f, node):
            if op not in self._ops:
                text = f"`{f.source(node)[:60]}` needs the operation `{op}`, which is not among `ops`"
                self._scope.blame(("f",), text, within=f.text, offset=node.span.start)

    def _depends(self, node: language.Node) -> bool:
        """Whether an argument occurs in it; the rest is plain numbers."""
        return any(isinstance(part, language.Name) and part.name in self._spec.args for part in language.walk(node))

    def _needed(self, f: Expression, node: Call) -> list[str]:
        shapes = Inference(f, self._scope.shapes, self._spec.dims, broadcasting=True).shapes()
        operands = {shapes[argument.span] for argument in node.arguments if self._depends(argument)}
        differ = node.function not in ("matmul", "pow") and len(operands) > 1
        return [operation_of(node)] + [BROADCAST] * differ

    def _signature(self, key: Path, text: str, arguments: tuple[str, ...]) -> Signature | None:
        where = "among the arguments of the program"
        path = (*self._path, *key)
        signature = read_signature(text, arguments, self._document, path, where)
        missing = [name for name in arguments if signature and name not in signature.arguments]
        if missing:
            self._scope.blame(key, f"the argument `{missing[0]}` is missing in `{signature}`")
        return signature

    def _descent(self, spec: DescendSpec, program: TensorProgram, shape: Shape) -> TensorReading | None:
        key = ("descend", "implement")
        if self._spec.call is not None:
            self._scope.blame(("call",), "a program is computed by `call`, or descended on; write two", at_key=True)
        if shape:
            self._scope.blame(("f",), f"f is {show(shape)}; what is descended on is a number")
        for number, name in enumerate(spec.wrt):
            if name not in program.moving:
                text = f"`{name}` is no argument that can be moved" + language.nearest(name, program.moving)
                self._scope.blame(("descend", "wrt", number), text)
        signature = self._signature(key, spec.implement, (*program.names, RATE, STEPS))
        if signature is None:
            return None
        return TensorReading(Descent(program, tuple(spec.wrt), spec.rate, spec.steps), descend=signature)
