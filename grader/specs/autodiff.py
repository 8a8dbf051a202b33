"""`kind: autodiff` that asks for a class of numbers which differentiate."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from grader.domain.autodiff import CHAINED, FORWARD, RANDOM_WORD, TAPE, Autodiff, GraphCheck
from grader.specs.graphs import read_graphs
from grader.specs.interface import InterfaceSpec, read_interface
from grader.specs.nodes import Document, Path
from grader.specs.reading import Reading, TaskReader, faultless
from grader.specs.schema import Closed, Names, Share, TaskSpec, Text
from grader.specs.scope import Scope
from grader.specs.signature import read_class
from grader.specs.tensor_programs import ProgramSpecs, TensorProgramReader, TensorReading
from reference import language
from reference.dag import FIXED, OPERATORS, Graphs, RandomGraphs
from reference.language import Call, Expression, nearest
from reference.operations import BINARY, OPERATIONS, is_constant, operation_of
from reference.program import Program, Programs
from reference.shapes import show
from reference.tensorprograms import operations as tensors
from reference.tensorprograms.parts import Descent, TensorPrograms

_UNNAMED = ("abs", "transpose")
"""that Python has a way to write"""
_DEFAULT_WEIGHTS = {"ops": 20.0, "programs": 40.0, "graphs": 40.0}
_WITHOUT_GRAPHS = {"ops": 30.0, "programs": 70.0}


class CostSpec(Closed):
    """`cost:`"""

    forward_calls: Literal["1"] | None = None
    tape: Literal["linear", "constant"] | None = None


class ForbidSpec(Closed):
    """`forbid:`"""

    imports: Names | None = None
    finite_differences: Literal["true"] | None = None


class WeightsSpec(Closed):
    """`weights:`"""

    ops: Annotated[float, Field(ge=0, le=100)] = 0.0
    programs: Annotated[float, Field(ge=0, le=100)] = 0.0
    graphs: Annotated[float, Field(ge=0, le=100)] = 0.0


class AutodiffSpec(TaskSpec):
    """`kind: autodiff`"""

    mode: Literal["forward", "reverse"]
    implement: Text
    numbers: Literal["scalars", "tensors"] = "scalars"
    interface: InterfaceSpec
    ops: list[Text] = Field(default_factory=list)
    programs: ProgramSpecs = Field(default_factory=dict)
    graphs: list[Any] = Field(default_factory=list)
    cost: CostSpec = CostSpec()
    forbid: ForbidSpec = ForbidSpec()
    weights: WeightsSpec | None = None
    approximate: Share = 0.0


SPEC = AutodiffSpec


def read(spec: AutodiffSpec, document: Document, path: Path) -> Reading | None:
    """The task and the parts of which bundles are made, or None with every fault blamed in the document."""
    return faultless(document, _Reader(spec, document, path).read)


class _Reader(TaskReader[AutodiffSpec]):
    def __init__(self, spec: AutodiffSpec, document: Document, path: Path) -> None:
        super().__init__(spec, document, path)
        self._read: dict[str, TensorReading] = {}

    def read(self) -> Reading | None:
        spec = self._spec
        signature = read_class(spec.implement, self._document, (*self._path, "implement"))
        functions = tensors.FUNCTIONS if self._has_tensors else ()
        named = [*(row.name for row in OPERATIONS.values() if row.function), *functions]
        interface = read_interface(spec.interface, spec.mode, self._blame, named)
        self._check_ops(functions)
        programs = dict(self._tensor_programs() if self._has_tensors else self._programs())
        graphs = read_graphs(spec.graphs, spec.mode, spec.ops, self._blame)
        self._check_cost()
        self._check_forbidden()
        self._check_ids(graphs)
        if spec.approximate:
            self._blame(("approximate",), "an approximation earns nothing in an autodiff task")
        weights = self._weights(bool(graphs) or spec.cost.tape is not None)
        if signature is None or interface is None:
            return None
        content = Autodiff(
            spec.mode, interface, tuple(spec.ops), {name: spec.programs[name].f for name in spec.programs}, graphs,
            spec.cost.tape or "", tuple(spec.forbid.imports or ()), weights, self._has_tensors,
            {name: item.call for name, item in self._read.items() if item.call},
            {name: item.descend for name, item in self._read.items() if item.descend},
        )  # fmt: skip
        parts = {**{f"programs.{name}": part for name, part in programs.items()}, **self._own_parts(graphs)}
        return Reading((signature,), content, parts, self._checks(graphs))

    def _own_parts(self, graphs: tuple[GraphCheck, ...]) -> dict[str, Any]:
        """What is not the author's: the programs of operations, and graphs."""
        parts: dict[str, Any] = {f"ops.{op}": self._operation(op) for op in self._spec.ops}
        for check in graphs:
            if check.word in FIXED:
                parts[f"graphs.{check.word}"] = Graphs(check.word)
            elif check.word == RANDOM_WORD:
                operators = tuple(op for op in OPERATORS if op in self._spec.ops)
                parts[f"graphs.{check.word}"] = RandomGraphs(check.size, check.count, operators)
        return parts

    def _operation(self, op: str) -> Programs | TensorPrograms | None:
        """Its programs, None where it is blamed."""
        spec = self._spec
        forms = tensors.forms(op, spec.ops, [*spec.interface.functions]) if self._has_tensors else None
        return forms or (OPERATIONS[op].programs() if op in OPERATIONS else None)

    def _checks(self, graphs: tuple[GraphCheck, ...]) -> dict[str, str | None]:
        spec = self._spec
        words = [check.word for check in graphs] + [TAPE] * (spec.cost.tape is not None)
        return {
            **dict.fromkeys(spec.ops, None),
            **{name: program.visibility for name, program in spec.programs.items()},
            **dict.fromkeys(words, None),
        }

    @property
    def _has_tensors(self) -> bool:
        return self._spec.numbers == "tensors"

    def _check_ops(self, functions: Sequence[str]) -> None:
        """Each is known once, and by what name it is called; `functions` are those of tensors."""
        spec = self._spec
        known = tensors.WORDS_OF_TENSORS if self._has_tensors else tuple(OPERATIONS)
        for number, op in enumerate(spec.ops):
            key = ("ops", number)
            if op not in known:
                self._blame(key, f"unknown operation `{op}`" + nearest(op, known))
            elif op in spec.ops[:number]:
                self._blame(key, f"the operation `{op}` stands here twice")
            elif op not in (*spec.interface.functions, *_UNNAMED) and (
                op in functions or (op in OPERATIONS and OPERATIONS[op].function)
            ):
                self._blame(key, f"`interface.functions` does not say how `{op}` is called")
        if not spec.ops and not (spec.programs or spec.graphs):
            self._blame((), "neither `ops` nor `programs` nor `graphs`: nothing is asked here")
        if self._has_tensors:
            self._check_tensors()

    def _check_tensors(self) -> None:
        """Their mode, a way for what arrives at a result, which is never ones, and two operands to be broadcast."""
        spec = self._spec
        if spec.mode == FORWARD:
            self._blame(("numbers",), "tensors are asked for in reverse mode")
        takes_cotangent = "(cotangent)" in "".join((spec.interface.backward or "").split())
        if not takes_cotangent and "sum" not in spec.interface.functions:
            text = "without `sum` here, by which a result becomes a number, nothing but ones can arrive at it"
            self._blame(("interface", "functions"), f"{text}; or take `backward: backward(cotangent)`")
        if tensors.BROADCAST in spec.ops and not set(spec.ops) & set(BINARY):
            self._blame(("ops",), f"`{tensors.BROADCAST}` needs one of {', '.join(BINARY)} among `ops`")

    def _tensor_programs(self) -> Iterator[tuple[str, TensorPrograms | Descent]]:
        for name, program in self._spec.programs.items():
            path = (*self._path, "programs", name)
            found = TensorProgramReader(program, self._document, path, self._spec.ops).read()
            if found is not None:
                self._read[name] = found
                yield name, found.part

    def _programs(self) -> Iterator[tuple[str, Programs]]:
        for name in self._spec.programs:
            program = self._program(name)
            if program is not None:
                yield name, Programs((("", program),))

    def _program(self, name: str) -> Program | None:
        spec = self._spec.programs[name]
        path = (*self._path, "programs", name)
        for key in ("dims", "call", "descend"):
            if getattr(spec, key):
                self._blame(("programs", name, key), f"`{key}` is said of `numbers: tensors`", at_key=True)
        scope = Scope(self._document, path, {}, spec.args, given_key="args")
        domains = {argument: scope.domain(argument, text) for argument, text in spec.args.items()}
        given = {argument: domain for argument, domain in domains.items() if domain is not None}
        f = scope.expression(("f",), spec.f)
        if f is None or len(given) < len(domains):
            return None
        for argument, domain in given.items():
            if domain.shape:
                scope.blame(("args", argument), f"the student's numbers are scalars, `{argument}` is a {domain.kind}")
            elif argument not in language.names(f):
                scope.blame(("args", argument), f"f does not use `{argument}`", at_key=True)
        shape = scope.shape_of(("f",), f)
        if shape:
            scope.blame(("f",), f"f is {show(shape)}, a program of scalars gives a scalar")
        self._check_operations(f, scope)
        return Program(tuple(given.items()), f, spec.points)

    def _check_operations(self, f: Expression, scope: Scope) -> None:
        """What a program does with the student's numbers must be asked of them."""
        for node in language.walk(f.root):
            if not isinstance(node, Call) or is_constant(node):
                continue
            op = operation_of(node)
            if op not in self._spec.ops:
                text = f"`{f.source(node)[:60]}` needs the operation `{op}`, which is not among `ops`"
                scope.blame(("f",), text, within=f.text, offset=node.span.start)

    @property
    def _runtime(self) -> str:
        content = self._document.content
        return str(content.get("runtime", "numpy")) if isinstance(content, dict) else "numpy"

    def _check_cost(self) -> None:
        spec, tape = self._spec, self._spec.cost.tape
        if tape is not None and self._runtime == "torch":
            text = "memory is measured beside what a process starts with, which is too much with torch"
            self._blame(("cost", "tape"), f"{text}; take `runtime: numpy`")
        right = "constant" if spec.mode == FORWARD else "linear"
        if tape is not None and tape != right:
            self._blame(("cost", "tape"), f"in {spec.mode} mode memory is `{right}` in the number of operations")
        if tape is not None and not set(spec.ops) & set(CHAINED):
            self._blame(("cost", "tape"), f"`tape` needs one of {', '.join(CHAINED)} among `ops`")

    def _check_forbidden(self) -> None:
        imports = self._spec.forbid.imports or []
        key = ("forbid", "imports")
        if imports and self._runtime != "numpy":
            text = f"what cannot be imported is what the runtime does not have, and `{self._runtime}` may have it"
            self._blame(key, text + "; take `runtime: numpy`")
            return
        for number, name in enumerate(imports):
            package = name.partition(".")[0]
            if package == "numpy" or package in sys.stdlib_module_names:
                self._blame((*key, number), f"every submission can import `{package}`; it cannot be forbidden")

    def _check_ids(self, graphs: tuple[GraphCheck, ...]) -> None:
        taken = {*self._spec.ops, *(check.word for check in graphs), TAPE}
        for name in self._spec.programs:
            if name in taken:
                self._blame(("programs", name), f"there is a check `{name}` already; choose another name", at_key=True)

    def _weights(self, has_graphs: bool) -> dict[str, float]:
        """The share of each family of checks; those that are absent have none."""
        present = {"ops": bool(self._spec.ops), "programs": bool(self._spec.programs), "graphs": has_graphs}
        if self._spec.weights is None:
            chosen = _DEFAULT_WEIGHTS if has_graphs else _WITHOUT_GRAPHS
            kept = {name: weight for name, weight in chosen.items() if present[name]}
            return {name: weight / (sum(kept.values()) or 1.0) for name, weight in kept.items()}
        written = self._spec.weights.model_dump()
        if abs(sum(written.values()) - 100) > 1e-9:
            self._blame(("weights",), f"the weights sum to {sum(written.values()):g}, they must sum to 100")
        for name, weight in written.items():
            if weight and not present[name]:
                self._blame(("weights", name), f"there are no {name} to have a weight", at_key=True)
            elif not weight and present[name]:
                self._blame(("weights",), f"the weight of `{name}` is missing, or zero")
        return {name: weight / 100 for name, weight in written.items() if present[name]}
