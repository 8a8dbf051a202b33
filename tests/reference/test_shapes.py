"""Shapes are found, or refused, before any number is drawn."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from reference.functions import FUNCTIONS, Function
from reference.language import LanguageError, parse
from reference.shapes import Inference, Shape, Size, apply, show
from tests.reference.signatures import EVERY_CASE, SIZES, drawn, patterns, symbols

M, K, N = symbols("m"), symbols("k"), symbols("n")
NAMES = {
    "s": (), "x": N, "y": N, "r": M, "w": (Size(None, 5),),
    "A": M + N, "B": N + M, "S": N + N, "C": symbols("m k"),
}  # fmt: skip
RANGES = {"m": (2, 6), "k": (2, 6), "n": (4, 9)}


def shape_of(text: str) -> Shape:
    return Inference(parse(text), NAMES, RANGES).shape()


def refusal(text: str) -> tuple[str, int]:
    with pytest.raises(LanguageError) as caught:
        shape_of(text)
    return caught.value.text, caught.value.offset


def inferred(row: Function, shapes: list[Shape]) -> Shape | None:
    return next((found for found in (apply(s, shapes) for s in row.shapes) if found is not None), None)


@EVERY_CASE
def test_the_inferred_shape_is_the_one_numpy_gives(row: Function, case: list[str]) -> None:
    value = row.value(np, *[drawn(pattern, np.random.default_rng(0)) for pattern in case])
    shape = inferred(row, [symbols(pattern) for pattern in case])
    assert shape is not None
    assert tuple(size.at(SIZES) for size in shape) == value.shape


@EVERY_CASE
def test_another_size_for_a_letter_that_occurs_twice_is_refused(row: Function, case: list[str]) -> None:
    """Every single letter in turn is replaced by one that is nowhere else; `n n` becomes `z n` and so on."""
    letters = [list(pattern.split()) for pattern in case]
    for i, j in ((i, j) for i, pattern in enumerate(letters) for j in range(len(pattern))):
        if list(itertools.chain(*letters)).count(letters[i][j]) < 2:
            continue
        changed = [list(pattern) for pattern in letters]
        changed[i][j] = "z"
        assert inferred(row, [symbols(" ".join(pattern)) for pattern in changed]) is None


@pytest.mark.parametrize(
    ("row", "signature"), [pytest.param(r, s, id=f"{r.name}[{s}]") for r in FUNCTIONS.values() for s in r.shapes]
)
def test_a_signature_wants_its_number_of_arguments_and_axes(row: Function, signature: str) -> None:
    count = len(patterns(signature))
    assert apply(signature, [N] * (count + 1)) is None
    assert apply(signature, []) is None
    if not {"...", "+"} & set(patterns(signature)):
        assert apply(signature, [symbols("a b c")] * count) is None


@pytest.mark.parametrize("shapes", [[(), N], [N, ()], [N, M], [N, M + N]])
def test_any_shape_is_the_same_wherever_it_occurs(shapes: list[Shape]) -> None:
    assert apply("..., ... -> ...", [N, N]) == N
    assert apply("..., ... -> ...", shapes) is None


@pytest.mark.parametrize("shapes", [[N, M], [M + N, N], [N, M + N], [M + N, N + M]])
def test_shapes_that_fit_each_other_are_equal_or_scalar(shapes: list[Shape]) -> None:
    assert apply("+, + -> +", shapes) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3", "a scalar"),
        ("pi", "a scalar"),
        ("x", "(n,)"),
        ("A", "(m, n)"),
        ("A.T", "(n, m)"),
        ("x.T", "(n,)"),
        ("s.T", "a scalar"),
        ("2*A - s", "(m, n)"),
        ("s / x", "(n,)"),
        ("A @ x", "(m,)"),
        ("r @ A", "(n,)"),
        ("x @ y", "a scalar"),
        ("x.T @ S @ y", "a scalar"),
        ("A @ B", "(m, m)"),
        ("A.T @ C", "(n, k)"),
        ("solve(S, A.T)", "(n, m)"),
        ("outer(r, x)", "(m, n)"),
        ("x**s", "(n,)"),
        ("[s, 1, x[0]]", "(3,)"),
        ("x[0]", "a scalar"),
        ("x[1:]", "(n-1,)"),
        ("x[1:] - x[:-1]", "(n-1,)"),
        ("x[2:-1]", "(n-3,)"),
        ("x[:]", "(n,)"),
        ("x[1:3]", "(2,)"),
        ("x[-3:]", "(3,)"),
        ("x[-3:-1]", "(2,)"),
        ("x[-4:]", "(4,)"),
        ("w[1:]", "(4,)"),
        ("w[-2:] + w[:2]", "(2,)"),
        ("A[0]", "(n,)"),
        ("A[:, 0]", "(m,)"),
        ("A[1:, :-2]", "(m-1, n-2)"),
        ("A[-1, 3]", "a scalar"),
        ("x[1:][1:][0]", "a scalar"),
        ("eye(n)", "(n, n)"),
        ("A @ eye(n)", "(m, n)"),
        ("zeros(m, 3)", "(m, 3)"),
        ("ones(n) * x", "(n,)"),
        ("x / n", "(n,)"),
        ("stack([x, x[:]])", "(2, n)"),
        ("[s, n]", "(2,)"),
        ("diag(x)", "(n, n)"),
        ("diag(A @ A.T)", "(m,)"),
        ("logsumexp(A)", "(m,)"),
        ("softmax(A)", "(m, n)"),
        ("maximum(A, 0)", "(m, n)"),
        ("prod(A)", "a scalar"),
    ],
)
def test_the_shape_of_an_expression(text: str, shown: str) -> None:
    assert show(shape_of(text)) == shown


FIT = "shapes do not fit: in"
FAULTS = [
    ("2 * A @ r", f"{FIT} `2 * A @ r` `2 * A` is (m, n) and `r` is (m,); inner sizes n and m differ", 0),
    ("s + A @ A", f"{FIT} `A @ A` `A` is (m, n) and `A` is (m, n); inner sizes n and m differ", 4),
    ("2 * (x + r)", f"{FIT} `x + r` `x` is (n,) and `r` is (m,)", 5),
    ("A * x", f"{FIT} `A * x` `A` is (m, n) and `x` is (n,)", 0),
    ("x + w", f"{FIT} `x + w` `x` is (n,) and `w` is (5,)", 0),
    ("x[1:] + x", f"{FIT} `x[1:] + x` `x[1:]` is (n-1,) and `x` is (n,)", 0),
    ("s @ x", f"{FIT} `s @ x` `s` is a scalar and `x` is (n,)", 0),
    ("s**x", f"{FIT} `s**x` `s` is a scalar and `x` is (n,)", 0),
    ("1 + tr(A)", f"{FIT} `tr(A)` `A` is (m, n); `tr` takes (n, n)", 4),
    ("inv(x)", f"{FIT} `inv(x)` `x` is (n,); `inv` takes (n, n)", 0),
    ("eye(x)", "`eye` takes sizes: a whole number from 1 to 400 or a name of `dims`, not `x`", 4),
    ("eye(0.5)", "`eye` takes sizes: a whole number from 1 to 400 or a name of `dims`, not `0.5`", 4),
    ("zeros(n, 401)", "`zeros` takes sizes: a whole number from 1 to 400 or a name of `dims`, not `401`", 9),
    ("stack([x, w])", "`stack` takes vectors of one length: the first is (n,), this is (5,)", 10),
    ("stack([A, A])", "`stack` takes vectors of one length: the first is (m, n), this is (m, n)", 7),
    (
        "solve(S, r)",
        f"{FIT} `solve(S, r)` `S` is (n, n) and `r` is (m,); `solve` takes (n, n), (n) or (n, n), (n, k)",
        0,
    ),
    ("2 * dot(x,\n  r)", f"{FIT} `dot(x, r)` `x` is (n,) and `r` is (m,); `dot` takes (n), (n)", 4),
    ("2 * xx", "unknown name `xx`; did you mean `x`?", 4),
    ("Q", "unknown name `Q`; known here: A, B, C, S, k, m, n, r, s, w, x, y", 0),
    ("[1, x]", "a list is made of scalars, this entry is (n,); rows of a matrix are written `stack([...])`", 4),
    ("1 + x[0, 1]", "2 subscripts for `x`, which is (n,)", 4),
    ("s[0]", "1 subscripts for `s`, which is a scalar", 0),
    ("1 + x[4]", "subscript 4 is out of range where n is 4", 4),
    ("x[-5]", "subscript -5 is out of range where n is 4", 0),
    ("w[5]", "subscript 5 is out of range: the entries are 0 to 4", 0),
    ("x[1:][3]", "subscript 3 is out of range where n-1 is 3", 0),
]


@pytest.mark.parametrize(("text", "message", "offset"), FAULTS)
def test_a_fault_is_named_at_its_character(text: str, message: str, offset: int) -> None:
    assert refusal(text) == (message, offset)


@pytest.mark.parametrize(
    ("text", "size", "smallest"),
    [("x[3:3]", "n", 4), ("x[4:]", "n", 4), ("x[:5]", "n", 4), ("x[:-4]", "n", 4), ("x[-3:2]", "n", 4)]
    + [("w[3:2]", "5", 5), ("w[:6]", "5", 5), ("w[-1:-1]", "5", 5), ("x[-7:]", "n", 4), ("w[-7:]", "5", 5)]
    + [("w[-7:3]", "5", 5), ("A[:, 1:][0, :4]", "n-1", 3)],
)
def test_a_slice_that_may_be_empty_or_too_long_is_refused(text: str, size: str, smallest: int) -> None:
    """numpy would quietly give fewer entries than the shape says."""
    where = f"there are {size} entries" if size.isdigit() else f"{size} is {smallest}"
    assert refusal(text) == (f"this slice is empty or runs over the end where {where}", 0)


def test_a_subscript_of_thousands_of_digits_is_a_fault_like_any_other() -> None:
    assert "out of range where n is 4" in refusal("x[0x" + "f" * 3900 + "]")[0]


def test_a_size_becomes_a_number_once_sizes_are_drawn() -> None:
    assert [Size("n", -2).at({"n": 7}), Size(None, 4).at({}), Size("n", 0).at({"n": 7})] == [5, 4, 7]
    assert list(map(str, (Size("n", -2), Size("n", 3), Size("n", 0), Size(None, 4)))) == ["n-2", "n+3", "n", "4"]
