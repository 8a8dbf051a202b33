"""The YAML itself: what is no YAML, what YAML has and the format has not, and files made to hurt the reader."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from grader.errors import SpecError
from grader.specs.load import load
from tests.specs.writing import VALID, changed, problems, require_problem, write

DEEP = 100_000


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title: Demo", "title: Demo\n¤title: Demo", "the key `title` stands here twice"),
        ("penalty: 10%", "penalty: 9% per day, ¤penalty: 10%", "the key `penalty` stands here twice"),
        ("points: 5", "points: 5\n    ¤'points': 5", "the key `points` stands here twice"),
        ("m: 4..6", "m: 4..6, ¤m: 4..6", "the key `m` stands here twice"),
        ("title: Demo", "title: Demo\n¤[a, b]: 1", "a key is a word"),
        ("title: Demo", 'title: Demo\n¤"": 1', "a key is a word"),
        ("title: Demo", "title: ¤!!str Demo", "YAML tags such as `tag:yaml.org,2002:str` are not part of the format"),
        ("title: Demo", "title: ¤!!python/object/apply:os.abort x", "YAML tags such as"),
        ("late: {", "late: ¤! {", "YAML tags such as `!`"),
        ("title: Demo", "title: ¤*demo", "this is not YAML: found undefined alias"),
        ("title: Demo", "title: &a Demo\n¤<<: *a", "unknown key `<<`"),
        ("title: Demo", "title: ¤@demo", "this is not YAML: found character that cannot start any token"),
        ("title: Demo", "title: Demo¤: x", "this is not YAML: mapping values are not allowed"),
        ("title: Demo", "title: D\x07mo", "control characters are not allowed"),
        ("title: Demo", "title: D\0mo", "control characters are not allowed"),
    ],
)  # fmt: skip
def test_what_the_format_does_not_take(tmp_path: Path, old: str, new: str, words: str) -> None:
    marked = changed((old, new))
    require_problem(tmp_path, marked if "¤" in marked else "¤" + marked, words)


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        pytest.param(b"", 1, "the file is empty; an assignment starts with `format: 1`", id="empty"),
        pytest.param(b"# only\n# comments\n", 1, "the file is empty", id="comments"),
        pytest.param(VALID.replace("Demo", "Démo").encode("latin-1"), 3, "the file is not UTF-8 text", id="latin-1"),
        pytest.param(VALID.encode("utf-16"), 1, "the file is not UTF-8 text", id="UTF-16"),
        pytest.param((VALID + "---\n" + VALID).encode(), VALID.count("\n") + 1, "another document", id="two documents"),
        pytest.param(VALID.encode() + b"#" * (2 << 20), 1, "at most 1048576", id="2 MB"),
    ],
)
def test_files_that_are_no_assignment(tmp_path: Path, content: bytes, line: int, words: str) -> None:
    [(found, column, text)] = problems(tmp_path, content)
    assert (found, column) == (line, 1)
    assert words in text


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(LAUGHS, "the aliases of this file expand to too many values", id="billion laughs"),
        pytest.param("a: &a [*a]\n", "the aliases of this file expand to too many values", id="alias within itself"),
        pytest.param("a: &a {b: {c: *a}}\n", "the aliases of this file expand", id="alias deep within itself"),
        pytest.param("[" * DEEP, "nested more than 20 deep", id="brackets"),
        pytest.param("{a: " * DEEP, "nested more than 20 deep", id="braces"),
        pytest.param("- " * DEEP, "nested more than 20 deep", id="dashes"),
        pytest.param("[" * DEEP + "]" * DEEP, "nested more than 20 deep", id="closed brackets"),
        pytest.param("\n".join(" " * depth + "a:" for depth in range(1000)), "nested more than 20", id="indentation"),
        pytest.param("\n".join(f"k{number}: 1" for number in range(20_001)), "too many values", id="many keys"),
    ],
)
def test_files_that_would_exhaust_the_reader(tmp_path: Path, text: str, words: str) -> None:
    started = time.monotonic()
    assert words in problems(tmp_path, text)[0][2]
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: 1\n" * 2000, id="written often"),
        pytest.param(f"a: &a {{{'k: 1, ' * 200}}}\nb: [{'*a, ' * 200}]\n", id="multiplied by aliases"),
        pytest.param("title: !x\n" * 2000, id="tagged"),
    ],
)
def test_duplicate_keys_are_not_reported_without_end(tmp_path: Path, text: str) -> None:
    assert 0 < len(problems(tmp_path, text)) <= 50


def test_a_duplicate_key_behind_an_alias_is_one_problem(tmp_path: Path) -> None:
    text = changed(("limits: {wall: 5 s", "limits: &same {wall: 5 s, ¤wall: 5 s"), ("limits: {wall: 2 s, output: 16 KiB}", "limits: *same"))  # fmt: skip
    require_problem(tmp_path, text, "the key `wall` stands here twice")


@pytest.mark.parametrize("make", [pytest.param(Path.mkdir, id="a folder"), pytest.param(lambda path: None, id="nothing")])  # fmt: skip
def test_no_file_where_the_assignment_should_be(tmp_path: Path, make: object) -> None:
    folder = write(tmp_path, VALID)
    (folder / "assignment.yaml").unlink()
    assert callable(make)
    make(folder / "assignment.yaml")
    with pytest.raises(SpecError, match=r"assignment\.yaml:1:1: there is no assignment here: .*; give the folder that"):
        load(folder)


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="there is no assignment here: No such file or directory"):
        load(tmp_path / "nowhere")
