"""Where in the file a fault within an expression is, however the expression is written in YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import SpecError
from grader.specs.load import load
from tests.specs.writing import MARK, changed, place, problems, require_problem, write

F = "f: r @ r"
BLOCK = "\n      "


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("f: r @ ¤Q", id="plain"),
        pytest.param("f:   r @ ¤Q  # a comment", id="plain with spaces and a comment"),
        pytest.param('f: "r @ ¤Q"', id="double quotes"),
        pytest.param("f: '  r @ ¤Q'", id="single quotes and spaces"),
        pytest.param(f"f: |{BLOCK}r @ ¤Q", id="literal block"),
        pytest.param(f"f: |{BLOCK}r @{BLOCK}¤Q", id="second line of a literal block"),
        pytest.param(f"f: |{BLOCK}r @{BLOCK}    ¤Q", id="indented line of a literal block"),
        pytest.param(f"f: |-  # a comment{BLOCK}{BLOCK}r @{BLOCK}¤Q", id="literal block with a comment and an empty line"),
        pytest.param(f"f: |2{BLOCK}  r @ ¤Q", id="literal block with its indentation written"),
        pytest.param(f"f: ¤r @{BLOCK}Q", id="plain over two lines"),
        pytest.param(f'f: ¤"r @{BLOCK}Q"', id="double quotes over two lines"),
        pytest.param(f"f: ¤>{BLOCK}r @{BLOCK}Q", id="folded block"),
        pytest.param("f: &f r @ ¤Q", id="with an anchor"),
    ],
)  # fmt: skip
def test_the_place_of_an_unknown_name(tmp_path: Path, written: str) -> None:
    require_problem(tmp_path, changed((F, written)), "unknown name `Q`")


def test_columns_count_characters(tmp_path: Path) -> None:
    require_problem(tmp_path, changed(("{note: inner, when: A.T @ r", '{note: inner, say: "é𝄞 ü", when: A.T @ ¤Q'), ('say: "What does x change inside of the square?"', "")), "unknown name `Q`")  # fmt: skip


def test_a_fault_that_is_used_twice_is_reported_where_it_is_written(tmp_path: Path) -> None:
    text = changed(("when: A.T @ r, say", 'when: &wrong "¤A @ r", say'), ('square?"}', 'square?"}\n      - {note: other, when: *wrong, say: x}'))  # fmt: skip
    require_problem(tmp_path, text, "shapes do not fit")


@pytest.mark.parametrize(
    ("begins", "line_end"), [pytest.param("", "\r\n", id="CRLF"), pytest.param("\ufeff", "\n", id="byte order mark")]
)
def test_files_of_other_editors(tmp_path: Path, begins: str, line_end: str) -> None:
    marked = changed(("points: 2\n", "points: ¤two\n"), (F, f"f: |{BLOCK}r @{BLOCK}¤¤Q"))
    places = [
        place(marked.replace(MARK * 2, "")),
        place(marked.replace("points: ¤", "points: ").replace(MARK * 2, MARK)),
    ]
    text = begins + marked.replace(MARK, "").replace("\n", line_end)
    assert [found[:2] for found in problems(tmp_path, text.encode())] == places


def test_all_problems_come_at_once_and_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = changed(
        ("when: A.T @ r", "when: A.T @ Q"), ("title: Demo", "title: Demo\ntitel: x"), ("format: 1", "format: 2"),
        ("per_day: 20", "per_day: often"), ("f: t**2", "f: t**Q"), ("wrt: x", "wrt: y"), ("file: solution.py", "file: other.py"),
        ("requires: square", "requires: cube"), ("limits: {wall: 2 s", "limits: {walls: 2 s"),
    )  # fmt: skip
    folder = write(tmp_path, text)
    with pytest.raises(SpecError) as caught:
        load(folder)
    lines = str(caught.value).splitlines()
    file = folder / "assignment.yaml"
    assert [line.partition(": ")[0] for line in lines] == [
        f"{file}:{row}:{text.splitlines()[row - 1].index(word) + 1}"
        for row, word in (
            (1, "2"), (4, "titel"), (5, "other.py"), (5, "other.py"), (9, "often"), (18, "Q"), (27, "cube"),
            (29, "walls"), (34, "y"), (42, "Q"),
        )
    ]  # fmt: skip
    assert [problem.file for problem in caught.value.problems] == [str(file)] * 10
    assert lines[2].endswith("there is no solution/other.py beside assignment.yaml")


def test_at_most_fifty_problems(tmp_path: Path) -> None:
    unknown = "".join(f"k{number}: 1\n" for number in range(100))
    assert len(problems(tmp_path, unknown + changed())) == 50
