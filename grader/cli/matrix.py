"""The table of typical wrong answers: each caught or not, with the note that a student would be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.gates import Mistakes
from reference.separation import note_of

_WIDTH = 30


@dataclass
class Tally:
    """How many there were so far, and what became of them."""

    caught: int = 0
    accepted: int = 0
    own: int = 0
    """told by the note of this very mistake"""
    same: int = 0
    """told by that of another mistake, which gives the same numbers here"""

    def rows(self, authored: Sequence[str], fared: Mistakes) -> Iterator[str]:
        """A line for every wrong answer of a group; `authored` are the notes that the author gave."""
        for name, told in fared.told.items():
            note = name if name in authored else note_of(name)
            self.caught += 1
            self.own += told == note
            self.same += told not in (note, None)
            yield self._row(name, "caught", f"told `{told}`" if told else "no note")
        for name in fared.accepted:
            self.accepted += 1
            yield self._row(name, "ACCEPTED", "")

    def _row(self, name: str, what: str, told: str) -> str:
        return f"        {name:{_WIDTH}} {what:9} {told}".rstrip() + "\n"

    def line(self) -> str:
        """The sum of it all."""
        of, told = self.caught + self.accepted, self.own + self.same
        share = f" ({100 * told / of:.0f} %)" if of else ""
        return (
            f"{self.caught} of {of} typical wrong answers caught, {told}{share} told by a note: {self.own} by their "
            f"own, {self.same} by that of another mistake with the same numbers"
        )
