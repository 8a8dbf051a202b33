"""What a child left in a folder: counted and removed, without opening any of it and however deep it is nested."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import stat
from collections.abc import Generator, Iterator


def exceeds(folder: str, most_bytes: int, most_entries: int) -> bool:
    """Whether files and folders below `folder` are more than that. Looks no further than the first one too many.

    What is nested deeper than a path can say is too much, since nobody can count it.
    """
    size = 0
    with contextlib.closing(_walk(folder)) as found:
        try:
            for count, entry in enumerate(found, 1):
                size += _size(entry)
                if count > most_entries or size > most_bytes:
                    return True
        except OSError as error:
            return error.errno == errno.ENAMETOOLONG
    return False


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except FileNotFoundError:
        return 0


def _walk(folder: str) -> Generator[os.DirEntry[str], None, None]:
    waiting = [folder]
    while waiting:
        # A folder may be gone by now.
        with contextlib.suppress(FileNotFoundError), os.scandir(waiting.pop()) as listing:
            for entry in listing:
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


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
    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
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
