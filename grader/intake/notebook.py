"""The code cells of a notebook, in order. Outputs, HTML and widgets are never looked at."""

from __future__ import annotations

import json
from typing import Any

from grader.errors import StudentFault
from grader.intake.budget import MAX_NOTEBOOK, require_size

_MAX_CELLS = 2000


def code_cells(content: bytes, name: str) -> tuple[tuple[str, bytes], ...]:
    """(label, source) of every code cell that is not empty. Raises StudentFault."""
    cells = _cells(require_size(content, MAX_NOTEBOOK, name), name)
    sources = [_source(cell) for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    units = tuple(
        (f"cell {number}", text.encode("utf-8", "replace")) for number, text in enumerate(sources, 1) if text.strip()
    )
    if not units:
        raise StudentFault(f"{name} has no code cells; write your solution into code cells and save the notebook")
    if len(units) > _MAX_CELLS:
        raise StudentFault(f"{name} has {len(units)} code cells, at most {_MAX_CELLS} are taken")
    return units


def _cells(content: bytes, name: str) -> list[Any]:
    # Imported here: only notebooks need it, and it takes longer than grading a file.
    import nbformat
    from nbformat import reader

    read: Any = reader.reads
    convert: Any = nbformat.convert

    try:
        notebook = convert(read(json.dumps(_pruned(_parsed(content)))), 4)
        cells = notebook["cells"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error).split("\n")[0][:120] or type(error).__name__
        raise StudentFault(
            f"{name} is not a readable notebook ({reason}); open it, save it again and hand it in"
        ) from None
    except nbformat.ValidationError as error:
        raise StudentFault(f"{name} is not a readable notebook ({error.message[:120]}); save it again") from None
    if not isinstance(cells, list):
        raise StudentFault(f"{name} is not a readable notebook (its cells are no list); save it again")
    return cells


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("Notebook does not appear to be JSON") from None


def _pruned(notebook: Any) -> Any:
    """What is needed of a notebook. The library turns every mapping of outputs and metadata into an object of its own:
    of 20 MiB it would make gigabytes."""
    if not isinstance(notebook, dict):
        return notebook
    kept = {key: notebook[key] for key in ("nbformat", "nbformat_minor") if key in notebook}
    kept["metadata"] = {}
    if "cells" in notebook:
        kept["cells"] = _pruned_cells(notebook["cells"])
    sheets = notebook.get("worksheets")  # before format 4
    if isinstance(sheets, list):
        kept["worksheets"] = [
            {**sheet, "cells": _pruned_cells(sheet.get("cells")), "metadata": {}} if isinstance(sheet, dict) else sheet
            for sheet in sheets[:100]
        ]
    return kept


def _pruned_cells(cells: Any) -> Any:
    if not isinstance(cells, list):
        return cells
    return [_pruned_cell(cell) if isinstance(cell, dict) else str(cell)[:100] for cell in cells]


def _pruned_cell(cell: dict[str, Any]) -> dict[str, Any]:
    wanted = ("cell_type", "source", "input", "language", "level", "id")
    kept = {key: cell[key] for key in wanted if key in cell}
    return kept | {key: empty for key, empty in (("metadata", {}), ("outputs", [])) if key in cell}


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
