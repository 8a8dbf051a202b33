"""Texts with something changed."""

from __future__ import annotations


def changed(source: str, *changes: tuple[str, str]) -> str:
    """The source with each (old, new) replaced; `old` must stand in it once, so that no change is lost."""
    for old, new in changes:
        assert source.count(old) == 1, (source.count(old), old)
        source = source.replace(old, new)
    return source
