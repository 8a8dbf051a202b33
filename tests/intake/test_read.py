"""From a path or an upload to a Submission; nothing of it is ever parsed as Python here."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.errors import StudentFault
from grader.intake.read import read_bytes, read_path


def notebook(*sources: Any, **extra: Any) -> bytes:
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for source in sources
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells, **extra}).encode()


def archive(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


SOURCE = b"def f(): return 1\n"


def test_a_single_file_is_taken_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "Homework 3 (final).PY"
    path.write_bytes(SOURCE)
    read = read_path(path, "solution.py")
    assert read.units == (("solution.py", SOURCE),)
    assert (read.entry, read.notebook, read.files) == ("solution", False, ("Homework 3 (final).PY",))
    assert read.sha256 == hashlib.sha256(SOURCE).hexdigest()


def test_code_cells_become_units_in_order() -> None:
    content = json.loads(notebook("x = 1", ["y = 2\n", "z = 3"], "  \n"))
    content["cells"].insert(1, {"cell_type": "markdown", "metadata": {}, "source": "<script>"})
    read = read_bytes(json.dumps(content).encode(), "a.ipynb", "solution.py")
    assert read.units == (("cell 1", b"x = 1"), ("cell 2", b"y = 2\nz = 3"))
    assert (read.entry, read.notebook) == ("solution", True)


def test_notebooks_of_format_3_are_read() -> None:
    cells = [{"cell_type": "code", "input": "x = 1", "outputs": [], "language": "python", "metadata": {}}]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells, "metadata": {}}]}
    assert read_bytes(json.dumps(old).encode(), "a.ipynb", "solution.py").units == (("cell 1", b"x = 1"),)


def test_names_count_in_an_archive_and_one_folder_around_it_does_not() -> None:
    content = archive(top__solution_dot_py=SOURCE, top__helper_dot_py=b"h = 1\n")
    read = read_bytes(content, "s.zip", "solution.py")
    assert read.units == (("solution.py", SOURCE),)
    assert read.others == (("helper.py", b"h = 1\n"),)
    assert read.files == ("helper.py", "solution.py")


def test_a_python_file_comes_before_a_notebook_of_that_name() -> None:
    both = archive(solution_dot_py=SOURCE, solution_dot_ipynb=notebook("x = 1"))
    read = read_bytes(both, "s.zip", "solution.py")
    assert not read.notebook
    assert read.remarks == ("s.zip holds solution.py and solution.ipynb; solution.py was graded",)
    assert read_bytes(archive(solution_dot_ipynb=notebook("x = 1")), "s.zip", "solution.py").notebook


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "solution.py").write_bytes(SOURCE)
    first = read_path(tmp_path, "solution.py")
    assert first.units == (("solution.py", SOURCE),)
    (tmp_path / "more.py").write_bytes(SOURCE)
    assert read_path(tmp_path, "solution.py").sha256 != first.sha256


@pytest.mark.parametrize("source", [b"\0\0", b"\xff\xfe", b"# coding: latin-9\n\xa4", b"(" * 1000, b"while True: pass"])
def test_python_is_passed_on_unread(source: bytes) -> None:
    assert read_bytes(source, "a.py", "solution.py").units == (("solution.py", source),)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        pytest.param(b"", "a.py", "a.py is empty; hand in the file with your solution", id="0 bytes"),
        pytest.param(b" \n\t", "a.py", "a.py is empty", id="white space"),
        pytest.param(b"x" * (50 << 20), "a.py", "a.py is larger than 1 MiB", id="50 MB"),
        pytest.param(b"x" * (21 << 20), "a.zip", "a.zip is larger than 20 MiB", id="large archive"),
        pytest.param(SOURCE, "a.docx", "a.docx is none of the files that can be graded; hand in a .py", id="type"),
        pytest.param(SOURCE, "solution", "is none of the files that can be graded", id="no suffix"),
        pytest.param(b"{nonsense", "a.ipynb", "a.ipynb is not a readable notebook", id="bad JSON"),
        pytest.param(b"[1, 2]", "a.ipynb", "a.ipynb is not a readable notebook", id="other JSON"),
        pytest.param(b'"text"', "a.ipynb", "a.ipynb is not a readable notebook", id="JSON text"),
        pytest.param(b"\xff\xff{}", "a.ipynb", "a.ipynb is not a readable notebook", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "a.ipynb", "a.ipynb is not a readable notebook", id="deep JSON"),
        pytest.param(notebook(cells=5), "a.ipynb", "a.ipynb is not a readable notebook", id="cells are a number"),
        pytest.param(notebook(cells=None), "a.ipynb", "a.ipynb is not a readable notebook", id="cells are nothing"),
        pytest.param(notebook(), "a.ipynb", "a.ipynb has no code cells", id="no cells"),
        pytest.param(notebook(*["x"] * 2001), "a.ipynb", "has 2001 code cells, at most 2000", id="many cells"),
        pytest.param(archive(notes_dot_txt=b"x"), "a.zip", "holds no solution.py or solution.ipynb", id="other files"),
        pytest.param(archive(), "a.zip", "a.zip holds no files; it must hold solution.py", id="empty archive"),
        pytest.param(archive(solution_dot_py=b""), "a.zip", "solution.py is empty", id="empty file in archive"),
    ],
)
def test_what_cannot_be_graded_is_told_with_the_remedy(content: bytes, name: str, message: str) -> None:
    with pytest.raises(StudentFault) as refusal:
        read_bytes(content, name, "solution.py")
    assert message in str(refusal.value)


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StudentFault, match="cannot be read: No such file or directory; hand in a"):
        read_path(tmp_path / "nothing.py", "solution.py")


def test_lines_of_a_submission() -> None:
    read = read_bytes(b"one\n  two  \n", "a.py", "solution.py")
    assert [read.line("solution.py", number) for number in (0, 1, 2, 3, 99)] == ["", "one", "two", "", ""]
    assert read.line("nothing.py", 1) == ""
