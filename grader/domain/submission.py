"""What a student handed in. Immutable; the bytes are never interpreted outside of a sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

_LARGEST_SHOWN = 1 << 20
"""Bytes of a file whose lines are shown. A report may show hundreds of lines, and each costs reading the file."""


@dataclass(frozen=True)
class Submission:
    """The files of one submission, cut into the units that are run: a .py file, or the code cells of a notebook."""

    sha256: str
    files: tuple[str, ...]
    """names as handed in"""
    received: datetime
    entry: str
    """name of the module that the units define"""
    units: tuple[tuple[str, bytes], ...]
    """label and source; the label is what messages call it"""
    notebook: bool
    others: tuple[tuple[str, bytes], ...] = ()
    """further files of an archive or folder, which the units may import or read"""
    remarks: tuple[str, ...] = ()

    def line(self, label: str, number: int) -> str:
        """The text of a line of a unit or further file, stripped; empty where there is none."""
        content = dict(self.units).get(label) or dict(self.others).get(label) or b""
        if len(content) > _LARGEST_SHOWN:
            return ""
        lines = content.decode("utf-8", "replace").split("\n")
        return lines[number - 1].strip() if 1 <= number <= len(lines) else ""
