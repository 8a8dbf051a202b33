"""Declarations, and that every word draws what it says."""

from __future__ import annotations

import numpy as np
import pytest

from reference.domains import WORDS, parse
from reference.language import LanguageError
from reference.points import Array, draw_sizes
from tests.reference.problems import problem

RANGES = {"n": (3, 5), "m": (1, 6)}


def drawn(text: str, count: int = 40) -> list[Array]:
    rng = np.random.default_rng(0)
    domain = parse(text, RANGES)
    return [domain.draw(np, rng, {"n": 4, "m": 6}) for _ in range(count)]


def condition(matrix: Array) -> float:
    return float(np.linalg.cond(matrix))


def test_shapes_are_as_declared_and_values_are_float64() -> None:
    for text, shape in (("scalar", ()), ("vector[n]", (4,)), ("matrix[m, n]", (6, 4)), ("vector[7]", (7,))):
        assert {value.shape for value in drawn(text)} == {shape}
        assert {value.dtype for value in drawn(text)} == {np.dtype(np.float64)}


def test_entries() -> None:
    wide = np.concatenate(drawn("vector[n] real[-1.5,3]", 200))
    assert -1.5 <= wide.min() < -1.3
    assert 2.8 < wide.max() <= 3
    assert np.concatenate(drawn("vector[n] positive")).min() > 0
    normal = np.concatenate(drawn("vector[n]", 500))
    assert abs(normal.mean()) < 0.1
    assert abs(normal.std() - 1) < 0.1


def test_symmetric_and_clearly_not() -> None:
    assert all(np.array_equal(value, value.T) for value in drawn("matrix[n, n] symmetric"))
    apart = [np.linalg.norm(v - v.T) / np.linalg.norm(v) for v in drawn("matrix[n, n] nonsymmetric")]
    assert min(apart) > 0.25


@pytest.mark.parametrize("text", ["matrix[n, n] spd", "matrix[n, n] spd(1e4)"])
def test_spd(text: str) -> None:
    wanted = 1e4 if "1e4" in text else 20
    for value in drawn(text):
        assert np.array_equal(value, value.T)
        assert np.linalg.eigvalsh(value).min() > 0
        assert condition(value) == pytest.approx(wanted, rel=1e-6)


def test_invertible_has_its_condition_and_either_sign() -> None:
    values = drawn("matrix[n, n] invertible(1e6)")
    assert all(condition(value) == pytest.approx(1e6, rel=1e-4) for value in values)
    assert {np.sign(np.linalg.det(value)) for value in values} == {-1.0, 1.0}


def test_structure_and_entries_go_together() -> None:
    for value in drawn("matrix[n, n] symmetric real[0,1]"):
        assert np.array_equal(value, value.T)
        assert value.min() >= 0


def test_every_word_is_drawn_here() -> None:
    assert set(WORDS) == {"real", "normal", "positive", "symmetric", "nonsymmetric", "spd", "invertible"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tensor[n]", "unknown kind of argument `tensor`; known here: matrix, scalar, vector"),
        ("vektor[n]", "unknown kind of argument `vektor`; did you mean `vector`?"),
        ("vector", "a vector has 1 sizes in brackets, 0 given"),
        ("matrix[n]", "a matrix has 2 sizes in brackets, 1 given"),
        ("vector[k]", "unknown size `k`"),
        ("vector[0]", "unknown size `0`"),
        ("vector[401]", "unknown size `401`"),
        ("vector[n] positiv", "unknown domain word `positiv`; did you mean `positive`?"),
        ("vector[n] symmetric", "`symmetric` is said of a matrix, not of a vector"),
        ("vector[n] !", "`!` is not a domain word"),
        ("vector[n] normal positive", "at most one word about the entries and one about the structure"),
        ("vector[n] real[1]", "`real` takes 2 numbers, `1` given"),
        ("vector[n] real[a,b]", "`real` takes 2 numbers, `a,b` given"),
        ("vector[n] real[2,1]", "`real[2,1]` is an empty range"),
        ("vector[n] real[0,1e999]", "`real` takes 2 numbers"),
        ("vector[n] normal(3)", "`normal` takes 0 numbers"),
        ("matrix[n, n] spd(0.5)", "a condition number is at least 1, 0.5 given"),
        ("matrix[m, n] spd", "a spd matrix is square, this one is m by n"),
        ("matrix[m, m] nonsymmetric", "a 1 by 1 matrix is never nonsymmetric; let m start at 2"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(LanguageError) as fault:
        parse(text, RANGES)
    assert message in fault.value.text


def test_faults_point_at_the_word() -> None:
    with pytest.raises(LanguageError) as fault:
        parse("matrix[n, n] symetric", RANGES)
    assert fault.value.offset == len("matrix[n, n] ")


def test_sizes_are_drawn_different() -> None:
    asked = problem("x @ x", "x", {"x": "vector[n]"})
    rng = np.random.default_rng(0)
    sizes = [draw_sizes(asked, rng) for _ in range(200)]
    assert all(drawn["n"] != drawn["m"] for drawn in sizes)
    assert {drawn["n"] for drawn in sizes} == {3, 4, 5}
