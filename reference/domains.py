"""Domains: what kind of array an argument is, and by which words its values are drawn.

A declaration reads `matrix[m, k] symmetric real[0,1]`: a kind with sizes, at most one word about the entries, at most
one about the structure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reference.language import LanguageError, nearest
from reference.shapes import MAX_SIZE, Ranges, Shape, Size
from reference.words import WORDS, Word

KINDS = {"scalar": 0, "vector": 1, "matrix": 2}
STACK = "stack"
"""of matrices: an array with three axes, where an argument may be one"""


ChosenWord: TypeAlias = tuple[Word, tuple[float, ...]]
"""A row with the parameters that were written, or its defaults."""

_DECLARATION = re.compile(r"\s*(?P<kind>\w+)\s*(?:\[(?P<sizes>[^\]]*)\])?(?P<words>.*)", re.DOTALL)
_WORD = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)(?:(?P<left>[\[(])(?P<given>[^\])]*)(?P<right>[\])]))?")


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
        made_by, _ = self.structure or self.entries
        return self.entries[0].exact if made_by.keeps_entries else made_by.exact

    def draw(self, np: Any, rng: Any, sizes: Mapping[str, int]) -> Any:
        """One value, float64, of the shape that `sizes` gives."""

        def entries(shape: tuple[int, ...]) -> Any:
            word, parameters = self.entries
            return np.asarray(word.draw(np, rng, shape, parameters), dtype=np.float64)

        shape = tuple(size.at(sizes) for size in self.shape)
        if self.structure is None:
            return entries(shape)
        word, parameters = self.structure
        return word.draw(np, rng, entries, shape, parameters)


def sizes_of(given: Iterable[tuple[str, Domain]], inputs: Mapping[str, Any]) -> dict[str, int]:
    """The number that every symbol is at one point, read off the shapes of its inputs."""
    return {
        size.symbol: length - size.offset
        for name, domain in given
        for size, length in zip(domain.shape, inputs[name].shape, strict=True)
        if size.symbol
    }


def parse(text: str, ranges: Ranges, *, stacks: bool = False) -> Domain:
    """The domain written in `text`, of an argument that may be a stack of matrices or not. Raises LanguageError with
    the offset of the fault."""
    kinds = {**KINDS, STACK: 3} if stacks else KINDS
    found = _DECLARATION.match(text)
    if found is None or found["kind"] not in kinds:
        indent = len(text) - len(text.lstrip())
        word = text.strip().split("[")[0].split(" ")[0][:40]
        raise LanguageError(f"unknown kind of argument `{word}`" + nearest(word, kinds), indent)
    kind = found["kind"]
    shape = _shape(kind, kinds[kind], found["sizes"], ranges)
    entries: ChosenWord = (WORDS["normal"], ())
    structure: ChosenWord | None = None
    for chosen in _words(found["words"], found.start("words"), kind):
        if chosen[0].structure:
            _require_sizes(chosen[0], shape, ranges)
            structure = chosen
        else:
            entries = chosen
    return Domain(kind, shape, entries, structure)


def _shape(kind: str, axes: int, sizes: str | None, ranges: Ranges) -> Shape:
    parts = [part.strip() for part in sizes.split(",")] if sizes else []
    if len(parts) != axes:
        raise LanguageError(f"a {kind} has {axes} sizes in brackets, {len(parts)} given")
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
    places: list[int] = []
    position = 0
    while text[position:].strip():
        found = _WORD.match(text, position)
        if found is None:
            position += len(text[position:]) - len(text[position:].lstrip())
            raise LanguageError(f"`{text[position:].strip()}` is not a domain word", offset + position)
        places.append(offset + found.start("name"))
        words.append(_word(found, places[-1], kind))
        position = found.end()
    if len({word.structure for word, _ in words}) < len(words):
        raise LanguageError("at most one word about the entries and one about the structure can be given", offset)
    _require_heard(words, places)
    return words


def _require_heard(words: list[ChosenWord], places: list[int]) -> None:
    """A word about the entries says nothing beside a structure that makes its own."""
    makers = [word.name for word, _ in words if word.structure and not word.keeps_entries]
    for (word, _), place in zip(words, places, strict=True):
        if makers and not word.structure:
            text = f"`{makers[0]}` makes its own entries, so `{word.name}` would say nothing; leave it out"
            raise LanguageError(text, place)


def _word(found: re.Match[str], offset: int, kind: str) -> ChosenWord:
    name, given = found["name"], found["given"]
    if name not in WORDS:
        raise LanguageError(f"unknown domain word `{name}`" + nearest(name, WORDS), offset)
    word = WORDS[name]
    if kind not in word.kinds and (kind != STACK or word.structure):
        raise LanguageError(f"`{name}` is said of a {' or '.join(word.kinds)}, not of a {kind}", offset)
    if given is None:
        return word, word.defaults
    numbers = _numbers(word, given, offset)
    meant = word.numbers
    if found["left"] + found["right"] != meant.brackets:
        brackets = "square" if meant.brackets == "[]" else "round"
        write = f"{name}{meant.brackets[0]}{given}{meant.brackets[1]}"
        text = f"a {meant.meaning} stands in {brackets} brackets: write `{write}`, not `{found[0].strip()}`"
        raise LanguageError(text, offset)
    return word, numbers


def _numbers(word: Word, given: str, offset: int) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in given.split(","))
    except ValueError:
        numbers = ()
    count = len(word.defaults)
    if not count or len(numbers) != count:
        raise LanguageError(f"`{word.name}` takes {count} number{'s' * (count != 1)}, `{given}` given", offset)
    meant = word.numbers
    if not all(meant.low <= number <= meant.high for number in numbers):
        between = f"lies between {meant.low:g} and {meant.high:g}"
        raise LanguageError(f"the {meant.meaning} of `{word.name}` {between}, `{given}` given", offset)
    if count == 2 and numbers[0] >= numbers[1]:
        raise LanguageError(f"`{word.name}[{given}]` is an empty range; write the smaller number first", offset)
    if word.exact and not all(number.is_integer() for number in numbers):
        raise LanguageError(f"`{word.name}[{given}]` is a range of whole numbers; write whole ends", offset)
    return numbers


def _require_sizes(word: Word, shape: Shape, ranges: Ranges) -> None:
    """Square where it has to be, and large enough to mean anything."""
    if word.square and shape[0] != shape[1]:
        raise LanguageError(f"`{word.name}` is said of a square matrix, this one is {shape[0]} by {shape[1]}")
    last = shape[-1]
    smallest = last.offset + (ranges[last.symbol][0] if last.symbol else 0)
    if smallest >= word.smallest:
        return
    if word.square:
        text = f"a {smallest} by {smallest} matrix is never {word.name}"
    else:
        text = f"`{word.name}` of size {smallest} is always the same"
    remedy = f"let {last} start at {word.smallest}" if last.symbol else f"write at least {word.smallest}"
    raise LanguageError(f"{text}; {remedy}")
