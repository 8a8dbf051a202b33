"""`cost:` of an operator task: how often f may be called, as a law in the sizes of x and f."""

from __future__ import annotations

from collections.abc import Iterable

from grader.domain.operators import Cost
from grader.specs.nodes import Document, Path
from grader.specs.schema import Closed, Text
from reference import language
from reference.language import LanguageError
from reference.problem import Problem
from reference.shapes import Inference, Shape, show

_SIZES: dict[str, Shape] = {"n": (), "m": ()}


class CostSpec(Closed):
    """`cost:`, one law."""

    calls: Text | None = None
    at_most: Text | None = None


def read_cost(spec: CostSpec, document: Document, path: Path) -> Cost | None:
    """The law, or None with its fault blamed in the document."""
    if (spec.calls is None) == (spec.at_most is None):
        document.blame(path, "`cost` has one law: `calls: n`, or `at_most: n` where fewer are as good")
        return None
    law, key = (spec.calls, "calls") if spec.calls else (spec.at_most or "", "at_most")
    where = (*path, key)
    try:
        expression = language.parse(law)
        for name, node in language.names(expression).items():
            if name not in _SIZES:
                text = f"unknown name `{name}`; a law is written in n, the entries of x, and m, those of f(x)"
                raise LanguageError(text, node.span.start)
        shape = Inference(expression, _SIZES, {}).shape()
    except LanguageError as error:
        document.blame(where, error.text, column=error.offset)
        return None
    if shape:
        document.blame(where, f"a law is one number, this one is {show(shape)}")
    return Cost(law, spec.calls is not None)


def check_sizes(cost: Cost, problems: Iterable[Problem], document: Document, path: Path) -> None:
    """Where n and m are one number in every program, a law in one of them cannot be told from one in the other."""
    sizes = [_sizes(problem) for problem in problems if problem.ask in ("jvp", "vjp", "jacobian")]
    depends = set(language.names(language.parse(cost.law))) & set(_SIZES)
    if depends and sizes and all(n == m for n, m in sizes):
        text = "f has as many entries as x in every program, so calls for each entry of x and of f look the same"
        document.blame(path, text + "; add a program where they differ")


def _sizes(problem: Problem) -> tuple[Shape, Shape]:
    """The shapes of x and of f, or of f and of x."""
    given = {name: domain.shape for name, domain in problem.given}
    match problem.ask:
        case "vjp":
            return given[problem.wrt], given[problem.along]
        case "jacobian":
            return problem.shape[:1], problem.shape[1:]
    return given[problem.wrt], problem.shape
