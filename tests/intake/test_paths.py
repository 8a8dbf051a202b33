"""Submissions as files and folders on a disk, and that no line of them is ever run."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from grader.errors import StudentFault
from grader.intake.archive import read_file
from grader.intake.read import read_path

SOURCE = b"def f(): return 1\n"


def folder_of(parent: Path, files: dict[str, bytes]) -> Path:
    folder = parent / f"hand-in-{len(list(parent.iterdir()))}"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_a_folder_keeps_the_names_of_its_other_files(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"solution.py": SOURCE, "sub/data.csv": b"", "__pycache__/a.pyc": b"x", ".git/x": b""})
    read = read_path(folder, "solution.py")
    assert read.units == (("solution.py", SOURCE),)
    assert read.others == (("sub/data.csv", b""),)
    assert read.files == ("solution.py", "sub/data.csv")
    assert (read.entry, read.remarks, read.received.utcoffset()) == ("solution", (), timedelta(0))


def test_the_only_folder_within_a_folder_is_entered(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"homework/solution.py": SOURCE, "homework/sub/a.py": b"a"})
    assert read_path(folder, "solution.py").files == ("solution.py", "sub/a.py")


def test_both_kinds_in_a_folder(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"solution.py": SOURCE, "solution.ipynb": b"not even a notebook"})
    read = read_path(folder, "solution.py")
    assert read.others == (("solution.ipynb", b"not even a notebook"),)
    assert read.remarks == (f"{folder.name} holds solution.py and solution.ipynb; solution.py was graded",)


def test_the_same_files_are_the_same_submission(tmp_path: Path) -> None:
    first = read_path(folder_of(tmp_path, {"solution.py": SOURCE, "b.py": b"b"}), "solution.py")
    assert read_path(folder_of(tmp_path, {"b.py": b"b", "solution.py": SOURCE}), "solution.py").sha256 == first.sha256


def test_other_files_are_another_submission_however_they_are_cut(tmp_path: Path) -> None:
    """The bytes of both folders are the same when names and contents are written one after the other."""
    two = folder_of(tmp_path, {"solution.py": SOURCE, "z.py": b"z"})
    one = folder_of(tmp_path, {"solution.py": SOURCE + b"z.py\0z"})
    assert read_path(two, "solution.py").sha256 != read_path(one, "solution.py").sha256


def test_links_are_followed_only_where_they_are_what_is_handed_in(tmp_path: Path) -> None:
    real = folder_of(tmp_path, {"solution.py": SOURCE})
    (tmp_path / "link").symlink_to(real)
    (tmp_path / "link.py").symlink_to(real / "solution.py")
    assert read_path(tmp_path / "link", "solution.py").units == read_path(tmp_path / "link.py", "solution.py").units
    linked = folder_of(tmp_path, {"notes.txt": b"n"})
    (linked / "solution.py").symlink_to(real / "solution.py")
    (linked / "loop").symlink_to(linked)
    with pytest.raises(StudentFault, match=r"holds no solution\.py or solution\.ipynb; it holds notes\.txt"):
        read_path(linked, "solution.py")
    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        read_file(linked / "solution.py", 100, os.O_NOFOLLOW)


@pytest.mark.parametrize(("name", "limit"), [("solution.py", 1), ("a.ipynb", 20), ("a.zip", 20)])
def test_fifty_megabytes(tmp_path: Path, name: str, limit: int) -> None:
    with (tmp_path / name).open("wb") as file:
        file.write(b"x")
        file.truncate(50 << 20)
    with pytest.raises(StudentFault, match=rf"^{name} is larger than {limit} MiB; hand in the code alone"):
        read_path(tmp_path / name, "solution.py")


def test_a_source_within_a_folder_has_the_size_of_a_source(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"solution.py": b"#" * ((1 << 20) + 1)})
    with pytest.raises(StudentFault, match=r"^solution\.py is larger than 1 MiB"):
        read_path(folder, "solution.py")


def test_two_hundred_and_one_files(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {f"f{number}": b"" for number in range(201)})
    with pytest.raises(StudentFault, match="there are more than 200 files; hand in only those"):
        read_path(folder, "solution.py")


def test_a_fifo_or_a_missing_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "solution.py")
    with pytest.raises(StudentFault, match=r"solution\.py is not a regular file; hand in a \.py, \.ipynb, \.zip or"):
        read_path(tmp_path / "solution.py", "solution.py")
    with pytest.raises(StudentFault, match="cannot be read: File name too long"):
        read_path(tmp_path / ("n" * 300 + ".py"), "solution.py")


def test_the_folder_one_is_in_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StudentFault, match=rf"^{tmp_path.name} holds no files; it must hold solution\.py"):
        read_path(Path(), "solution.py")


def test_nothing_is_compiled_or_imported(tmp_path: Path) -> None:
    """An interpreter that reports every compilation and import of the student's files reports none before ours."""
    program = """
import sys
from pathlib import Path
from grader.intake.read import read_path
def hook(event, arguments):
    if event == "compile" and "MARKER" in repr(arguments[0]):
        print("compiled")
    if event == "import" and arguments[0] in ("solution", "helper"):
        print("imported")
sys.addaudithook(hook)
folder = Path(sys.argv[1])
read_path(folder, "solution.py")
source = read_path(folder / "solution.py", "solution.py").units[0][1]
print("read")
compile(source, "solution.py", "exec")
"""
    folder = folder_of(tmp_path, {"solution.py": b"import helper\nMARKER = 1 / 0\n", "helper.py": b"raise SystemExit"})
    command = [sys.executable, "-c", program, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "read\ncompiled\n"
