"""CSV as RFC 4180 has it, that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@")
_CONTROLS = ("\t", "\r")


def harmless(cell: str | float) -> str | float:
    """Text that a spreadsheet would compute gets an apostrophe before it, which says there: this is text. Some
    spreadsheets look past blanks and take full-width signs for the usual ones. Numbers stay numbers."""
    if not isinstance(cell, str):
        return cell
    seen = unicodedata.normalize("NFKC", cell).lstrip()
    return f"'{cell}" if cell.startswith(_CONTROLS) or seen.startswith(_FORMULA) else cell


def to_csv(rows: Iterable[Iterable[str | float]]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it, CRLF between lines, text in quotes: else what a
    spreadsheet that splits at semicolons finds behind one could be a formula."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
