"""CSV as RFC 4180 has it, that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str | float) -> str | float:
    """Text that a spreadsheet would compute gets an apostrophe before it, which says there: this is text. Numbers stay
    numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def to_csv(rows: Iterable[Iterable[str | float]]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it, CRLF between lines, quotes where they are needed."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
