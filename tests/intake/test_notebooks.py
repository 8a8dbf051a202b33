"""Notebooks as they come out of many programs, and files that only claim to be one."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from grader.errors import StudentFault
from grader.intake.read import read_bytes

NESTED = 100_000


def cell(source: Any, **extra: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source, **extra}


def notebook(*cells: Any, **extra: Any) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells, **extra}).encode()


def units(content: bytes) -> tuple[tuple[str, bytes], ...]:
    return read_bytes(content, "a.ipynb", "solution.py").units


def test_labels_count_code_cells_including_empty_ones() -> None:
    markdown = {"cell_type": "markdown", "metadata": {}, "source": "# Title"}
    content = notebook(cell("a"), markdown, cell(" \n"), cell(["b\n", "c"]), {"cell_type": "raw", "metadata": {}})
    assert units(content) == (("cell 1", b"a"), ("cell 3", b"b\nc"))


@pytest.mark.parametrize(
    ("content", "source"),
    [
        pytest.param(b"\xef\xbb\xbf" + notebook(cell("é")), "é".encode(), id="byte order mark"),
        pytest.param(notebook(cell("a\ud800b")), b"a?b", id="half a character"),
        pytest.param(notebook(cell("a\0b")), b"a\0b", id="NUL"),
        pytest.param(notebook(cell("!curl x\n%%bash")), b"!curl x\n%%bash", id="shell lines"),
        pytest.param(notebook(cell("raise SystemExit")), b"raise SystemExit", id="code that ends a process"),
        pytest.param(notebook(cell("def f(:")), b"def f(:", id="code that does not compile"),
        pytest.param(notebook(cell("a"), nbformat_minor=99), b"a", id="minor version of the future"),
        pytest.param(notebook(cell("a"), metadata={"kernelspec": 5}), b"a", id="odd metadata"),
        pytest.param(notebook(cell("a", id="<script>")), b"a", id="odd id"),
        pytest.param(notebook(cell("a", outputs=[{"data": {"text/html": "<script>"}}])), b"a", id="odd outputs"),
    ],
)
def test_what_is_harmless_is_taken(content: bytes, source: bytes) -> None:
    assert units(content) == (("cell 1", source),)


def test_large_outputs_are_dropped() -> None:
    text = "x" * (15 << 20)
    content = notebook(cell("a", outputs=[{"output_type": "stream", "name": "stdout", "text": text}]))
    assert units(content) == (("cell 1", b"a"),)


WORKSHEET = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b'{"cells": [', "it is not JSON", id="cut off"),
        pytest.param(b"null", "holds no cells", id="null"),
        pytest.param(notebook(nbformat=5), "its format is 5, formats 2 to 4 are known", id="version of the future"),
        pytest.param(notebook(nbformat="4"), "its format is 4", id="version as text"),
        pytest.param(notebook(nbformat=True), "its format is True", id="version as a truth value"),
        pytest.param(notebook(nbformat={}), "its format is {}", id="version as an object"),
        pytest.param(notebook(nbformat=10**999), "its format is 1000", id="version of many digits"),
        pytest.param(b'{"nbformat": ' + b"9" * 5000 + b"}", "it is not JSON", id="version of too many digits"),
        pytest.param(b'{"nbformat": 4}', "its cells are no list", id="no cells at all"),
        pytest.param(notebook(cells={}), "its cells are no list", id="cells as an object"),
        pytest.param(notebook("x = 1"), "one of its cells has no type", id="cell as text"),
        pytest.param(notebook({"source": "x"}), "one of its cells has no type", id="cell without a type"),
        pytest.param(notebook({"cell_type": ["code"]}), "one of its cells has no type", id="type as a list"),
        pytest.param(notebook(cell({})), "the source of one of its cells is no text", id="source as an object"),
        pytest.param(notebook(cell([{}] * 9)), "the source of one of its cells is no text", id="source of objects"),
        pytest.param(notebook(cell(None)), "the source of one of its cells is no text", id="source that is null"),
        pytest.param(json.dumps(WORKSHEET).encode(), "its worksheets are no list", id="format 3, empty"),
        pytest.param(json.dumps(WORKSHEET | {"worksheets": [5]}).encode(), "its cells are no list", id="format 3, odd"),
        pytest.param(b'{"a":' * NESTED, "it is not JSON", id="deep objects"),
        pytest.param(
            b'{"nbformat":4,"cells":[{"source":' + b"[" * 10**5 + b"]" * 10**5 + b"}]}", "it is not JSON",
            id="deep and valid",
        ),
        pytest.param(b'{"nbformat":4,"cells":[' + b"{}," * 4_100_000 + b"0]}", "millions of pieces", id="millions"),
    ],
)  # fmt: skip
def test_what_is_no_notebook(content: bytes, reason: str) -> None:
    with pytest.raises(StudentFault) as refusal:
        units(content)
    assert str(refusal.value).startswith("a.ipynb is not a readable notebook (")
    assert str(refusal.value).endswith("open it, save it again and hand it in")
    assert reason in str(refusal.value)
    assert len(str(refusal.value)) < 250


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(notebook({"cell_type": "markdown", "metadata": {}, "source": "x = 1"}), id="text cells"),
        pytest.param(notebook(cell("\n"), cell("")), id="empty cells"),
    ],
)
def test_a_notebook_without_code(content: bytes) -> None:
    with pytest.raises(StudentFault, match=r"a\.ipynb has no code cells; write your solution into code cells"):
        units(content)


def test_two_thousand_cells_are_taken_and_a_hundred_thousand_refused_at_once() -> None:
    assert len(units(notebook(*[cell("a")] * 2000))) == 2000
    started = time.process_time()  # what it costs, on however busy a machine
    with pytest.raises(StudentFault, match="has 100000 code cells, at most 2000 are taken"):
        units(notebook(*[{"cell_type": "code", "metadata": {}, "outputs": [], "source": "a"}] * 100_000))
    assert time.process_time() - started < 5


def test_what_nobody_reads_costs_no_memory() -> None:
    """Metadata and outputs of megabytes, of which a library would make gigabytes."""
    import resource

    heavy: list[dict[str, str]] = [{} for _ in range(1_300_000)]
    code = {"cell_type": "code", "source": "x = 1", "metadata": {"a": heavy}, "outputs": heavy, "execution_count": None}
    content = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"b": heavy}, "cells": [{**code, "id": "a"}]})
    assert len(content) > 14 << 20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert units(content.encode()) == (("cell 1", b"x = 1"),)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 20  # KiB: less than a gigabyte more


def sheet(*cells: dict[str, Any]) -> bytes:
    return json.dumps(WORKSHEET | {"worksheets": [{"metadata": {}, "cells": cells}]}).encode()


def test_notebooks_before_format_4_are_read() -> None:
    heading = {"cell_type": "heading", "level": 10**30, "source": "x"}
    code = {"cell_type": "code", "language": "python", "input": ["a\n", "b"], "outputs": [], "collapsed": False}
    assert units(sheet(heading, code, {**code, "input": "c"})) == (("cell 1", b"a\nb"), ("cell 2", b"c"))


def test_a_minor_version_that_is_no_number_does_not_matter() -> None:
    content = json.loads(sheet({"cell_type": "code", "input": "a"})) | {"nbformat_minor": "x"}
    assert units(json.dumps(content).encode()) == (("cell 1", b"a"),)
    assert units(notebook(cell("a"), nbformat_minor=[])) == (("cell 1", b"a"),)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            sheet({"cell_type": "heading", "source": "x", "level": 150_000_000}), id="a heading of some level"
        ),
        pytest.param(sheet(*[{"cell_type": "html", "source": "x"}] * 100_000), id="many cells of another type"),
        pytest.param(notebook(*[{"cell_type": "raw"}] * 300_000), id="very many"),
    ],
)
def test_cells_that_are_no_code_cost_next_to_nothing(content: bytes) -> None:
    started = time.process_time()
    with pytest.raises(StudentFault, match="has no code cells"):
        units(content)
    assert time.process_time() - started < 2
