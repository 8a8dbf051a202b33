"""The words of a domain: every one draws what it says, at every size, and different values every time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from reference.domains import parse
from reference.points import Array
from reference.words import WORDS


def draws(text: str, n: int = 4, *, m: int = 3, count: int = 40, seed: int = 11) -> list[Array]:
    rng = np.random.default_rng(seed)
    domain = parse(text, {"n": (n, n), "m": (m, m)})
    return [domain.draw(np, rng, {"n": n, "m": m}) for _ in range(count)]


def is_symmetric(a: Array) -> bool:
    return np.array_equal(a, a.T)


def is_far_from_symmetric(a: Array) -> bool:
    return bool(np.linalg.norm(a - a.T) > 0.25 * np.linalg.norm(a - a.mean()))


def has_condition(a: Array, condition: float) -> bool:
    """A single number has none; it lies between the smallest and the largest that there would be."""
    if a.size == 1:
        return bool(condition**-0.5 <= abs(a.item()) <= condition**0.5)
    return bool(np.isclose(np.linalg.cond(a), condition, rtol=1e-6))


def is_spd(a: Array, condition: float = 20.0) -> bool:
    return is_symmetric(a) and np.linalg.eigvalsh(a).min() > 0 and has_condition(a, condition)


def is_whole(a: Array) -> bool:
    return np.array_equal(a, np.round(a))


def is_simplex(a: Array) -> bool:
    return bool(abs(a.sum() - 1) < 1e-15 * a.size and a.min() >= 0.1 / a.size)


def is_onehot(a: Array) -> bool:
    return set(np.unique(a)) <= {0.0, 1.0} and bool(np.all(a.sum(axis=-1) == 1))


def is_lower(a: Array) -> bool:
    return np.array_equal(a, np.tril(a)) and bool(np.abs(np.diag(a)).min() >= 0.2)


def has_rank(a: Array, smallest: float = 0.3) -> bool:
    return bool(np.linalg.svd(a)[1].min() >= smallest * (1 - 1e-14))


SAYS: dict[str, Callable[[Array], bool]] = {
    "real": lambda a: bool(-2.0 <= a.min() and a.max() <= 2.0),
    "normal": lambda a: bool(np.isfinite(a).all()),
    "positive": lambda a: bool(0.2 <= a.min() and a.max() <= 2.0),
    "negative": lambda a: bool(-2.0 <= a.min() and a.max() <= -0.2),
    "nonzero": lambda a: bool(0.2 <= np.abs(a).min() and np.abs(a).max() <= 2.0),
    "integer": lambda a: is_whole(a) and bool(np.abs(a).max() <= 5),
    "unit": lambda a: bool(abs(np.linalg.norm(a) - 1.0) < 1e-15),
    "simplex": is_simplex,
    "onehot": is_onehot,
    "symmetric": is_symmetric,
    "nonsymmetric": is_far_from_symmetric,
    "spd": is_spd,
    "invertible": lambda a: has_condition(a, 20.0),
    "orthogonal": lambda a: np.allclose(a @ a.T, np.eye(len(a)), rtol=0, atol=1e-14),
    "lower": is_lower,
    "fullrank": has_rank,
}
DECLARATIONS = {"scalar": "scalar", "vector": "vector[n]", "matrix": "matrix[n, n]"}
FITTING = [(name, kind) for name, row in WORDS.items() for kind in row.kinds]
SIZED = [(name, kind, n) for name, kind in FITTING for n in (1, 2, 3, 6) if n >= WORDS[name].smallest]
FEW = {"integer", "onehot"}
"""words of so few values that some are drawn twice"""


def test_the_words_are_those_of_the_language() -> None:
    assert list(WORDS) == list(SAYS)
    assert all(name == row.name for name, row in WORDS.items())


KINDS = {
    "scalar": ["real", "normal", "positive", "negative", "nonzero", "integer"],
    "vector": ["real", "normal", "positive", "negative", "nonzero", "integer", "unit", "simplex", "onehot"],
    "matrix": [name for name in SAYS if name not in ("unit", "simplex")],
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_is_said_of_the_kinds_it_means_something_for(kind: str) -> None:
    assert [name for name, row in WORDS.items() if kind in row.kinds] == KINDS[kind]


def test_size_one_is_refused_only_where_it_leaves_nothing_to_draw() -> None:
    assert {name for name, row in WORDS.items() if row.smallest > 1} == {"nonsymmetric", "simplex", "onehot"}


@pytest.mark.parametrize(("name", "kind", "n"), SIZED)
def test_a_word_draws_what_it_says(name: str, kind: str, n: int) -> None:
    values = draws(f"{DECLARATIONS[kind]} {name}", n, count=200)
    assert all(SAYS[name](value) for value in values)
    shape = {"scalar": (), "vector": (n,), "matrix": (n, n)}[kind]
    assert all(value.shape == shape and value.dtype == np.float64 for value in values)


@pytest.mark.parametrize(("name", "kind", "n"), SIZED)
def test_different_draws_differ(name: str, kind: str, n: int) -> None:
    different = {value.tobytes() for value in draws(f"{DECLARATIONS[kind]} {name}", n, count=200)}
    # of size 1 these two are 1 or -1
    few = name in FEW or (n == 1 and name in ("unit", "orthogonal"))
    assert len(different) == 200 or (few and len(different) >= 2)


@pytest.mark.parametrize(("name", "kind"), FITTING)
def test_a_seed_fixes_what_is_drawn(name: str, kind: str) -> None:
    text = f"{DECLARATIONS[kind]} {name}"
    first, again, other = ([a.tobytes() for a in draws(text, seed=seed)] for seed in (5, 5, 6))
    assert first == again
    assert first != other


@pytest.mark.parametrize("shape", ["1, 2", "n, m", "m, n", "2, 5"])
@pytest.mark.parametrize("name", [name for name in KINDS["matrix"] if not WORDS[name].square])
def test_a_matrix_need_not_be_square(name: str, shape: str) -> None:
    assert all(SAYS[name](value) for value in draws(f"matrix[{shape}] {name}"))


@pytest.mark.parametrize("name", ["normal", "integer", "fullrank"])
def test_a_single_column_is_a_matrix(name: str) -> None:
    assert all(SAYS[name](value) and value.shape == (4, 1) for value in draws(f"matrix[n, 1] {name}"))


# about the entries


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


def test_nonzero_has_either_sign_and_all_magnitudes() -> None:
    values = np.concatenate(draws("vector[400] nonzero"))
    assert 0.48 < np.mean(values > 0) < 0.52
    assert np.abs(values).min() < 0.21
    assert np.abs(values).max() > 1.99


@pytest.mark.parametrize(
    ("text", "low", "high"), [("integer", -5, 5), ("integer[-2,3]", -2, 3), ("integer[0, 1]", 0, 1)]
)
def test_whole_numbers_reach_both_ends_of_their_range(text: str, low: int, high: int) -> None:
    values = draws(f"vector[400] {text}", count=1)[0]
    assert set(values) == set(range(low, high + 1))


def test_the_largest_range_of_whole_numbers_can_be_drawn() -> None:
    values = np.concatenate(draws("vector[400] integer[-1e15,1e15]"))
    assert is_whole(values)
    assert np.abs(values).max() > 0.99e15


# about the structure, of entries that another word is about

ENTRIES = {
    "real[5,6]": lambda a: bool(5.0 <= a.min() and a.max() <= 6.0),
    "real[-1,3]": lambda a: bool(-1.0 <= a.min() and a.max() <= 3.0),
    "integer[0,1]": lambda a: set(np.unique(a)) <= {0.0, 1.0},
    **{name: SAYS[name] for name in ("normal", "positive", "negative", "nonzero", "integer")},
}


@pytest.mark.parametrize("n", [2, 3, 6])
@pytest.mark.parametrize("entries", ENTRIES)
@pytest.mark.parametrize("structure", ["symmetric", "nonsymmetric", "lower"])
def test_a_structure_keeps_the_word_about_the_entries(structure: str, entries: str, n: int) -> None:
    """`log(A)` of a `positive nonsymmetric` matrix has to be finite."""
    for value in draws(f"matrix[n, n] {entries} {structure}", n, count=200):
        assert SAYS[structure](value)
        assert ENTRIES[entries](value[np.tril_indices(n)] if structure == "lower" else value)


def test_symmetric_entries_are_spread_like_those_of_any_matrix() -> None:
    """The mean of two triangles would have half the variance off the diagonal."""
    values = np.stack(draws("matrix[n, n] symmetric", 40))
    assert abs(values[:, *np.tril_indices(40, -1)].std() - 1) < 0.02


def test_lower_draws_its_diagonal_like_the_other_entries() -> None:
    diagonal = np.concatenate([np.diag(value) for value in draws("matrix[n, n] real[-1,1] lower", 40)])
    assert 0.45 < np.mean(diagonal > 0) < 0.55
    assert np.abs(diagonal).max() > 0.99
    assert abs(np.abs(diagonal).mean() - 0.6) < 0.03


def test_lower_takes_the_largest_there_is_where_a_range_is_near_zero() -> None:
    for value in draws("matrix[n, n] real[-0.1,0.1] lower"):
        assert np.abs(value).max() <= 0.1
        assert np.abs(np.diag(value)).min() > 0.08


def test_a_matrix_that_can_only_be_symmetric_is_not_drawn_for_ever() -> None:
    with pytest.raises(ArithmeticError, match="^no matrix far from symmetric was drawn$"):
        WORDS["nonsymmetric"].draw(np, np.random.default_rng(0), np.ones, (2, 2), ())


# about the structure, with entries of its own


@pytest.mark.parametrize("condition", [1.0, 50.0, 1e8])
def test_the_condition_can_be_chosen(condition: float) -> None:
    assert all(is_spd(value, condition) for value in draws(f"matrix[n, n] spd({condition})"))
    assert all(has_condition(value, condition) for value in draws(f"matrix[n, n] invertible({condition})"))


@pytest.mark.parametrize("n", [2, 6, 40])
def test_spd_is_positive_definite_up_to_the_largest_condition(n: int) -> None:
    assert all(np.linalg.eigvalsh(value).min() > 0 for value in draws("matrix[n, n] spd(1e12)", n))


@pytest.mark.parametrize("name", ["invertible", "orthogonal"])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_determinants_have_either_sign(name: str, n: int) -> None:
    """Otherwise nobody's forgotten absolute value in ln|det A| is ever seen."""
    signs = [np.linalg.slogdet(value)[0] for value in draws(f"matrix[n, n] {name}", n)]
    assert 5 < signs.count(-1.0) < 35


def test_orthogonal_is_uniformly_distributed() -> None:
    """Every entry has mean 0 and variance 1/n, the fourth moment 3 / (n (n + 2))."""
    values = np.stack(draws("matrix[n, n] orthogonal", 3, count=4000))
    assert np.abs(values.mean(axis=0)).max() < 0.04
    assert np.abs((values**2).mean(axis=0) - 1 / 3).max() < 0.025
    assert np.abs((values**4).mean(axis=0) - 3 / 15).max() < 0.025


def test_a_unit_vector_points_anywhere() -> None:
    values = np.stack(draws("vector[n] unit", 3, count=4000))
    assert np.abs(values.mean(axis=0)).max() < 0.04
    assert np.abs((values**2).mean(axis=0) - 1 / 3).max() < 0.025


@pytest.mark.parametrize("text", ["vector[n] onehot", "matrix[m, n] onehot"])
def test_every_place_is_the_one_now_and_then(text: str) -> None:
    assert np.stack(draws(text, 6, count=200)).sum(axis=0).min() > 10


@pytest.mark.parametrize("smallest", [1e-3, 0.3, 5.0, 1e6])
@pytest.mark.parametrize("shape", ["n, n", "n, m", "m, n"])
def test_the_smallest_singular_value_can_be_chosen(shape: str, smallest: float) -> None:
    assert all(has_rank(value, smallest) for value in draws(f"matrix[{shape}] fullrank({smallest})", count=200))


@pytest.mark.parametrize("name", WORDS)
def test_the_largest_size_can_be_drawn(name: str) -> None:
    text = "matrix[400, 400]" if "matrix" in WORDS[name].kinds else "vector[400]"
    value = draws(f"{text} {name}", count=1)[0]
    assert np.isfinite(value).all()
    assert name != "lower" or is_lower(value)
