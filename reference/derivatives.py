"""Derivatives of an expression at numbers that are at hand, each with an error bar.

>>> import numpy as np
>>> A, x = np.array([[2.0, 1.0], [0.0, 3.0]]), np.array([1.0, -2.0])
>>> found = gradient("x @ A @ x", "x", {"A": A, "x": x})
>>> found.value.tolist()
[2.0, -11.0]
>>> bool(found.bar.max() < 1e-14)
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference import language
from reference.domains import Domain
from reference.engine import Engine
from reference.hazards import at_kink
from reference.language import LanguageError
from reference.measure import Measurement
from reference.points import Array, Inputs
from reference.problem import ALONG, ASKS, LAYOUTS, STRUCTURED, Problem
from reference.shapes import Inference, Shape, Size, show
from reference.words import WORDS

_KINDS = ("scalar", "vector", "matrix")


@dataclass(frozen=True)
class Derivative:
    """A derivative at one point, or at many along the first axis."""

    value: Array
    """rounded once from fifty digits; NaN where f has no real, finite derivative, and on a kink of a function in f"""
    bar: Array
    """of the shape of `value`: how far correct float64 code may be off by one rounding of every input"""


def gradient(f: str, wrt: str, inputs: Mapping[str, Any], *, batch: bool = False, device: str = "auto") -> Derivative:
    """The gradient of the expression `f` with respect to the input `wrt`, of its shape.

    `inputs` holds a float64 scalar, vector or matrix for every name in `f`; with `batch`, every array has one more axis
    in front that counts points (`np.broadcast_to` makes it without copies for what all points share). `f` must be a
    scalar. Raises LanguageError with the place of what is not understood.
    """
    return derivative(f, wrt, inputs, "gradient", batch=batch, device=device)


def derivative(
    f: str,
    wrt: str,
    inputs: Mapping[str, Any],
    ask: str,
    *,
    along: str = "",
    layout: str = "",
    batch: bool = False,
    device: str = "auto",
) -> Derivative:
    """What `ask` says of `f`: gradient, jacobian, jvp, vjp, hessian or hvp.

    With f of shape (m,) and the variable of shape (n,), a Jacobian is (m, n), or (n, m) with
    layout="denominator"; a Hessian is (n, n). With layout="structured" a gradient is one in a symmetric matrix, whose
    mirrored entries move together. `along` names the input that holds the direction of a jvp or hvp (of the
    shape of the variable), or the cotangent of a vjp (of the shape of f).

    Raises LanguageError for an expression that is not understood or does not fit its inputs, and ValueError for an
    unknown ask, layout, device, or input. `device` is auto, cpu or cuda; without a CUDA device the CPU computes.

    >>> derivative("sin(x)", "x", {"x": [0.0, 0.0], "v": [1.0, 3.0]}, "jvp", along="v").value.tolist()
    [1.0, 3.0]
    >>> derivative("s**3", "s", {"s": [1.0, 2.0]}, "hessian", batch=True).value.tolist()
    [6.0, 12.0]
    """
    rows = {name: _numbers(name, values, batch) for name, values in inputs.items()}
    problem = _problem(f, wrt, rows, ask, along, layout)
    measured = Measurement(problem, Engine(device), np.random.default_rng(0)).at(rows)
    value, bar = measured.truth, measured.unit
    for k in range(len(value)):
        if np.all(np.isfinite(value[k])) and at_kink(problem, {name: values[k] for name, values in rows.items()}):
            value[k] = bar[k] = np.nan
    return Derivative(value, bar) if batch else Derivative(value[0], bar[0])


def _numbers(name: str, values: Any, batch: bool) -> Array:
    """The values of an input with the points as their first axis. Raises ValueError."""
    array = np.asarray(values)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"`{name}` holds {array.dtype}; inputs are real numbers")
    array = array.astype(np.float64, copy=False)
    if not batch:
        return array[None]
    if not array.ndim or not len(array):
        raise ValueError(f"with `batch`, the first axis of `{name}` counts the points; it has shape {array.shape}")
    return array


def _problem(f: str, wrt: str, rows: Inputs, ask: str, along: str, layout: str) -> Problem:
    _require_known(wrt, rows, ask, along, layout)
    given = {name: _domain(name, values) for name, values in rows.items()}
    shapes = {name: domain.shape for name, domain in given.items()}
    if not isinstance(f, str):
        raise TypeError(f"f is the text of an expression, not {type(f).__name__}")
    parsed = language.parse(f)
    value = Inference(parsed, shapes, {}).shape()
    if along:
        wanted = value if ask == "vjp" else shapes[wrt]
        if shapes[along] != wanted:
            raise ValueError(f"the {ALONG[ask]} `{along}` must have shape {show(wanted)}, it has {show(shapes[along])}")
    layout = layout or LAYOUTS[ask][0]
    if layout == STRUCTURED and not _is_symmetric(rows[wrt]):
        raise ValueError(f"a structured gradient is one in a symmetric matrix, and `{wrt}` is none")
    return Problem(
        tuple(given.items()), (), (), parsed, wrt, ask, layout, _shape(ask, value, shapes[wrt], layout), (), along=along
    )


def _require_known(wrt: str, rows: Inputs, ask: str, along: str, layout: str) -> None:
    if ask not in ASKS:
        raise ValueError(f"ask is one of {', '.join(ASKS)}, not {ask!r}")
    if bool(along) != (ask in ALONG):
        needs = (
            f"needs `along`, the name of the input that holds its {ALONG[ask]}" if ask in ALONG else "has no `along`"
        )
        raise ValueError(f"a {ask} {needs}")
    if layout and layout not in LAYOUTS[ask]:
        raise ValueError(f"the layout of a {ask} is {' or '.join(LAYOUTS[ask])}, not {layout!r}")
    if along == wrt:
        raise ValueError(f"`along` names another input than `wrt`, both are {wrt!r}")
    for name in filter(None, (wrt, along)):
        if name not in rows:
            raise ValueError(f"there is no input `{name}`" + language.nearest(name, rows))
    if len({len(values) for values in rows.values()}) > 1:
        raise ValueError("with `batch`, the first axis of every input counts the same points")


def _domain(name: str, values: Array) -> Domain:
    if values.ndim - 1 >= len(_KINDS):
        raise ValueError(f"`{name}` has {values.ndim - 1} axes; an input is a scalar, a vector or a matrix")
    shape = tuple(Size(None, length) for length in values.shape[1:])
    return Domain(_KINDS[len(shape)], shape, (WORDS["normal"], ()), None)


def _is_symmetric(values: Array) -> bool:
    """Whether every point is a symmetric matrix."""
    return values.ndim == 3 and np.array_equal(values, values.swapaxes(1, 2))


def _shape(ask: str, value: Shape, variable: Shape, layout: str) -> Shape:
    """Of the answer. Raises LanguageError where what is asked for has none."""
    if ask in ("gradient", "hessian", "hvp") and value:
        raise LanguageError(f"a {ask} is asked of a scalar f, this one is {show(value)}")
    if ask == "jacobian" and not len(value) == len(variable) == 1:
        raise LanguageError(
            f"a jacobian is of a vector with respect to a vector, not of {show(value)} to {show(variable)}"
        )
    if ask == "hessian" and len(variable) > 1:
        raise LanguageError(f"a hessian needs a scalar or vector variable, not {show(variable)}; use `hvp`")
    shapes = {"jacobian": value + variable, "hessian": variable + variable, "jvp": value}
    found = shapes.get(ask, variable)
    return found[::-1] if layout == "denominator" else found
