"""Domains: a declaration is read into its words, and a word that says nothing is refused."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from reference.domains import parse
from reference.language import LanguageError
from reference.points import Array
from reference.shapes import MAX_SIZE
from reference.words import WORDS
from tests.conftest import ROOT

RANGES = {"n": (2, 6), "m": (1, 3)}


def drawn(text: str) -> Array:
    value: Array = parse(text, RANGES).draw(np, np.random.default_rng(11), {"n": 4, "m": 3})
    return value


@pytest.mark.parametrize(
    ("text", "shape"), [("scalar", ()), ("vector[n]", (4,)), ("matrix[n, m]", (4, 3)), ("matrix[2, 5]", (2, 5))]
)
@pytest.mark.parametrize("word", ["", " normal", " real[3,4]", " positive", " negative", " nonzero", " integer"])
def test_a_kind_has_its_sizes(text: str, shape: tuple[int, ...], word: str) -> None:
    value = drawn(text + word)
    assert isinstance(value, np.ndarray)
    assert value.shape == shape
    assert value.dtype == np.float64


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
REALS = "lies between -1e+300 and 1e+300"
CONDITIONS = "lies between 1 and 1e+12"
SINGULAR = "lies between 1e-09 and 1e+09"
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
    ("vector[n] orthogonal", "`orthogonal` is said of a matrix, not of a vector", 10),
    ("matrix[n, n] simplex", "`simplex` is said of a vector, not of a matrix", 13),
    ("matrix[n, n] unit", "`unit` is said of a vector, not of a matrix", 13),
    ("scalar unit", "`unit` is said of a vector, not of a scalar", 7),
    ("scalar onehot", "`onehot` is said of a vector or matrix, not of a scalar", 7),
    ("vector[n] real[1]", "`real` takes 2 numbers, `1` given", 10),
    ("vector[n] real[a,b]", "`real` takes 2 numbers, `a,b` given", 10),
    ("vector[n] normal(0,5)", "`normal` takes 0 numbers, `0,5` given", 10),
    ("matrix[n, n] spd(1,2)", "`spd` takes 1 number, `1,2` given", 13),
    ("vector[n] real[nan,1]", f"the range of `real` {REALS}, `nan,1` given", 10),
    ("vector[n] real[0,1e999]", f"the range of `real` {REALS}, `0,1e999` given", 10),
    ("vector[n] integer[0,1e20]", "the range of `integer` lies between -1e+15 and 1e+15, `0,1e20` given", 10),
    ("vector[n] integer[nan,1]", "the range of `integer` lies between -1e+15 and 1e+15, `nan,1` given", 10),
    ("vector[n] integer[0,1.5]", "`integer[0,1.5]` is a range of whole numbers; write whole ends", 10),
    ("vector[n] real[1,1]", "`real[1,1]` is an empty range; write the smaller number first", 10),
    ("vector[n] integer[5,-5]", "`integer[5,-5]` is an empty range; write the smaller number first", 10),
    ("matrix[n, n] spd(0.5)", f"the condition number of `spd` {CONDITIONS}, `0.5` given", 13),
    ("matrix[n, n] invertible(1e17)", f"the condition number of `invertible` {CONDITIONS}, `1e17` given", 13),
    ("matrix[n, n] fullrank(0)", f"the smallest singular value of `fullrank` {SINGULAR}, `0` given", 13),
    ("matrix[n, n] fullrank(-1)", f"the smallest singular value of `fullrank` {SINGULAR}, `-1` given", 13),
    ("vector[n] real(0,1)", "a range stands in square brackets: write `real[0,1]`, not `real(0,1)`", 10),
    ("vector[n] real[0,1)", "a range stands in square brackets: write `real[0,1]`, not `real[0,1)`", 10),
    ("vector[n] integer(0, 3)", "a range stands in square brackets: write `integer[0, 3]`, not `integer(0, 3)`", 10),
    ("matrix[n, n] spd[20]", "a condition number stands in round brackets: write `spd(20)`, not `spd[20]`", 13),
    (
        "matrix[n, n]  invertible[2]",
        "a condition number stands in round brackets: write `invertible(2)`, not `invertible[2]`",
        14,
    ),
    (
        "matrix[n, m] fullrank[2]",
        "a smallest singular value stands in round brackets: write `fullrank(2)`, not `fullrank[2]`",
        13,
    ),
    ("matrix[n, m] spd", "`spd` is said of a square matrix, this one is n by m", 0),
    ("matrix[n, m] orthogonal", "`orthogonal` is said of a square matrix, this one is n by m", 0),
    ("matrix[2, 3] lower", "`lower` is said of a square matrix, this one is 2 by 3", 0),
    ("matrix[m, m] nonsymmetric", "a 1 by 1 matrix is never nonsymmetric; let m start at 2", 0),
    ("matrix[1, 1] nonsymmetric", "a 1 by 1 matrix is never nonsymmetric; write at least 2", 0),
    ("vector[m] simplex", "`simplex` of size 1 is always the same; let m start at 2", 0),
    ("vector[1] simplex", "`simplex` of size 1 is always the same; write at least 2", 0),
    ("vector[m] onehot", "`onehot` of size 1 is always the same; let m start at 2", 0),
    ("matrix[n, m] onehot", "`onehot` of size 1 is always the same; let m start at 2", 0),
]


@pytest.mark.parametrize(("text", "message", "offset"), FAULTS)
def test_a_fault_is_named_at_its_character(text: str, message: str, offset: int) -> None:
    with pytest.raises(LanguageError) as caught:
        parse(text, RANGES)
    assert (caught.value.text, caught.value.offset) == (message, offset)


@pytest.mark.parametrize("entries", ["real[0,1]", "normal", "positive", "negative", "nonzero", "integer"])
@pytest.mark.parametrize("structure", ["unit", "simplex", "onehot", "spd(2)", "invertible", "orthogonal", "fullrank"])
def test_a_word_that_would_not_be_heard_is_refused(entries: str, structure: str) -> None:
    (structure_name, entries_name) = (word.split("[")[0].split("(")[0] for word in (structure, entries))
    kind = "matrix[n, n]" if "matrix" in WORDS[structure_name].kinds else "vector[n]"
    message = f"`{structure_name}` makes its own entries, so `{entries_name}` would say nothing; leave it out"
    for text, offset in [
        (f"{kind} {entries} {structure}", len(kind) + 1),
        (f"{kind} {structure} {entries}", len(kind) + len(structure) + 2),
    ]:
        with pytest.raises(LanguageError) as caught:
            parse(text, RANGES)
        assert (caught.value.text, caught.value.offset) == (message, offset)


def test_a_matrix_with_a_one_in_every_row_may_have_a_single_row() -> None:
    assert drawn("matrix[1, n] onehot").shape == (1, 4)


EXACT = {
    "vector[n] integer": True,
    "vector[n] onehot": True,
    "matrix[n, n] integer[0,1] symmetric": True,
    "matrix[n, n] nonsymmetric integer": True,
    "matrix[n, n] integer lower": True,
    "matrix[n, n] lower": False,
    "matrix[n, n] nonzero symmetric": False,
    "matrix[n, n] orthogonal": False,
    "vector[n] real[0,1]": False,
    "scalar": False,
}


@pytest.mark.parametrize(("text", "exact"), EXACT.items())
def test_whole_numbers_by_meaning_are_exact(text: str, exact: bool) -> None:
    assert parse(text, RANGES).exact is exact


def test_without_dims_the_way_to_declare_a_size_is_told() -> None:
    with pytest.raises(LanguageError, match="^unknown size `n`; declare it in `dims`$"):
        parse("vector[n]", {})


@pytest.mark.parametrize(
    "word", ["normal(x)", "normal()", "real[]", "real()", "spd()", "spd[]", "integer[]", "symmetric()", "symmetric(x)"]
)
def test_what_is_in_the_brackets_is_never_ignored(word: str) -> None:
    name = word.rstrip("()[]x")
    with pytest.raises(LanguageError, match=rf"^`{name}` takes \d numbers?, `x?` given$"):
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
    assert drawn(f"vector[{MAX_SIZE}]").shape == (400,)


def test_declarations_are_read_without_numpy() -> None:
    code = "import sys, reference.language, reference.shapes, reference.domains; print('numpy' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert answer.stdout == "False\n"
