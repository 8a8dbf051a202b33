"""The regular files of a .zip or a folder, within budgets. Nothing is extracted to disk and no link is followed."""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from grader.errors import StudentFault
from grader.intake.budget import MAX_ARCHIVE, MAX_FILES, MAX_UNPACKED, MIB, require_size

Files: TypeAlias = dict[str, bytes]

_IGNORED_PARTS = ("__MACOSX", "__pycache__", ".git", ".ipynb_checkpoints", ".venv")
_PIECE = 1 << 16


def _safe_name(name: str) -> str | None:
    """A relative path below the archive, None for what is silently left out. Raises StudentFault."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not name.isprintable():
        raise StudentFault(f"the name {name!r} leads out of the archive or cannot be used; pack the files again")
    if len(path.parts) > 8 or len(name.encode("utf-8", "replace")) > 200:
        raise StudentFault(f"the name {name[:60]!r}... is too long or too deep; pack the files again")
    hidden = any(part in _IGNORED_PARTS or part.startswith(".") for part in path.parts)
    return None if hidden or not path.parts else str(path)


def _add(files: Files, name: str, content: bytes) -> None:
    if name in files:
        raise StudentFault(f"the name {name!r} stands in the archive twice; pack the files again")
    folders = {str(parent) for known in (*files, name) for parent in PurePosixPath(known).parents}
    if name in folders or folders & files.keys():
        raise StudentFault(f"the name {name!r} is that of a file and of a folder; pack the files again")
    files[name] = content
    if len(files) > MAX_FILES:
        raise StudentFault(f"there are more than {MAX_FILES} files; hand in only those that belong to the solution")
    if sum(map(len, files.values())) > MAX_UNPACKED:
        raise StudentFault(f"the files are larger than {MAX_UNPACKED // MIB} MiB together; leave data and outputs out")


# What the standard library raises on archives that were cut, changed or made up.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError,
    OverflowError, OSError, MemoryError,
)  # fmt: skip


def read_zip(content: bytes, name: str) -> Files:
    """The files of a zip archive by name. Raises StudentFault."""
    require_size(content, MAX_ARCHIVE, name)
    files: Files = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > 10 * MAX_FILES:
                raise StudentFault(f"{name} has {len(archive.infolist())} entries; hand in only the solution's files")
            for member in archive.infolist():
                _add_member(files, archive, member)
    except _DAMAGED as error:
        raise StudentFault(
            f"{name} is not a readable zip archive ({str(error)[:100] or 'it was cut short'}); pack it again"
        ) from None
    return files


def _add_member(files: Files, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    mode = member.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise StudentFault(f"{member.filename!r} is a link or a device; pack regular files only")
    if member.flag_bits & 1:
        raise StudentFault(f"{member.filename!r} is protected by a password; pack the files without one")
    # Others unpack a whole block, hundreds of megabytes, before a byte of it can be counted.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise StudentFault(f"{member.filename!r} is packed in an unusual way; pack the files again as an ordinary zip")
    name = _safe_name(member.filename.rstrip("/"))
    if name is None or member.is_dir():
        return
    left = MAX_UNPACKED - sum(map(len, files.values()))
    pieces = []
    # The sizes in an archive are claims; what comes out is counted.
    with archive.open(member) as stream:
        while piece := stream.read(_PIECE):
            pieces.append(piece)
            left -= len(piece)
            if left < 0:
                raise StudentFault(f"the archive unpacks to more than {MAX_UNPACKED // MIB} MiB; leave data out")
    _add(files, name, b"".join(pieces))


def write_zip(files: Files) -> bytes:
    """The files as an archive whose bytes depend on nothing but them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def read_folder(folder: Path) -> Files:
    """The regular files below a folder by relative name. Raises StudentFault."""
    files: Files = {}
    waiting = [folder]
    while waiting:
        for entry in sorted(os.scandir(waiting.pop()), key=lambda item: item.name):
            name = _safe_name(Path(entry.path).relative_to(folder).as_posix())
            if name is None or entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                _add(files, name, read_file(Path(entry.path), MAX_UNPACKED, os.O_NOFOLLOW))
    return files


def read_file(path: Path, limit: int, flags: int = 0) -> bytes:
    """At most `limit` + 1 bytes of a regular file: one more than allowed, so that too much is seen."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | flags)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise StudentFault(f"{path.name} is not a regular file; hand in a .py, .ipynb, .zip or a folder")
        return file.read(limit + 1)
