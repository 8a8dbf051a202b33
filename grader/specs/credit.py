"""`credit:` of a task: what part of its points a check earns that fails with a note."""

from __future__ import annotations

import difflib

from grader.diagnosis.catalogue import CONDITIONS, FAKED, HINTS, OF_KIND
from grader.specs.nodes import Document, Path
from grader.specs.schema import TaskSpec


def check_credit(spec: TaskSpec, row: str, document: Document, path: Path) -> None:
    """Blame every note that does not exist, that this kind of task cannot give, or that earns nothing anywhere."""
    own = {item.note for item in getattr(spec, "misconceptions", ())}
    for note in spec.credit:
        text = _fault(note, row, own)
        if text:
            document.blame((*path, "credit", note), text, key=True)


def _fault(note: str, row: str, own: set[str]) -> str:
    if note in FAKED:
        return f"`{note}` is the note of a method in disguise, not of a mistake about derivatives; it earns nothing"
    possible = OF_KIND.get(row, {*HINTS, *CONDITIONS}) | own
    if note in possible:
        return ""
    if note in HINTS or note in CONDITIONS:
        kind, _, form = row.partition(".")
        return f"`{note}` is never found in a task of `kind: {kind}`" + (f" with `{form}`" if form else "")
    close = difflib.get_close_matches(note, sorted(possible), n=1, cutoff=0.6)
    return f"unknown note `{note}`" + (f"; did you mean `{close[0]}`?" if close else "; reports name the notes")
