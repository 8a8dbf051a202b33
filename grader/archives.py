"""An assignment's folder as an archive: packed by whoever publishes it, read by web and workers. Loads no database."""

from __future__ import annotations

from pathlib import Path

from grader.domain.assignment import Assignment
from grader.domain.submission import Submission
from grader.errors import AuthorFault, StudentFault
from grader.intake.archive import Files, read_folder, read_zip, write_zip
from grader.intake.read import read_files
from grader.specs.load import FILE, load_from
from grader.specs.sources import Archive


def pack(folder: Path) -> bytes:
    """The files below a folder, under the folder's name. Raises AuthorFault."""
    try:
        files = read_folder(folder)
    except (StudentFault, OSError) as fault:
        raise AuthorFault(f"{folder} cannot be packed: {fault}") from None
    name = folder.resolve().name
    return write_zip({f"{name}/{path}": content for path, content in files.items()})


def repack(archive: bytes) -> bytes:
    """The same files in an archive whose bytes depend on nothing else. Raises AuthorFault."""
    return write_zip(_files(archive))


def specification(archive: bytes) -> Assignment:
    """The assignment in an archive. Raises AuthorFault, mostly as SpecError with every problem."""
    name, files = _folder_of(_files(archive))
    return load_from(Archive(files, name))


def part(archive: bytes, folder: str, file: str) -> Submission:
    """The author's own submission in `solution` or `starter`. Raises StudentFault where it cannot be read."""
    _, files = _folder_of(_files(archive))
    start = f"{folder}/"
    inner = {name.removeprefix(start): body for name, body in files.items() if name.startswith(start)}
    return read_files(inner, start, file)


def starter(archive: bytes, file: str) -> bytes:
    """What students begin with."""
    _, files = _folder_of(_files(archive))
    return files[f"starter/{file}"]


def _files(archive: bytes) -> Files:
    try:
        return read_zip(archive, "the archive")
    except StudentFault as fault:
        raise AuthorFault(f"This is not the folder of an assignment: {fault}.") from None


def _folder_of(files: Files) -> tuple[str, Files]:
    """The name of the one folder at the top, which is the assignment's id, and what is in it."""
    tops = {name.partition("/")[0] for name in files}
    if FILE in files or len(tops) != 1:
        return "", files
    return tops.pop(), {name.partition("/")[2]: content for name, content in files.items()}
