"""Domains: what kind of array an argument is, and how its values are drawn. One row a word.

A declaration reads `matrix[m, k] spd(1e4) real[0,1]`: a kind with sizes, at most one word about the entries, at
most one about the structure. Rows get numpy as an argument, so that reading a declaration does not import it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reference.language import LanguageError, nearest
from reference.shapes import Ranges, Shape, Size

KINDS = {"scalar": 0, "vector": 1, "matrix": 2}
MAX_SIZE = 400
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
    square: bool = False
    smallest: int = 1


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


_ALL = ("scalar", "vector", "matrix")
_ROWS = (
    Word("real", _ALL, (-2.0, 2.0), _real),
    Word("normal", _ALL, (), _normal),
    Word("positive", _ALL, (), _positive),
    Word("symmetric", ("matrix",), (), _symmetric, structure=True, square=True),
    Word("nonsymmetric", ("matrix",), (), _nonsymmetric, structure=True, square=True, smallest=2),
    Word("spd", ("matrix",), (20.0,), _spd, structure=True, square=True),
    Word("invertible", ("matrix",), (20.0,), _invertible, structure=True, square=True),
)

WORDS = {row.name: row for row in _ROWS}

_DECLARATION = re.compile(r"\s*(?P<kind>\w+)\s*(?:\[(?P<sizes>[^\]]*)\])?(?P<words>.*)", re.DOTALL)
_WORD = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)(?:\[(?P<range>[^\]]*)\]|\((?P<parameter>[^)]*)\))?")


ChosenWord: TypeAlias = tuple[Word, tuple[float, ...]]
"""A row with the parameters that were written, or its defaults."""


@dataclass(frozen=True)
class Domain:
    """A declared argument: its kind, sizes, and the rows that draw it, with parameters."""

    kind: str
    shape: Shape
    entries: ChosenWord
    structure: ChosenWord | None

    def draw(self, np: Any, rng: Any, sizes: Mapping[str, int]) -> Any:
        """One value, float64, of the shape that `sizes` gives."""
        word, parameters = self.entries
        values = np.asarray(
            word.draw(np, rng, tuple(size.at(sizes) for size in self.shape), parameters), dtype=np.float64
        )
        if self.structure:
            word, parameters = self.structure
            values = word.draw(np, rng, values, parameters)
        return values


def parse(text: str, ranges: Ranges) -> Domain:
    """The domain written in `text`. Raises LanguageError with the offset of the fault."""
    found = _DECLARATION.match(text)
    if found is None or found["kind"] not in KINDS:
        indent = len(text) - len(text.lstrip())
        word = text.strip().split("[")[0].split(" ")[0][:40]
        raise LanguageError(f"unknown kind of argument `{word}`" + nearest(word, KINDS), indent)
    kind = found["kind"]
    shape = _shape(kind, found["sizes"], ranges)
    entries: ChosenWord = (WORDS["normal"], ())
    structure: ChosenWord | None = None
    for chosen in _words(found["words"], found.start("words"), kind):
        if chosen[0].structure:
            _require_square(chosen[0], shape, ranges)
            structure = chosen
        else:
            entries = chosen
    return Domain(kind, shape, entries, structure)


def _shape(kind: str, sizes: str | None, ranges: Ranges) -> Shape:
    parts = [part.strip() for part in sizes.split(",")] if sizes else []
    if len(parts) != KINDS[kind]:
        raise LanguageError(f"a {kind} has {KINDS[kind]} sizes in brackets, {len(parts)} given")
    return tuple(_size(part, ranges) for part in parts)


def _size(text: str, ranges: Ranges) -> Size:
    if text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= MAX_SIZE:
        return Size(None, int(text))
    if text not in ranges:
        raise LanguageError(
            f"unknown size `{text[:40]}`" + (nearest(text, ranges) if ranges else "; declare it in `dims`")
        )
    return Size(text, 0)


def _words(text: str, offset: int, kind: str) -> list[ChosenWord]:
    words: list[ChosenWord] = []
    position = 0
    while text[position:].strip():
        found = _WORD.match(text, position)
        if found is None:
            position += len(text[position:]) - len(text[position:].lstrip())
            raise LanguageError(f"`{text[position:].strip()}` is not a domain word", offset + position)
        words.append(_word(found, offset + found.start("name"), kind))
        position = found.end()
    if len({word.structure for word, _ in words}) < len(words):
        raise LanguageError("at most one word about the entries and one about the structure can be given", offset)
    return words


def _word(found: re.Match[str], offset: int, kind: str) -> ChosenWord:
    name, given = found["name"], found["parameter"] if found["range"] is None else found["range"]
    if name not in WORDS:
        raise LanguageError(f"unknown domain word `{name}`" + nearest(name, WORDS), offset)
    word = WORDS[name]
    if kind not in word.kinds:
        raise LanguageError(f"`{name}` is said of a {' or '.join(word.kinds)}, not of a {kind}", offset)
    return word, _parameters(word, given, offset)


def _parameters(word: Word, given: str | None, offset: int) -> tuple[float, ...]:
    if given is None:
        return word.defaults
    if not word.defaults:
        raise LanguageError(f"`{word.name}` takes 0 numbers, `{given}` given", offset)
    try:
        numbers = tuple(float(part) for part in given.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != len(word.defaults) or not all(abs(number) < 1e300 for number in numbers):
        raise LanguageError(f"`{word.name}` takes {len(word.defaults)} numbers, `{given}` given", offset)
    if len(numbers) == 2 and numbers[0] >= numbers[1]:
        raise LanguageError(f"`{word.name}[{given}]` is an empty range; write the smaller number first", offset)
    if word.structure and numbers[0] < 1:
        raise LanguageError(f"a condition number is at least 1, {numbers[0]:g} given", offset)
    return numbers


def _require_square(word: Word, shape: Shape, ranges: Ranges) -> None:
    if shape[0] != shape[1]:
        raise LanguageError(f"a {word.name} matrix is square, this one is {shape[0]} by {shape[1]}")
    smallest = shape[0].offset + (ranges[shape[0].symbol][0] if shape[0].symbol else 0)
    if smallest < word.smallest:
        raise LanguageError(
            f"a {smallest} by {smallest} matrix is never {word.name}; let {shape[0]} start at {word.smallest}"
        )
