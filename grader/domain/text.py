"""Text that came from a student, before anybody looks at it."""

from __future__ import annotations


def printable(text: str) -> str:
    """`text` without what could act on a terminal: control characters and directional overrides become '?'."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() or character in "\n\t" else "?" for character in text)
