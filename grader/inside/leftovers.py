"""What a child left in a folder: counted and removed, without opening any of it and however deep it is nested."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
from collections.abc import Generator, Iterator

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_DEEPEST = 32
_PIECE = 256


class Count:
    """Counts what is in a folder again and again, a piece at a time: whoever counts has others to watch meanwhile.

    Nothing is reached by its path, so that nesting costs nothing, and deeper than `_DEEPEST` is too deep.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._found = _sizes(folder)
        self._entries = self._bytes = 0

    def restart(self) -> None:
        """Begin anew, and close what is open."""
        self._found.close()
        self._found = _sizes(self._folder)
        self._entries = self._bytes = 0

    def go_on(self, most_bytes: int, most_entries: int) -> bool | None:
        """Count a few entries more: True once there is too much, False when all were counted, None while neither is
        known."""
        left = _PIECE
        try:
            for size in self._found:
                self._entries += 1
                self._bytes += size
                if self._entries > most_entries or self._bytes > most_bytes:
                    return True
                left -= 1
                if not left:
                    return None
        except _TooDeep:
            return True
        self.restart()
        return False


class _TooDeep(Exception):
    """There is a folder below which nobody counts."""


def _sizes(folder: str) -> Generator[int, None, None]:
    yield from _sizes_below(os.open(folder, _FOLDER), _DEEPEST)


def _sizes_below(folder: int, deepest: int) -> Generator[int, None, None]:
    """Bytes of each entry of this open folder, which is closed at the end, and of those in it."""
    try:
        with os.scandir(folder) as listing:
            for entry in listing:
                # It may be gone or another one by now.
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    yield entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        if not deepest:
                            raise _TooDeep
                        yield from _sizes_below(os.open(entry.name, _FOLDER, dir_fd=folder), deepest - 1)
    finally:
        os.close(folder)


def remove_below(folder: str) -> None:
    """Remove all that this user owns. Nothing else may be at work there.

    What lies in a folder is first moved out of it: so no path gets long, and no recursion deep.
    """
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fresh = map("{}-{}".format, itertools.repeat(os.urandom(8).hex()), itertools.count())
    try:
        names = os.listdir(top)
        while names:
            names = [moved for name in names for moved in _remove(top, name, fresh)]
    finally:
        os.close(top)


def _remove(top: int, name: str, fresh: Iterator[str]) -> list[str]:
    """Remove an entry of `top`; the names there of what it held."""
    if not stat.S_ISDIR(os.stat(name, dir_fd=top, follow_symlinks=False).st_mode):
        os.unlink(name, dir_fd=top)
        return []
    os.chmod(name, 0o700, dir_fd=top)
    inner = os.open(name, _FOLDER, dir_fd=top)
    try:
        moved = [_move_out(inner, held, top, next(fresh)) for held in os.listdir(inner)]
    finally:
        os.close(inner)
    os.rmdir(name, dir_fd=top)
    return moved


def _move_out(inner: int, name: str, top: int, wanted: str) -> str:
    if stat.S_ISDIR(os.stat(name, dir_fd=inner, follow_symlinks=False).st_mode):
        # A folder that moves is written to: it holds the way up.
        os.chmod(name, 0o700, dir_fd=inner)
    os.rename(name, wanted, src_dir_fd=inner, dst_dir_fd=top)
    return wanted
