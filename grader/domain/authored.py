"""Tests that an author wrote in Python: run by pytest in a jail of their own, and never shown to students."""

from __future__ import annotations

from dataclasses import dataclass

Files = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class AuthoredTest:
    """A test function, which is a check."""

    name: str
    share: float
    """of the task's points, 0 to 1"""
    line: int


@dataclass(frozen=True)
class AuthoredFile:
    """A file of tests, with what is beside it and what passes it."""

    shown: str
    """how messages call it"""
    name: str
    """below the folder of the tests"""
    tests: tuple[AuthoredTest, ...]
    files: Files
    """of the folder"""
    entry: str
    """name of the module that is tested"""
    solution: Files
    """the author's own, the file that is handed in first"""
