"""From a path to a Submission: a .py, an .ipynb, a .zip or a folder."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from grader.domain.submission import Submission
from grader.errors import StudentFault
from grader.intake.archive import Files, read_file, read_folder, read_zip
from grader.intake.budget import MAX_ARCHIVE, MAX_NOTEBOOK, MAX_SOURCE, require_size
from grader.intake.door import TYPES, require_acceptable
from grader.intake.notebook import code_cells


def read_path(path: Path, file: str) -> Submission:
    """The submission at `path`, for an assignment that asks for `file`. Raises StudentFault."""
    try:
        if path.is_dir():
            return read_files(read_folder(path), path.resolve().name, file)
        content = read_file(path, MAX_ARCHIVE)
    except OSError as error:
        raise StudentFault(f"{path} cannot be read: {error.strerror}; hand in {TYPES}") from None
    return read_bytes(content, path.name, file)


def read_files(files: Files, name: str, file: str) -> Submission:
    """The submission in the files of a folder. Raises StudentFault."""
    return _from_files(files, name, file, _digest_of(files))


def read_bytes(content: bytes, name: str, file: str) -> Submission:
    """The submission in `content`, uploaded as `name`. Raises StudentFault."""
    digest = hashlib.sha256(content).hexdigest()
    suffix = require_acceptable(content, name)
    if suffix == ".zip":
        return _from_files(read_zip(content, name), name, file, digest)
    return (_notebook if suffix == ".ipynb" else _source)(content, name, file, digest)


def _digest_of(files: Files) -> str:
    """Of names and contents, each with its length, so that no other cut of the same bytes looks the same."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode("utf-8", "surrogateescape"), files[name]):
            digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)


def _source(content: bytes, name: str, file: str, digest: str, others: Files | None = None) -> Submission:
    further = tuple((others or {}).items())
    return Submission(digest, (name,), _now(), PurePosixPath(file).stem, ((file, content),), False, further)


def _notebook(content: bytes, name: str, file: str, digest: str, others: Files | None = None) -> Submission:
    further = tuple((others or {}).items())
    return Submission(digest, (name,), _now(), PurePosixPath(file).stem, code_cells(content, name), True, further)


def _from_files(files: Files, name: str, file: str, digest: str) -> Submission:
    """In an archive or folder the names count: `file`, or a notebook of that name, at the top or in one folder."""
    if not files:
        raise StudentFault(f"{name} holds no files; it must hold {file}")
    files = _without_single_folder(files)
    notebook = str(PurePosixPath(file).with_suffix(".ipynb"))
    entry = file if file in files else notebook
    if entry not in files:
        present = ", ".join(sorted(files)[:8])
        raise StudentFault(f"{name} holds no {file} or {notebook}; it holds {present}")
    others = {other: content for other, content in files.items() if other != entry}
    read = _source if entry == file else _notebook
    limit = MAX_SOURCE if entry == file else MAX_NOTEBOOK
    submission = read(require_size(files[entry], limit, entry), entry, file, digest, others)
    both = entry == file and notebook in files
    remarks = (f"{name} holds {file} and {notebook}; {file} was graded",) if both else ()
    return replace(submission, files=tuple(sorted(files)), remarks=remarks)


def _without_single_folder(files: Files) -> Files:
    """Archives are often one folder; its name does not matter."""
    tops = {name.partition("/")[0] for name in files}
    if len(tops) == 1 and all("/" in name for name in files):
        return {name.partition("/")[2]: content for name, content in files.items()}
    return files
