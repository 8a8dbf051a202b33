"""Domains: a word draws what it says, and a word that says nothing is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from reference.domains import parse
from reference.language import LanguageError
from reference.points import Array
from reference.shapes import MAX_SIZE
from reference.words import WORDS
from tests.conftest import ROOT

RANGES = {"n": (2, 6), "m": (1, 3)}


def draws(text: str, n: int = 4, count: int = 40) -> list[Array]:
    rng = np.random.default_rng(11)
    return [parse(text, RANGES).draw(np, rng, {"n": n, "m": 3}) for _ in range(count)]


def is_symmetric(a: Array) -> bool:
    return np.array_equal(a, a.T)


def is_far_from_symmetric(a: Array) -> bool:
    return bool(np.linalg.norm(a - a.T) > 0.25 * np.linalg.norm(a - a.mean()))


def has_condition(a: Array, condition: float) -> bool:
    return bool(np.isclose(np.linalg.cond(a), condition, rtol=1e-6))


def is_spd(a: Array, condition: float = 20.0) -> bool:
    return is_symmetric(a) and np.linalg.eigvalsh(a).min() > 0 and has_condition(a, condition)


def is_onehot(a: Array) -> bool:
    return set(np.unique(a)) <= {0.0, 1.0} and bool(np.all(a.sum(axis=-1) == 1))


SAYS: dict[str, Callable[[Array], bool]] = {
    "real": lambda a: -2.0 <= a.min() and a.max() <= 2.0,
    "normal": lambda a: bool(np.isfinite(a).all()),
    "positive": lambda a: 0.2 <= a.min() and a.max() <= 2.0,
    "negative": lambda a: -2.0 <= a.min() and a.max() <= -0.2,
    "nonzero": lambda a: 0.2 <= np.abs(a).min() and np.abs(a).max() <= 2.0,
    "integer": lambda a: bool(np.all(a == np.round(a)) and np.abs(a).max() <= 5),
    "unit": lambda a: bool(np.isclose(np.linalg.norm(a), 1.0, rtol=1e-15)),
    "simplex": lambda a: bool(np.isclose(a.sum(), 1.0, rtol=1e-15) and a.min() > 0),
    "onehot": is_onehot,
    "symmetric": is_symmetric,
    "nonsymmetric": is_far_from_symmetric,
    "spd": is_spd,
    "invertible": lambda a: has_condition(a, 20.0),
    "orthogonal": lambda a: np.allclose(a @ a.T, np.eye(len(a)), atol=1e-14),
    "lower": lambda a: np.array_equal(a, np.tril(a)) and np.abs(np.diag(a)).min() >= 0.2,
    "fullrank": lambda a: np.linalg.svd(a)[1].min() > 0.29999,
}


def declaration(name: str) -> str:
    """A word with an array it fits."""
    return f"matrix[n, n] {name}" if "matrix" in WORDS[name].kinds else f"vector[n] {name}"


@pytest.mark.parametrize("n", [2, 3, 6])
@pytest.mark.parametrize("name", WORDS)
def test_a_word_draws_what_it_says(name: str, n: int) -> None:
    values = draws(declaration(name), n)
    assert all(SAYS[name](value) for value in values)
    assert all(set(value.shape) == {n} and value.dtype == np.float64 for value in values)
    assert len({value.tobytes() for value in values}) >= (2 if name == "onehot" else 0.9 * len(values))


@pytest.mark.parametrize("name", [name for name, row in WORDS.items() if row.smallest == 1 and row.least != 1])
def test_a_word_can_be_said_of_a_single_entry(name: str) -> None:
    single = declaration(name).replace("[n, n]", "[1, 1]").replace("[n]", "[1]")
    assert all(SAYS[name](value) for value in draws(single))


@pytest.mark.parametrize("name", ["onehot", "fullrank"])
@pytest.mark.parametrize("shape", ["n, 3", "3, n"])
def test_words_about_matrices_that_need_not_be_square(name: str, shape: str) -> None:
    assert all(SAYS[name](value) for value in draws(f"matrix[{shape}] {name}"))


def test_only_whole_numbers_by_meaning_are_exact() -> None:
    exact = {name for name in WORDS if parse(declaration(name), RANGES).exact}
    assert exact == {"integer", "onehot"}


def test_whole_numbers_reach_both_ends_of_their_range() -> None:
    assert set(np.unique(draws("vector[400] integer[-2,3]", count=1)[0])) == {-2.0, -1.0, 0.0, 1.0, 2.0, 3.0}


def test_the_smallest_singular_value_can_be_chosen() -> None:
    assert all(np.linalg.svd(value)[1].min() > 4.99 for value in draws("matrix[n, m] fullrank(5)"))


def test_lower_keeps_the_word_about_the_entries() -> None:
    assert all(np.diag(value).max() < 0 for value in draws("matrix[n, n] negative lower"))


@pytest.mark.parametrize("name", WORDS)
def test_a_seed_fixes_what_is_drawn(name: str) -> None:
    text = declaration(name)
    assert [a.tobytes() for a in draws(text)] == [a.tobytes() for a in draws(text)]


@pytest.mark.parametrize(
    ("text", "shape"), [("scalar", ()), ("vector[n]", (4,)), ("matrix[n, m]", (4, 3)), ("matrix[2, 5]", (2, 5))]
)
@pytest.mark.parametrize("word", ["", " normal", " real[3,4]", " positive"])
def test_a_kind_has_its_sizes(text: str, shape: tuple[int, ...], word: str) -> None:
    value = draws(text + word)[0]
    assert isinstance(value, np.ndarray)
    assert value.shape == shape
    assert value.dtype == np.float64


@pytest.mark.parametrize(("low", "high"), [(-2.0, 2.0), (0.0, 1.0), (5.0, 6.0), (-1e3, -1e2)])
def test_real_fills_its_range(low: float, high: float) -> None:
    values = np.concatenate(draws(f"vector[400] real[{low}, {high}]"))
    assert low <= values.min() < low + 0.01 * (high - low)
    assert high - 0.01 * (high - low) < values.max() <= high


def test_normal_has_mean_zero_and_variance_one_and_is_the_default() -> None:
    values = np.concatenate(draws("vector[400] normal"))
    assert abs(values.mean()) < 0.05
    assert abs(values.std() - 1) < 0.05
    assert np.array_equal(np.concatenate(draws("vector[400]")), values)


def test_symmetric_keeps_the_word_about_the_entries() -> None:
    values = draws("matrix[n, n] real[3,4] symmetric")
    assert all(is_symmetric(value) and 3 <= value.min() and value.max() <= 4 for value in values)


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize(("entries", "low", "high"), [("positive", 0.2, 2.0), ("real[5,6]", 5.0, 6.0)])
def test_nonsymmetric_keeps_the_word_about_the_entries(entries: str, low: float, high: float, n: int) -> None:
    """`log(A)` of a `positive nonsymmetric` matrix has to be finite."""
    values = draws(f"matrix[n, n] {entries} nonsymmetric", n)
    assert all(low <= value.min() and value.max() <= high for value in values)
    assert not any(np.allclose(value, value.T, rtol=1e-3) for value in values)


@pytest.mark.parametrize("condition", [1.0, 50.0, 1e8])
def test_the_condition_can_be_chosen(condition: float) -> None:
    assert all(is_spd(value, condition) for value in draws(f"matrix[n, n] spd({condition})"))
    assert all(has_condition(value, condition) for value in draws(f"matrix[n, n] invertible({condition})"))


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_invertible_has_determinants_of_either_sign(n: int) -> None:
    """Otherwise nobody's forgotten absolute value in ln|det A| is ever seen."""
    signs = [np.linalg.slogdet(value)[0] for value in draws("matrix[n, n] invertible", n)]
    assert 5 < signs.count(-1.0) < 35


def test_a_matrix_that_can_only_be_symmetric_is_not_drawn_for_ever() -> None:
    with pytest.raises(ArithmeticError, match="no matrix far from symmetric was drawn"):
        WORDS["nonsymmetric"].draw(np, np.random.default_rng(0), np.ones((1, 1)), ())


def test_a_declaration_is_read_into_its_rows() -> None:
    domain = parse(" matrix [n,n]  real[-1, 1.5]\n symmetric ", RANGES)
    assert domain.kind == "matrix"
    assert (domain.entries[0].name, domain.entries[1]) == ("real", (-1.0, 1.5))
    assert domain.structure is not None
    assert (domain.structure[0].name, domain.structure[1]) == ("symmetric", ())
    assert parse("scalar", RANGES).structure is None
    conditioned = parse("matrix[n, n] spd(1e4)", RANGES).structure
    assert conditioned is not None
    assert conditioned[1] == (1e4,)


KNOWN = f"known here: {', '.join(sorted(WORDS))}"
TWICE = "at most one word about the entries and one about the structure can be given"
FAULTS = [
    ("tensor[n]", "unknown kind of argument `tensor`; known here: matrix, scalar, vector", 0),
    ("vektor[n]", "unknown kind of argument `vektor`; did you mean `vector`?", 0),
    ("vector", "a vector has 1 sizes in brackets, 0 given", 0),
    ("matrix[n]", "a matrix has 2 sizes in brackets, 1 given", 0),
    ("scalar[n]", "a scalar has 0 sizes in brackets, 1 given", 0),
    ("vector[z]", "unknown size `z`; known here: m, n", 0),
    ("vector[0]", "unknown size `0`; known here: m, n", 0),
    ("vector[401]", "unknown size `401`; known here: m, n", 0),
    ("vector[n] foo", f"unknown domain word `foo`; {KNOWN}", 10),
    ("vector[n] postive", "unknown domain word `postive`; did you mean `positive`?", 10),
    ("vector[n] normal !", "`!` is not a domain word", 17),
    ("vector[n] spd", "`spd` is said of a matrix, not of a vector", 10),
    ("vector[n] real normal", TWICE, 9),
    ("matrix[n, n] spd symmetric", TWICE, 12),
    ("vector[n] real(0,1)", "a range is written in square brackets: `real[0,1]`", 10),
    ("matrix[n, n] spd[20]", "a single number is written in round brackets: `spd(20)`", 13),
    ("matrix[n, n] fullrank(0)", "a smallest singular value is positive, 0 given", 13),
    ("vector[n] integer[0,1.5]", "`integer[0,1.5]` is a range of whole numbers; write whole ends", 10),
    ("matrix[n, n] positive spd", "`spd` makes its own entries, so `positive` would say nothing; leave it out", 12),
    ("vector[n] unit real[0,1]", "`unit` makes its own entries, so `real` would say nothing; leave it out", 9),
    ("vector[m] simplex", "`simplex` of size 1 is always the same; let m start at 2", 0),
    ("matrix[n, m] onehot", "`onehot` of size 1 is always the same; let m start at 2", 0),
    ("vector[n] orthogonal", "`orthogonal` is said of a matrix, not of a vector", 10),
    ("vector[n] real[1]", "`real` takes 2 numbers, `1` given", 10),
    ("vector[n] real[a,b]", "`real` takes 2 numbers, `a,b` given", 10),
    ("vector[n] real[nan,1]", "`real` takes 2 numbers, `nan,1` given", 10),
    ("vector[n] real[0,1e999]", "`real` takes 2 numbers, `0,1e999` given", 10),
    ("vector[n] normal(0,5)", "`normal` takes 0 numbers, `0,5` given", 10),
    ("vector[n] real[1,1]", "`real[1,1]` is an empty range; write the smaller number first", 10),
    ("matrix[n, n] spd(0.5)", "a condition number is at least 1, 0.5 given", 13),
    ("matrix[n, m] spd", "a spd matrix is square, this one is n by m", 0),
    ("matrix[m, m] nonsymmetric", "a 1 by 1 matrix is never nonsymmetric; let m start at 2", 0),
    ("matrix[1, 1] nonsymmetric", "a 1 by 1 matrix is never nonsymmetric; let 1 start at 2", 0),
]


@pytest.mark.parametrize(("text", "message", "offset"), FAULTS)
def test_a_fault_is_named_at_its_character(text: str, message: str, offset: int) -> None:
    with pytest.raises(LanguageError) as caught:
        parse(text, RANGES)
    assert (caught.value.text, caught.value.offset) == (message, offset)


def test_without_dims_the_way_to_declare_a_size_is_told() -> None:
    with pytest.raises(LanguageError, match="^unknown size `n`; declare it in `dims`$"):
        parse("vector[n]", {})


@pytest.mark.parametrize("word", ["normal(x)", "normal()", "real[]", "spd()", "symmetric()", "symmetric(x)"])
def test_what_is_in_the_brackets_is_never_ignored(word: str) -> None:
    name = word.rstrip("()[]x")
    with pytest.raises(LanguageError, match=rf"^`{name}` takes \d numbers, `x?` given$"):
        parse(f"matrix[n, n] {word}", RANGES)


@pytest.mark.parametrize(("text", "offset"), [("  vector[n] foo", 12), (" vektor[n]", 1), ("vector[n]  !", 11)])
def test_offsets_count_the_characters_of_the_authors_text(text: str, offset: int) -> None:
    with pytest.raises(LanguageError) as caught:
        parse(text, RANGES)
    assert caught.value.offset == offset
    assert "``" not in caught.value.text


def test_a_size_of_thousands_of_digits_is_a_fault_like_any_other() -> None:
    with pytest.raises(LanguageError, match="^unknown size `9+"):
        parse(f"vector[{'9' * 5000}]", RANGES)


def test_the_largest_size_is_allowed() -> None:
    assert draws(f"vector[{MAX_SIZE}]", count=1)[0].shape == (400,)


def test_declarations_are_read_without_numpy() -> None:
    code = "import sys, reference.language, reference.shapes, reference.domains; print('numpy' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert answer.stdout == "False\n"
