"""Expressions as LaTeX: what is written, and that it means what the expression means."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reference.functions import FUNCTIONS, Function
from reference.language import LanguageError, parse
from reference.latex import definitions, latex, number, symbol
from reference.numeric import evaluate
from reference.shapes import Shape, Size
from tests.reference.latex_reader import read
from tests.reference.signatures import EVERY_CASE, SIZES, drawn, patterns, symbols

M, N = symbols("m"), symbols("n")
NAMES: dict[str, Shape] = {
    **dict.fromkeys(("s", "t", "x1", "lam", "loss"), ()), **dict.fromkeys(("x", "y", "z"), N), "r": M,
    "A": M + N, "S": N + N, "W": N + N, "w": (Size(None, 5),),
}  # fmt: skip
RANGES = {"m": (2, 6), "k": (2, 6), "n": (4, 9)}

WRITTEN = [
    # numbers
    ("3*s**3 - 5*s**2", r"3 s^{3} - 5 s^{2}"),
    ("1e-6*x", r"10^{-6} x"),
    ("2.5e-7*x", r"2.5 \cdot 10^{-7} x"),
    ("s*2", r"s \cdot 2"),
    ("2*3*s", r"2 \cdot 3 s"),
    ("s*(1/2)", r"s \cdot \frac{1}{2}"),
    ("1/2*s", r"\frac{1}{2} s"),
    ("2*pi*s", r"2 \pi s"),
    # signs and parentheses
    ("-s**2", r"-s^{2}"),
    ("(-s)**2", r"\left(-s\right)^{2}"),
    ("(-2)**2", r"\left(-2\right)^{2}"),
    ("(1e-6)**2", r"\left(10^{-6}\right)^{2}"),
    ("s - (t - x1)", r"s - \left(t - x_{1}\right)"),
    ("s - t - x1", r"s - t - x_{1}"),
    ("s - -2*t", r"s - \left(-2 t\right)"),
    ("-(s + t)", r"-\left(s + t\right)"),
    ("--s", r"-\left(-s\right)"),
    ("-s*t", r"-s t"),
    ("s*-t", r"s \left(-t\right)"),
    ("s*(s + t)", r"s \left(s + t\right)"),
    ("(s/t)**2", r"\left(\frac{s}{t}\right)^{2}"),
    ("s/(t + 1)", r"\frac{s}{t + 1}"),
    ("sqrt(s)**2", r"\left(\sqrt{s}\right)^{2}"),
    ("s**-1", r"s^{-1}"),
    ("loss*s", r"\mathrm{loss} \, s"),
    ("s*loss", r"s \, \mathrm{loss}"),
    # entry by entry
    ("x*y", r"x \odot y"),
    ("x/y", r"x \oslash y"),
    ("1/x", r"\frac{1}{x}"),
    ("x**2", r"x^{\circ 2}"),
    ("(S*W) @ x", r"\left(S \odot W\right) x"),
    ("x*y - (x - y)/2", r"x \odot y - \frac{x - y}{2}"),
    ("x*(x @ y)", r"x \left(x^{\top} y\right)"),
    ("maximum(x, 0)", r"\max\left(x, 0\right)"),
    # rows and columns
    ("x @ S @ x", r"x^{\top} S x"),
    ("x.T @ S @ x", r"x^{\top} S x"),
    ("(x - y).T @ W @ (x - y)", r"\left(x - y\right)^{\top} W \left(x - y\right)"),
    ("-2 * S.T @ W @ (x - S @ y)", r"-2 S^{\top} W \left(x - S y\right)"),
    ("2 * x @ W", r"2 x^{\top} W"),
    ("-x @ W", r"-x^{\top} W"),
    ("(x*s) @ W", r"\left(x s\right)^{\top} W"),
    ("W @ x.T", r"W x"),
    ("x.T.T", r"x"),
    ("s.T", r"s"),
    ("x @ W + y", r"\left(x^{\top} W\right)^{\top} + y"),
    ("x @ W + y.T", r"x^{\top} W + y^{\top}"),
    ("x @ (y @ W)", r"x^{\top} \left(y^{\top} W\right)^{\top}"),
    ("sin(x.T) @ y", r"\sin\left(x^{\top}\right) y"),
    ("(A + A).T", r"\left(A + A\right)^{\top}"),
    ("inv(S.T)", r"\left(S^{\top}\right)^{-1}"),
    ("x @ solve(S, y)", r"x^{\top} S^{-1} y"),
    ("2*solve(S, x)", r"2 S^{-1} x"),
    ("outer(x, y) @ z", r"x y^{\top} z"),
    ("[s, t]", r"\begin{bmatrix} s \\ t \end{bmatrix}"),
    ("stack([x, y])", r"\begin{bmatrix} x^{\top} \\ y^{\top} \end{bmatrix}"),
    # subscripts
    ("x[0]", r"\left[x\right]_{1}"),
    ("y[0]", r"y_{1}"),
    ("y[-2]", r"y_{n-1}"),
    ("w[-1]", r"w_{5}"),
    ("y[1:]", r"y_{2:n}"),
    ("y[:-1]", r"y_{1:n-1}"),
    ("y[1:3]", r"y_{2:3}"),
    ("A[0]", r"A_{1,:}"),
    ("A[0] @ x", r"A_{1,:} x"),
    ("A[:, 1]", r"A_{:,2}"),
    ("A[0, 1]", r"A_{1,2}"),
    ("A[:2]", r"A_{1:2,:}"),
    ("(A @ x)[0]", r"\left[A x\right]_{1}"),
    ("y[1:][0]**2", r"\left[y_{2:n}\right]_{1}^{2}"),
    # functions
    ("norm(x)**2", r"\left\|x\right\|^{2}"),
    ("norm(S)", r"\left\|S\right\|_{F}"),
    ("abs(x)", r"\left|x\right|"),
    ("abs(S)", r"\operatorname{abs}\left(S\right)"),
    ("logdet(S)", r"\ln\left|\det\left(S\right)\right|"),
    ("sum(x) / n", r"\frac{\operatorname{sum}\left(x\right)}{n}"),
    ("S + lam*eye(n)", r"S + \lambda \mathbf{I}_{n}"),
    ("ones(m, 3)", r"\mathbf{1}_{m \times 3}"),
    ("exp(-x @ x / 2)", r"\exp\left(\frac{-x^{\top} x}{2}\right)"),
]


def values() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {**SIZES, **{name: rng.uniform(0.5, 2, [size.at(SIZES) for size in shape]) for name, shape in NAMES.items()}}


def meaning(text: str, given: dict[str, Any]) -> Any:
    return read(text, {symbol(name): value for name, value in given.items()})


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_an_expression_is_written_and_means_the_same(text: str, expected: str) -> None:
    written = latex(parse(text), NAMES, RANGES)
    assert written == expected
    np.testing.assert_allclose(meaning(written, values()), evaluate(parse(text), values(), np), rtol=1e-12)


def called(row: Function, arguments: list[str]) -> str:
    """The text of a call."""
    match row.operator:
        case "":
            return f"{row.name}({', '.join(arguments)})"
        case ".T":
            return f"{arguments[0]}.T"
        case sign:
            return sign.join(["", *arguments] if len(arguments) == 1 else arguments)


@EVERY_CASE
def test_every_row_is_written_and_means_the_same(row: Function, case: list[str]) -> None:
    given = {name: drawn(pattern, np.random.default_rng(4)) for name, pattern in zip("ab", case, strict=False)}
    expression = parse(called(row, list(given)))
    written = latex(expression, {name: symbols(pattern) for name, pattern in zip(given, case, strict=True)}, RANGES)
    assert "{0" not in written
    np.testing.assert_allclose(meaning(written, given), evaluate(expression, given, np), rtol=1e-12)


MAKERS = [(row, signature) for row in FUNCTIONS.values() if row.makes_shape for signature in row.shapes]


@pytest.mark.parametrize(("row", "signature"), MAKERS, ids=lambda case: getattr(case, "name", case))
def test_every_array_made_from_sizes_is_written_and_means_the_same(row: Function, signature: str) -> None:
    expression = parse(called(row, patterns(signature)))
    written = latex(expression, {}, RANGES)
    np.testing.assert_array_equal(meaning(written, {**SIZES}), evaluate(expression, SIZES, np))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x", "x"), ("x1", "x_{1}"), ("x_1", "x_{1}"), ("lam", r"\lambda"), ("lam_max", r"\lambda_{\mathrm{max}}"),
        ("sigma2", r"\sigma_{2}"), ("Sigma", r"\Sigma"), ("eps", r"\varepsilon"), ("w2_a", "w_{2,a}"),
        ("loss", r"\mathrm{loss}"), ("x_hat", r"x_{\mathrm{hat}}"), ("_a", r"\mathrm{\_a}"), ("A_T", "A_{T}"),
    ],
)  # fmt: skip
def test_names_become_symbols(name: str, expected: str) -> None:
    assert symbol(name) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3.0, "3"), (-0.5, "-0.5"), (0.1, "0.1"), (1e-6, "10^{-6}"), (-1e20, "-10^{20}"),
        (1e6, "1000000"), (2.5e-7, r"2.5 \cdot 10^{-7}"), (0.1 + 0.2, "0.30000000000000004"),
    ],
)  # fmt: skip
def test_numbers_are_written_shortest(value: float, expected: str) -> None:
    assert number(value) == expected


def test_lets_are_written_as_definitions_that_use_each_other() -> None:
    lets = (("r", parse("x - S @ y")), ("phi_1", parse("r @ W @ r")))
    assert definitions(lets, NAMES, RANGES) == ("r = x - S y", r"\phi_{1} = r^{\top} W r")


def test_what_does_not_fit_is_refused_as_by_the_shapes() -> None:
    with pytest.raises(LanguageError) as caught:
        latex(parse("A @ y + t @ x"), {**NAMES, "y": M}, RANGES)
    assert (
        caught.value.text == "shapes do not fit: in `A @ y` `A` is (m, n) and `y` is (m,); inner sizes n and m differ"
    )
