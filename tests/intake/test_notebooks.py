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
        pytest.param(b'{"cells": [', "Notebook does not appear to be JSON", id="cut off"),
        pytest.param(b"null", "'NoneType' object has no attribute", id="null"),
        pytest.param(notebook(nbformat=5), "Unsupported nbformat version 5", id="version of the future"),
        pytest.param(notebook(nbformat="4"), "Unsupported nbformat version", id="version as text"),
        pytest.param(notebook(nbformat={}), "unhashable", id="version as an object"),
        pytest.param(b'{"nbformat": ' + b"9" * 5000 + b"}", "does not appear to be JSON", id="version of many digits"),
        pytest.param(b'{"nbformat": 4}', "(", id="no cells at all"),
        pytest.param(notebook(cells={}), "its cells are no list", id="cells as an object"),
        pytest.param(notebook("x = 1"), "(", id="cell as text"),
        pytest.param(notebook({"source": "x"}), "(", id="cell without a type"),
        pytest.param(json.dumps(WORKSHEET).encode(), "missing an expected key: worksheets", id="format 3, empty"),
        pytest.param(json.dumps(WORKSHEET | {"worksheets": [5]}).encode(), "no attribute 'cells'", id="format 3, odd"),
        pytest.param(b'{"a":' * NESTED, "does not appear to be JSON", id="deep objects"),
        pytest.param(
            b'{"nbformat":4,"cells":[{"source":' + b"[" * 10**5 + b"]" * 10**5 + b"}]}",
            "does not appear to be JSON",
            id="deep and valid",
        ),
    ],
)  # fmt: skip
def test_what_is_no_notebook(content: bytes, reason: str) -> None:
    with pytest.raises(StudentFault) as refusal:
        units(content)
    assert str(refusal.value).startswith("a.ipynb is not a readable notebook (")
    assert str(refusal.value).endswith(("save it again", "save it again and hand it in"))
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
