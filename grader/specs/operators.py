"""`kind: autodiff` with `operator`: functions that take a function, such as `jvp(f, x, v)`."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from grader.domain.assignment import Signature
from grader.domain.operators import Operator, Program
from grader.specs.call_laws import CostSpec, check_sizes, read_cost
from grader.specs.nodes import Document, Path
from grader.specs.operator_programs import ProgramReader, ProgramSpec
from grader.specs.reading import Reading, TaskReader, faultless
from grader.specs.schema import Closed, Id, Identifier, Share, TaskSpec, Text
from grader.specs.signature import read_signature
from reference.functions import FUNCTIONS
from reference.language import nearest
from reference.problem import Problem

_PROGRAMS_WEIGHT = 60.0
"""of 100, where there are other checks besides"""
SECOND = "second"
_KINKED = ("relu", "abs")
_SCALAR = ("derivative", "second-derivative")
_ARGUMENTS = {
    **dict.fromkeys((*_SCALAR, "gradient", "jacobian"), ("the function and the point", "{name}(f, x)", 2)),
    **dict.fromkeys(("jvp", "hvp"), ("the function, the point and the direction", "{name}(f, x, v)", 3)),
    "vjp": ("the function, the point and the cotangent", "{name}(f, x, u)", 3),
}
_FUNCTION = re.compile(r"\.?[A-Za-z][A-Za-z0-9_]{0,63}")


class InterfaceSpec(Closed):
    """`interface:`, of the student's number class as far as operators need it."""

    value: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}(\(\))?$")] | None = None
    functions: dict[Identifier, str] = Field(default_factory=dict)


class OperatorSpec(TaskSpec):
    """`kind: autodiff` with the key `operator`"""

    operator: Literal["derivative", "second-derivative", "gradient", "jvp", "vjp", "jacobian", "hvp"]
    implement: Text
    layout: Literal["numerator", "denominator"] | None = None
    interface: InterfaceSpec = InterfaceSpec()
    cost: CostSpec | None = None
    programs: Annotated[dict[Id, ProgramSpec], Field(min_length=1, max_length=40)]
    nested: list[Literal["second", "confusion"]] = Field(default_factory=list)
    adjoint: Identifier | None = None
    weights: dict[Id, Annotated[float, Field(gt=0, le=100)]] = Field(default_factory=dict)
    approximate: Share = 0.0


SPEC = OperatorSpec


def read(spec: OperatorSpec, document: Document, path: Path) -> Reading | None:
    """The signature, what is asked, and a problem for every program; None with every fault blamed."""
    return faultless(document, _Reader(spec, document, path).read)


class _Reader(TaskReader[OperatorSpec]):
    def read(self) -> Reading | None:
        spec = self._spec
        signature = self._signature()
        self._check_keys()
        self._check_functions()
        where = (*self._path, "cost")
        cost = read_cost(spec.cost, self._document, where) if spec.cost else None
        if signature is None:
            return None
        parts = self._parts(signature)
        laws = self._laws()
        shown = self._shown()
        tried = tuple(name for name, program in spec.programs.items() if program.visibility == shown)
        if cost:
            known = [parts[part] for name in tried if (part := f"programs.{name}") in parts]
            check_sizes(cost, known, self._document, where)
        content = Operator(
            spec.operator, spec.interface.functions, spec.interface.value or "",
            {name: Program(program.points) for name, program in spec.programs.items()}, tried, self._shares(laws), cost,
            spec.adjoint or "",
        )  # fmt: skip
        visible = {name: program.visibility for name, program in spec.programs.items()}
        return Reading((signature,), content, parts, {**visible, **dict.fromkeys(laws, shown)})

    def _signature(self) -> Signature | None:
        key = (*self._path, "implement")
        written = tuple(re.findall(r"\w+", self._spec.implement))  # its arguments may have any names
        signature = read_signature(self._spec.implement, written, self._document, key)
        meaning, example, count = _ARGUMENTS[self._spec.operator]
        if signature and len(signature.arguments) not in (count, 1 if count == 2 else count):
            example = example.format(name=signature.name)
            text = f"an operator `{self._spec.operator}` takes {meaning}, such as `{example}`"
            text += f", or f alone where it returns a function, `{signature.name}(f)`" * (count == 2)
            self._document.blame(key, text)
            return None
        return signature

    def _check_keys(self) -> None:
        spec = self._spec
        if spec.arguments == "torch":
            self._blame(("arguments",), "an operator gets plain numbers and numpy arrays; leave `arguments` out")
        if spec.layout and spec.operator != "jacobian":
            self._blame(("layout",), f"`layout` is said of a jacobian, not of `operator: {spec.operator}`", at_key=True)
        if spec.adjoint and spec.operator != "vjp":
            text = "`adjoint` pairs a vjp with the student's jvp; it is said of `operator: vjp`"
            self._blame(("adjoint",), text, at_key=True)
        if spec.nested and spec.operator not in _SCALAR:
            text = f"`nested` is said of `operator: {' or '.join(_SCALAR)}`, not of `{spec.operator}`"
            self._blame(("nested",), text, at_key=True)
        elif SECOND in spec.nested and spec.operator != "derivative":
            self._blame(("nested", spec.nested.index("second")), "`second` is said of `operator: derivative`")
        for name in sorted({*spec.programs} & {"cost", "linearity", "adjoint", "kinks", SECOND, "confusion"}):
            self._blame(
                ("programs", name), f"`{name}` is the name of another check; call the program otherwise", at_key=True
            )

    def _check_functions(self) -> None:
        known = [name for name, row in FUNCTIONS.items() if row.elementwise]
        for name, own in self._spec.interface.functions.items():
            key = ("interface", "functions", name)
            if name not in known:
                self._blame(key, f"`{name}` is not a function of single numbers" + nearest(name, known), at_key=True)
            elif not _FUNCTION.fullmatch(own):
                text = (
                    f"`{own}` is neither a function of the student's file, `exp`, nor a method of the numbers, `.exp`"
                )
                self._blame(key, text)

    def _parts(self, signature: Signature) -> dict[str, Problem]:
        spec, parts = self._spec, {}
        for name, program in spec.programs.items():
            reader = ProgramReader(program, self._document, (*self._path, "programs", name), spec.interface.functions)
            arguments = signature.arguments[1:] or tuple(program.args)[:1]
            problem = reader.read(spec.operator, arguments, spec.layout)
            if problem is not None:
                parts[f"programs.{name}"] = problem
                if SECOND in spec.nested and program.visibility == self._shown():
                    parts[f"programs.{name}.{SECOND}"] = reader.second(problem)
        return parts

    def _shown(self) -> str | None:
        return _most_open([program.visibility for program in self._spec.programs.values()])

    def _laws(self) -> list[str]:
        spec = self._spec
        has_kinks = any(name in spec.interface.functions for name in _KINKED)
        found = {
            "cost": spec.cost is not None, "linearity": spec.operator in ("jvp", "vjp", "hvp"), "kinks": has_kinks,
            SECOND: SECOND in spec.nested, "confusion": "confusion" in spec.nested, "adjoint": spec.adjoint is not None,
        }  # fmt: skip
        return [name for name, holds in found.items() if holds]

    def _shares(self, laws: list[str]) -> dict[str, float]:
        checks = [*self._spec.programs, *laws]
        if not self._spec.weights:
            weight = _PROGRAMS_WEIGHT if laws else 100.0
            programs = dict.fromkeys(self._spec.programs, weight / len(self._spec.programs))
            return {
                name: share / 100
                for name, share in {**programs, **dict.fromkeys(laws, (100 - weight) / max(1, len(laws)))}.items()
            }
        for name in self._spec.weights:
            if name not in checks:
                self._blame(("weights", name), f"there is no check `{name}`" + nearest(name, checks), at_key=True)
        missing = [name for name in checks if name not in self._spec.weights]
        total = sum(self._spec.weights.values())
        if missing:
            self._blame(("weights",), f"a weight is missing here: {', '.join(missing)}")
        elif abs(total - 100) > 1e-9 and set(self._spec.weights) == set(checks):
            self._blame(("weights",), f"the weights of the checks sum to {total:g}, they must sum to 100")
        return {name: self._spec.weights.get(name, 0.0) / 100 for name in checks}


_OPENNESS = ("visible", "after_due_date", "after_published", "hidden")


def _most_open(words: list[str | None]) -> str | None:
    """What is said of the programs that most people may see; None is what the task says, and stands before the rest.

    A law is tried with these alone, so that it tells nothing of the others.
    """
    for word in ("visible", None, *_OPENNESS[1:]):
        if word in words:
            return word
    return None
