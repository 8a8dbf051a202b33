"""Domains: what kind of array an argument is, and by which words its values are drawn.

A declaration reads `matrix[m, k] symmetric real[0,1]`: a kind with sizes, at most one word about the entries, at most
one about the structure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reference.language import LanguageError, nearest
from reference.shapes import MAX_SIZE, Ranges, Shape, Size
from reference.words import WORDS, Word

KINDS = {"scalar": 0, "vector": 1, "matrix": 2}


ChosenWord: TypeAlias = tuple[Word, tuple[float, ...]]
"""A row with the parameters that were written, or its defaults."""

_DECLARATION = re.compile(r"\s*(?P<kind>\w+)\s*(?:\[(?P<sizes>[^\]]*)\])?(?P<words>.*)", re.DOTALL)
_WORD = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)(?:(?P<bracket>[\[(])(?P<given>[^\])]*)[\])])?")


@dataclass(frozen=True)
class Domain:
    """A declared argument: its kind, sizes, and the rows that draw it, with parameters."""

    kind: str
    shape: Shape
    entries: ChosenWord
    structure: ChosenWord | None

    @property
    def exact(self) -> bool:
        """Whether its values are whole numbers by meaning, which no rounding touches."""
        return (self.structure or self.entries)[0].exact

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
            _require_sizes(chosen[0], shape, ranges)
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
    own = [word.name for word, _ in words if word.structure and not word.keeps_entries]
    if own and len(words) > 1:
        other = next(word.name for word, _ in words if not word.structure)
        raise LanguageError(f"`{own[0]}` makes its own entries, so `{other}` would say nothing; leave it out", offset)
    return words


def _word(found: re.Match[str], offset: int, kind: str) -> ChosenWord:
    name, given = found["name"], found["given"]
    if name not in WORDS:
        raise LanguageError(f"unknown domain word `{name}`" + nearest(name, WORDS), offset)
    word = WORDS[name]
    if kind not in word.kinds:
        raise LanguageError(f"`{name}` is said of a {' or '.join(word.kinds)}, not of a {kind}", offset)
    left, right = word.brackets[0], word.brackets[1]
    if given is not None and word.defaults and found["bracket"] != left:
        what = "a range is written in square" if left == "[" else "a single number is written in round"
        raise LanguageError(f"{what} brackets: `{name}{left}{given}{right}`", offset)
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
    if word.exact and not all(number.is_integer() for number in numbers):
        raise LanguageError(f"`{word.name}[{given}]` is a range of whole numbers; write whole ends", offset)
    if word.least is not None and numbers[0] < word.least:
        raise LanguageError(_too_small(word, numbers[0]), offset)
    return numbers


def _too_small(word: Word, number: float) -> str:
    if word.square:
        return f"a condition number is at least 1, {number:g} given"
    return f"a smallest singular value is positive, {number:g} given"


def _require_sizes(word: Word, shape: Shape, ranges: Ranges) -> None:
    """Square where it has to be, and large enough to mean anything."""
    if word.square and shape[0] != shape[1]:
        raise LanguageError(f"a {word.name} matrix is square, this one is {shape[0]} by {shape[1]}")
    last = shape[-1]
    smallest = last.offset + (ranges[last.symbol][0] if last.symbol else 0)
    if smallest >= word.smallest:
        return
    if word.square:
        text = f"a {smallest} by {smallest} matrix is never {word.name}"
    else:
        text = f"`{word.name}` of size {smallest} is always the same"
    raise LanguageError(f"{text}; let {last} start at {word.smallest}")
