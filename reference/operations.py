"""The operations that a class of numbers may have: one row each, with the programs that show whether it is right.

Constants stand on either side; where the operation can be put into itself, it is, so that a derivative arrives that is
not one. The last digits of an operation say nothing about a program, so these are few points each.
"""

from __future__ import annotations

from dataclasses import dataclass

from reference import domains, language
from reference.functions import FUNCTIONS
from reference.program import Program, Programs

POINTS = 3

BINARY = ("add", "sub", "mul", "truediv")
"""operators that a program can repeat"""

_DOMAINS = {name: "scalar nonzero" for name in "xyz"} | {
    "p": "scalar real[0.3,2]", "q": "scalar real[1.4,4]", "s": "scalar real[-0.7,0.7]",
}  # fmt: skip
"""q is inside of two logarithms, s of two tangents"""


@dataclass(frozen=True)
class Operation:
    """A row."""

    name: str
    cases: tuple[str, ...]
    kink: str = ""
    """for its first case, what is zero at the kink"""

    @property
    def function(self) -> bool:
        """Whether it is called by name, rather than written as an operator."""
        return self.name in FUNCTIONS and not FUNCTIONS[self.name].operator

    def programs(self) -> Programs:
        """The programs of the row, those beside a kink last."""
        made = [(case, _program(case)) for case in self.cases]
        if self.kink:
            made.append((f"{self.cases[0]} beside its kink", _program(self.cases[0], self.kink)))
        return Programs(tuple(made))


def _program(case: str, kink: str = "") -> Program:
    f = language.parse(case)
    given = tuple((name, domains.parse(_DOMAINS[name], {})) for name in language.names(f))
    return Program(given, f, POINTS, language.parse(kink) if kink else None)


def _function(name: str, variable: str = "x", kink: str = "") -> Operation:
    return Operation(name, (f"{name}({variable})", f"{name}({name}({variable}))"), kink)


def _pair(name: str) -> Operation:
    return Operation(name, (f"{name}(x, y)", f"{name}({name}(x, y), z)"), "x - y")


_ROWS = (
    Operation("add", ("x + y", "x + 2", "1.5 + x", "(x + y) + z")),
    Operation("sub", ("x - y", "x - 2", "1.5 - x", "z - (x - y)")),
    Operation("mul", ("x * y", "x * 3", "1.5 * x", "(x * y) * z")),
    Operation("truediv", ("x / y", "x / 4", "1.5 / x", "z / (x / y)")),
    Operation("pow", ("x**2", "x**3", "x**-1", "x**-2", "p**0.5", "(x**2)**3")),
    Operation("powv", ("p**y", "2**x", "(p**x)**y")),
    Operation("neg", ("-x", "-(-x)")),
    _function("sin"), _function("cos"), _function("tan", "s"), _function("exp", "s"), _function("log", "q"),
    _function("sqrt", "p"), _function("tanh"), _function("sigmoid"),
    Operation("relu", ("relu(x)", "relu(relu(p))"), "x"),
    _function("abs", "x", "x"), _pair("maximum"), _pair("minimum"),
)  # fmt: skip

OPERATIONS = {row.name: row for row in _ROWS}


def operation_of(call: language.Call) -> str:
    """Which operation a call of an expression needs; `pow` with a number for its exponent, `powv` with a name."""
    if call.function == "pow" and not isinstance(call.arguments[1], language.Number):
        return "powv"
    return call.function


def is_constant(node: language.Node) -> bool:
    """Whether no argument of a program occurs in it."""
    names = (part.name for part in language.walk(node) if isinstance(part, language.Name))
    return all(name in language.CONSTANTS for name in names)
