"""The code cells of a notebook, in order. Nothing else of it is ever looked at: no outputs, HTML, widgets, metadata.

Read by ourselves, because that is two places in a JSON document, and a library that makes objects of everything else
can be made to take gigabytes: format 4 holds `cells`, formats 2 and 3 hold `worksheets` with `cells`, and a code cell
holds its text as `source`, before format 4 as `input`, in one piece or in lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from grader.errors import StudentFault
from grader.intake.budget import MAX_NOTEBOOK, require_size

_MAX_CELLS = 2000
_MAX_BRACKETS = 4_000_000
"""Each is an object of Python's, of some 64 bytes, as soon as the file is read."""


class _Unreadable(Exception):
    """Why it is no notebook, in a few words."""


def code_cells(content: bytes, name: str) -> tuple[tuple[str, bytes], ...]:
    """(label, source) of every code cell that is not empty. Raises StudentFault."""
    try:
        sources = _sources(require_size(content, MAX_NOTEBOOK, name))
    except _Unreadable as reason:
        raise StudentFault(
            f"{name} is not a readable notebook ({reason}); open it, save it again and hand it in"
        ) from None
    units = tuple(
        (f"cell {number}", text.encode("utf-8", "replace")) for number, text in enumerate(sources, 1) if text.strip()
    )
    if not units:
        raise StudentFault(f"{name} has no code cells; write your solution into code cells and save the notebook")
    if len(units) > _MAX_CELLS:
        raise StudentFault(f"{name} has {len(units)} code cells, at most {_MAX_CELLS} are taken")
    return units


def _sources(content: bytes) -> list[str]:
    """The text of every code cell. Raises _Unreadable."""
    notebook = _parsed(content)
    if not isinstance(notebook, dict):
        raise _Unreadable("it is JSON, but holds no cells")
    version = notebook.get("nbformat")
    if type(version) is not int or version not in (2, 3, 4):
        raise _Unreadable(f"its format is {str(version)[:20]}, formats 2 to 4 are known")
    cells = _list(notebook, "cells") if version == 4 else list(_cells_of_sheets(notebook))
    key = "source" if version == 4 else "input"
    return [_text(cell, key) for cell in cells if _is_code(cell)]


def _parsed(content: bytes) -> Any:
    if content.count(b"{") + content.count(b"[") > _MAX_BRACKETS:
        raise _Unreadable("it holds millions of pieces; clear its outputs")
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _Unreadable("it is not JSON") from None


def _list(holder: Any, key: str) -> list[Any]:
    found = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(found, list):
        raise _Unreadable(f"its {key} are no list")
    return found


def _cells_of_sheets(notebook: dict[str, Any]) -> Iterator[Any]:
    for sheet in _list(notebook, "worksheets"):
        yield from _list(sheet, "cells")


def _is_code(cell: Any) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        raise _Unreadable("one of its cells has no type")
    return bool(cell["cell_type"] == "code")


def _text(cell: dict[str, Any], key: str) -> str:
    text = cell.get(key, "")
    lines = [text] if isinstance(text, str) else text
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise _Unreadable(f"the {key} of one of its cells is no text")
    return "".join(lines)
