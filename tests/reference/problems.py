"""Problems for these tests, built from the texts that an author would write."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reference import domains, language
from reference.engine import Engine
from reference.measure import Measurement
from reference.points import Array, Inputs
from reference.problem import LAYOUTS, Group, Misconception, Problem
from reference.shapes import Inference, Shape
from reference.special import draw_block
from reference.words import WORDS

DIMS = {"n": (3, 5), "m": (2, 6)}
GENERIC = Group("generic", 4, 100.0)

GRADIENTS = {
    "linear": ("x @ a", "x", {"x": "vector[n]", "a": "vector[n]"}),
    "quadratic": ("x @ A @ x", "x", {"x": "vector[n]", "A": "matrix[n, n] nonsymmetric"}),
    "logdet": ("logdet(A)", "A", {"A": "matrix[n, n] invertible"}),
    "ill-conditioned": ("logdet(A)", "A", {"A": "matrix[n, n] invertible(1e8)"}),
    "trace": ("tr(A @ B)", "A", {"A": "matrix[m, n]", "B": "matrix[n, m]"}),
    "norm": ("norm(x)", "x", {"x": "vector[n]"}),
    "sine": ("sin(x @ x)", "x", {"x": "vector[n]"}),
    "cubic": ("3*x**3 - 5*x**2", "x", {"x": "scalar real[0,2]"}),
}
RESIDUAL = {"x": "vector[m]", "s": "vector[n]", "A": "matrix[m, n]", "W": "matrix[m, m] nonsymmetric"}


def problem(
    f: str,
    wrt: str,
    given: Mapping[str, str],
    *,
    lets: Mapping[str, str] | None = None,
    ask: str = "gradient",
    layout: str = "",
    groups: tuple[Group, ...] = (GENERIC,),
    solution: str | None = None,
    wrong: Mapping[str, str] | None = None,
    along: str = "",
) -> Problem:
    """The problem of differentiating `f`; `wrong` is note -> expression."""
    parsed = {name: domains.parse(text, DIMS) for name, text in given.items()}
    shapes = {name: domain.shape for name, domain in parsed.items()}
    named = {name: language.parse(text) for name, text in (lets or {}).items()}
    for name, expression in named.items():
        shapes[name] = Inference(expression, shapes, DIMS).shape()
    value, layout = language.parse(f), layout or LAYOUTS[ask][0]
    rows, columns = Inference(value, shapes, DIMS).shape(), shapes[wrt]
    if along:
        kinds = ("scalar", "vector", "matrix")
        held = rows if ask == "vjp" else columns
        parsed[along] = domains.Domain(kinds[len(held)], held, (WORDS["normal"], ()), None)
    misconceptions = [Misconception(note, language.parse(when), "Why?") for note, when in (wrong or {}).items()]
    return Problem(
        given=tuple(parsed.items()),
        dims=tuple(DIMS.items()),
        lets=tuple(named.items()),
        f=value,
        wrt=wrt,
        ask=ask,
        layout=layout,
        shape=_answer(ask, layout, rows, columns),
        groups=groups,
        solution=language.parse(solution) if solution else None,
        misconceptions=tuple(misconceptions),
        along=along,
    )


def _answer(ask: str, layout: str, rows: Shape, columns: Shape) -> Shape:
    if ask == "jacobian":
        return columns + rows if layout == "denominator" else rows + columns
    return {"jvp": rows, "hessian": columns + columns}.get(ask, columns)


def gradient(name: str) -> Problem:
    """One of GRADIENTS."""
    return problem(*GRADIENTS[name])


def residual(wrt: str) -> Problem:
    """A weighted residual, whose inner part is named by `let`."""
    return problem("r @ W @ r", wrt, RESIDUAL, lets={"r": "x - A @ s"})


def solved(asked: Problem, seed: int = 0) -> tuple[Inputs, Array, Array]:
    """A block of inputs with the expected values and their units."""
    rng = np.random.default_rng(seed)
    inputs = draw_block(asked, asked.groups[0], rng)
    measured = Measurement(asked, Engine(), rng).at(inputs)
    return inputs, measured.truth, measured.unit


def at(inputs: Inputs, k: int) -> Inputs:
    """The inputs of one point."""
    return {name: values[k] for name, values in inputs.items()}
