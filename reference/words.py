"""The words of a domain: one row each, with how its values are drawn.

Rows get numpy as an argument, so that reading a declaration does not import it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_MAX_REDRAWS = 50
_AWAY = 0.2
"""how far from zero the words stay that avoid it"""
_LARGEST = 2.0


@dataclass(frozen=True)
class Numbers:
    """What the numbers in a word's brackets mean, and between which they lie."""

    meaning: str
    low: float
    high: float
    brackets: str = "()"


_RANGE = Numbers("range", -1e300, 1e300, "[]")
_WHOLE_RANGE = Numbers("range", -1e15, 1e15, "[]")
# beyond it rounding could make a positive definite matrix indefinite
_CONDITION = Numbers("condition number", 1.0, 1e12)
_SINGULAR_VALUE = Numbers("smallest singular value", 1e-9, 1e9)


@dataclass(frozen=True)
class Word:
    """A row: which kinds it fits, its parameters' defaults, and how values are made.

    `draw` makes entries from (numpy, generator, shape, parameters), or, for a structure, the array from
    (numpy, generator, entries, shape, parameters), where entries(shape) draws by the word about the entries.
    """

    name: str
    kinds: tuple[str, ...]
    defaults: tuple[float, ...]
    draw: Callable[..., Any]
    structure: bool = False
    keeps_entries: bool = False
    """a structure of entries that another word may be about"""
    square: bool = False
    smallest: int = 1
    """last size from which on it means something"""
    numbers: Numbers = _RANGE
    exact: bool = False
    """whole numbers by meaning: they carry no rounding"""


def _real(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return rng.uniform(parameters[0], parameters[1], shape)


def _normal(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return rng.standard_normal(shape)


def _positive(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return rng.uniform(_AWAY, _LARGEST, shape)


def _negative(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return -_positive(np, rng, shape, parameters)


def _nonzero(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return _positive(np, rng, shape, parameters) * rng.choice((-1.0, 1.0), shape)


def _integer(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return rng.integers(int(parameters[0]), int(parameters[1]) + 1, shape).astype(float)


def _symmetric(np: Any, rng: Any, entries: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    """One triangle mirrored; a mean of the two would be near zero for `nonzero`, and no whole number for `integer`."""
    values = entries(shape)
    return np.tril(values) + np.tril(values, -1).T


def _nonsymmetric(np: Any, rng: Any, entries: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    """Far from symmetric, so that the two triangles cannot be confused by luck."""
    for _ in range(_MAX_REDRAWS):
        values = entries(shape)
        if np.linalg.norm(values - values.T) > 0.25 * np.linalg.norm(values - values.mean()):
            return values
    raise ArithmeticError("no matrix far from symmetric was drawn")


def _spread(np: Any, rng: Any, size: int, condition: float) -> Any:
    """Positive numbers with largest / smallest = condition; one alone lies anywhere between the two."""
    inner = rng.uniform(0, 1, 1 if size == 1 else size - 2)
    exponents = inner if size == 1 else np.concatenate([[0.0, 1.0], inner])
    return condition ** (exponents - 0.5)


def _basis(np: Any, rng: Any, size: int) -> Any:
    """Uniformly distributed; without the signs of R the determinant would be the same for every draw of a size."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return q * np.sign(np.diag(r))


def _spd(np: Any, rng: Any, entries: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    basis = _basis(np, rng, shape[0])
    product = (basis * _spread(np, rng, shape[0], parameters[0])) @ basis.T
    return (product + product.T) / 2


def _invertible(np: Any, rng: Any, entries: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    """Given singular values between two random bases: either sign of the determinant occurs."""
    left, right = _basis(np, rng, shape[0]), _basis(np, rng, shape[0])
    return (left * _spread(np, rng, shape[0], parameters[0])) @ right


def _unit(np: Any, rng: Any, entries: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    direction = rng.standard_normal(shape)
    return direction / np.linalg.norm(direction)


def _simplex(np: Any, rng: Any, entries: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    """Away from the edges, where a logarithm would run off."""
    weights = _positive(np, rng, shape, parameters)
    return weights / weights.sum()


def _onehot(np: Any, rng: Any, entries: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    """One in a vector, or in every row of a matrix."""
    return np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]


def _orthogonal(np: Any, rng: Any, entries: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return _basis(np, rng, shape[0])


def _lower(np: Any, rng: Any, entries: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    """What is near zero on the diagonal is drawn again, so that it stays what the word about the entries says; where
    a range holds nothing large enough, the largest of many draws is taken.
    """
    values = np.tril(entries(shape))
    diagonal = np.diag(values).copy()
    for _ in range(_MAX_REDRAWS):
        small = np.abs(diagonal) < _AWAY
        if not small.any():
            break
        again = entries(shape[:1])
        diagonal = np.where(small & (np.abs(again) > np.abs(diagonal)), again, diagonal)
    np.fill_diagonal(values, diagonal)
    return values


def _fullrank(np: Any, rng: Any, entries: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    """Singular values from the parameter up to two more."""
    left, singular, right = np.linalg.svd(rng.standard_normal(shape), full_matrices=False)
    return (left * rng.uniform(parameters[0], parameters[0] + 2.0, singular.shape)) @ right


_ALL = ("scalar", "vector", "matrix")
_MATRIX = ("matrix",)
_ROWS = (
    Word("real", _ALL, (-2.0, 2.0), _real),
    Word("normal", _ALL, (), _normal),
    Word("positive", _ALL, (), _positive),
    Word("negative", _ALL, (), _negative),
    Word("nonzero", _ALL, (), _nonzero),
    Word("integer", _ALL, (-5.0, 5.0), _integer, numbers=_WHOLE_RANGE, exact=True),
    Word("unit", ("vector",), (), _unit, structure=True),
    Word("simplex", ("vector",), (), _simplex, structure=True, smallest=2),
    Word("onehot", ("vector", "matrix"), (), _onehot, structure=True, smallest=2, exact=True),
    Word("symmetric", _MATRIX, (), _symmetric, structure=True, keeps_entries=True, square=True),
    Word("nonsymmetric", _MATRIX, (), _nonsymmetric, structure=True, keeps_entries=True, square=True, smallest=2),
    Word("spd", _MATRIX, (20.0,), _spd, structure=True, square=True, numbers=_CONDITION),
    Word("invertible", _MATRIX, (20.0,), _invertible, structure=True, square=True, numbers=_CONDITION),
    Word("orthogonal", _MATRIX, (), _orthogonal, structure=True, square=True),
    Word("lower", _MATRIX, (), _lower, structure=True, keeps_entries=True, square=True),
    Word("fullrank", _MATRIX, (0.3,), _fullrank, structure=True, numbers=_SINGULAR_VALUE),
)

WORDS = {row.name: row for row in _ROWS}


def _fixed(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return np.reshape(parameters, shape)


FIXED = Word("fixed", _ALL, (), _fixed)
"""Always the numbers that are its parameters, row by row; for examples, and no word that an author can write."""
