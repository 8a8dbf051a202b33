"""The words of a domain: one row each, with how its values are drawn.

Rows get numpy as an argument, so that reading a declaration does not import it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_MAX_REDRAWS = 50


@dataclass(frozen=True)
class Word:
    """A row: which kinds it fits, its parameters' defaults, and how values are made.

    `draw` makes entries from (numpy, generator, shape, parameters), or, for a structure, the array from
    (numpy, generator, entries, parameters).
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
    """size from which on it means something"""
    least: float | None = None
    """smallest value of its parameter"""
    exact: bool = False
    """whole numbers by meaning: they carry no rounding"""

    @property
    def brackets(self) -> str:
        """A range stands in square ones, a single number in round ones."""
        return "[]" if len(self.defaults) == 2 else "()"


def _real(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return rng.uniform(parameters[0], parameters[1], shape)


def _normal(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return rng.standard_normal(shape)


def _positive(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return rng.uniform(0.2, 2.0, shape)


def _symmetric(np: Any, rng: Any, entries: Any, parameters: tuple[float, ...]) -> Any:
    return (entries + entries.T) / 2


def _nonsymmetric(np: Any, rng: Any, entries: Any, parameters: tuple[float, ...]) -> Any:
    """Far from symmetric, so that the two triangles cannot be confused by luck; the entries stay what they are."""
    for _ in range(_MAX_REDRAWS):
        if np.linalg.norm(entries - entries.T) > 0.25 * np.linalg.norm(entries - entries.mean()):
            return entries
        entries = rng.permutation(entries.ravel()).reshape(entries.shape)
    raise ArithmeticError("no matrix far from symmetric was drawn")


def _spread(np: Any, rng: Any, size: int, condition: float) -> Any:
    """Positive numbers with largest / smallest = condition."""
    exponents = np.concatenate([[0.0, 1.0], rng.uniform(0, 1, max(0, size - 2))])[:size]
    return condition ** (exponents - 0.5)


def _orthogonal(np: Any, rng: Any, size: int) -> Any:
    """Uniformly distributed; without the signs of R the determinant would be the same for every draw of a size."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return q * np.sign(np.diag(r))


def _spd(np: Any, rng: Any, entries: Any, parameters: tuple[float, ...]) -> Any:
    basis = _orthogonal(np, rng, len(entries))
    product = (basis * _spread(np, rng, len(entries), parameters[0])) @ basis.T
    return (product + product.T) / 2


def _invertible(np: Any, rng: Any, entries: Any, parameters: tuple[float, ...]) -> Any:
    """Given singular values between two random bases: either sign of the determinant occurs."""
    left, right = _orthogonal(np, rng, len(entries)), _orthogonal(np, rng, len(entries))
    return (left * _spread(np, rng, len(entries), parameters[0])) @ right


def _negative(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return -_positive(np, rng, shape, parameters)


def _nonzero(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return _positive(np, rng, shape, parameters) * rng.choice((-1.0, 1.0), shape)


def _integer(np: Any, rng: Any, shape: Any, parameters: tuple[float, ...]) -> Any:
    return rng.integers(int(parameters[0]), int(parameters[1]) + 1, shape).astype(float)


def _unit(np: Any, rng: Any, entries: Any, parameters: tuple[float, ...]) -> Any:
    direction = rng.standard_normal(entries.shape)
    return direction / np.linalg.norm(direction)


def _simplex(np: Any, rng: Any, entries: Any, parameters: tuple[float, ...]) -> Any:
    """Away from the edges, where a logarithm would run off."""
    weights = rng.uniform(0.2, 2.0, entries.shape)
    return weights / weights.sum()


def _onehot(np: Any, rng: Any, entries: Any, parameters: tuple[float, ...]) -> Any:
    """One in a vector, or in every row of a matrix."""
    return np.eye(entries.shape[-1])[rng.integers(0, entries.shape[-1], entries.shape[:-1])]


def _basis(np: Any, rng: Any, entries: Any, parameters: tuple[float, ...]) -> Any:
    return _orthogonal(np, rng, len(entries))


def _lower(np: Any, rng: Any, entries: Any, parameters: tuple[float, ...]) -> Any:
    """The diagonal keeps its signs and stays away from zero."""
    diagonal = np.diag(entries)
    away = np.where(diagonal < 0, -1.0, 1.0) * np.maximum(np.abs(diagonal), 0.2)
    return np.tril(entries, -1) + np.diag(away)


def _fullrank(np: Any, rng: Any, entries: Any, parameters: tuple[float, ...]) -> Any:
    """Singular values from the parameter up to two more."""
    left, singular, right = np.linalg.svd(rng.standard_normal(entries.shape), full_matrices=False)
    return (left * rng.uniform(parameters[0], parameters[0] + 2.0, singular.shape)) @ right


_ALL = ("scalar", "vector", "matrix")
_MATRIX = ("matrix",)
_ROWS = (
    Word("real", _ALL, (-2.0, 2.0), _real),
    Word("normal", _ALL, (), _normal),
    Word("positive", _ALL, (), _positive),
    Word("negative", _ALL, (), _negative),
    Word("nonzero", _ALL, (), _nonzero),
    Word("integer", _ALL, (-5.0, 5.0), _integer, exact=True),
    Word("unit", ("vector",), (), _unit, structure=True, smallest=2),
    Word("simplex", ("vector",), (), _simplex, structure=True, smallest=2),
    Word("onehot", ("vector", "matrix"), (), _onehot, structure=True, smallest=2, exact=True),
    Word("symmetric", _MATRIX, (), _symmetric, structure=True, keeps_entries=True, square=True),
    Word("nonsymmetric", _MATRIX, (), _nonsymmetric, structure=True, keeps_entries=True, square=True, smallest=2),
    Word("spd", _MATRIX, (20.0,), _spd, structure=True, square=True, least=1.0),
    Word("invertible", _MATRIX, (20.0,), _invertible, structure=True, square=True, least=1.0),
    Word("orthogonal", _MATRIX, (), _basis, structure=True, square=True),
    Word("lower", _MATRIX, (), _lower, structure=True, keeps_entries=True, square=True),
    Word("fullrank", _MATRIX, (0.3,), _fullrank, structure=True, least=1e-9),
)

WORDS = {row.name: row for row in _ROWS}
