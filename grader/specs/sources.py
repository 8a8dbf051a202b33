"""Where the files of an assignment are: a folder on disk, or an archive that somebody published."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Source(Protocol):
    """The files of one assignment by relative name."""

    @property
    def name(self) -> str:
        """Of the folder, which is the assignment's id; empty where that is not known."""

    def shown(self, name: str) -> str:
        """How messages call a file."""

    def has(self, name: str) -> bool:
        """Whether there is such a regular file."""

    def read(self, name: str, limit: int) -> bytes:
        """At most `limit` bytes of a file. Raises OSError."""

    def below(self, folder: str) -> Iterator[str]:
        """The names of the regular files in a folder and the folders in it, relative to it, one after the other."""


@dataclass(frozen=True)
class Folder:
    """A folder on disk."""

    path: Path

    @property
    def name(self) -> str:
        """See Source."""
        return self.path.resolve().name

    def shown(self, name: str) -> str:
        """See Source."""
        return str(self.path / name)

    def has(self, name: str) -> bool:
        """See Source."""
        return (self.path / name).is_file()

    def read(self, name: str, limit: int) -> bytes:
        """See Source."""
        path = self.path / name
        if path.exists() and not path.is_file():  # a fifo would be waited for
            raise OSError(errno.EINVAL, "it is not a regular file")
        with path.open("rb") as file:
            return file.read(limit)

    def below(self, folder: str) -> Iterator[str]:
        """See Source."""
        for path in (self.path / folder).rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(self.path / folder).as_posix()


@dataclass(frozen=True)
class Archive:
    """Files in memory, out of an archive; `name` is that of the folder they were packed from."""

    files: Mapping[str, bytes]
    name: str = ""

    def shown(self, name: str) -> str:
        """See Source."""
        return f"{self.name}/{name}" if self.name else name

    def has(self, name: str) -> bool:
        """See Source."""
        return name in self.files

    def read(self, name: str, limit: int) -> bytes:
        """See Source."""
        if name not in self.files:
            raise OSError(errno.ENOENT, "No such file or directory")
        return self.files[name][:limit]

    def below(self, folder: str) -> Iterator[str]:
        """See Source."""
        return (name.removeprefix(f"{folder}/") for name in self.files if name.startswith(f"{folder}/"))
