"""`graphs:` of an autodiff task: words, each with what it takes."""

from __future__ import annotations

from typing import Any

from grader.domain.autodiff import CHAINED, FIXED_WORDS, FORWARD, RANDOM_WORD, SIZED_WORDS, GraphCheck
from grader.specs.interface import Blame
from reference.language import nearest

WORDS = (*FIXED_WORDS, *SIZED_WORDS, RANDOM_WORD)
_LARGEST = {"doubling": 1000, "chain": 1_000_000, "nodes": 400, "count": 50}
_LARGEST_TOGETHER = 10_000
_NEEDS = {
    **dict.fromkeys(FIXED_WORDS, ("add", "mul")),
    "nested": ("mul", "add"),
    "doubling": ("add",),
    RANDOM_WORD: ("add", "mul"),
}
_MODES = {"backward-twice": "reverse", "nested": FORWARD}


def read_graphs(items: list[Any], mode: str, ops: list[str], blame: Blame) -> tuple[GraphCheck, ...]:
    """The checks, with every fault blamed."""
    found: list[GraphCheck] = []
    for number, item in enumerate(items):
        key = ("graphs", number)
        check = _read(item, key, blame)
        if check is None:
            continue
        if check.word in [other.word for other in found]:
            blame(key, f"`{check.word}` stands here twice")
        _require(check.word, mode, ops, key, blame)
        found.append(check)
    return tuple(found)


def _read(item: Any, key: tuple[str | int, ...], blame: Blame) -> GraphCheck | None:
    word, given = next(iter(item.items()), ("", None)) if isinstance(item, dict) else (item, None)
    if not isinstance(word, str) or word not in WORDS or (isinstance(item, dict) and len(item) != 1):
        blame(key, f"unknown graph `{word}`" + nearest(str(word), WORDS))
        return None
    if word in FIXED_WORDS:
        if given is not None:
            blame(key, f"`{word}` takes nothing; write the word alone")
        return GraphCheck(word)
    if word in SIZED_WORDS:
        size = _whole(given, _LARGEST[word])
        if size is None:
            blame(key, f"`{word}` takes a whole number from 1 to {_LARGEST[word]}, as in `{{{word}: 40}}`")
        return GraphCheck(word, size or 1)
    return _random(given, key, blame)


def _random(given: Any, key: tuple[str | int, ...], blame: Blame) -> GraphCheck | None:
    sizes = {name: _whole(given.get(name), _LARGEST[name]) if isinstance(given, dict) else None for name in _SIZES}
    nodes, count = sizes["nodes"], sizes["count"]
    if nodes is None or count is None or set(given) != set(_SIZES) or nodes * count > _LARGEST_TOGETHER or nodes < 4:
        blame(
            key,
            "`random-dag` takes `{nodes: 200, count: 30}`: 4 to 400 nodes, 1 to 50 graphs, together at most "
            f"{_LARGEST_TOGETHER} nodes",
        )
        return None
    return GraphCheck(RANDOM_WORD, nodes, count)


_SIZES = ("nodes", "count")


def _whole(text: Any, largest: int) -> int | None:
    if isinstance(text, str) and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= largest:
        return int(text)
    return None


def _require(word: str, mode: str, ops: list[str], key: tuple[str | int, ...], blame: Blame) -> None:
    if _MODES.get(word, mode) != mode:
        blame(key, f"`{word}` is about {_MODES[word]} mode")
    if word == "chain":
        if not set(ops) & set(CHAINED):
            blame(key, f"`chain` needs one of {', '.join(CHAINED)} among `ops`")
        return
    missing = [op for op in _NEEDS[word] if op not in ops]
    if missing:
        blame(key, f"`{word}` needs {' and '.join(missing)} among `ops`")
