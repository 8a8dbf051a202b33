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


def folder_of(parent: Path, **files: bytes) -> Path:
    folder = parent / f"hand-in-{len(list(parent.iterdir()))}"
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_a_folder_keeps_the_names_of_its_other_files(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path, solution_dot_py=SOURCE, sub__data_dot_csv=b"", __pycache__a_dot_pyc=b"x", _dot_git__x=b""
    )
    read = read_path(folder, "solution.py")
    assert read.units == (("solution.py", SOURCE),)
    assert read.others == (("sub/data.csv", b""),)
    assert read.files == ("solution.py", "sub/data.csv")
    assert (read.entry, read.remarks, read.received.utcoffset()) == ("solution", (), timedelta(0))


def test_the_only_folder_within_a_folder_is_entered(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, homework__solution_dot_py=SOURCE, homework__sub__a_dot_py=b"a")
    assert read_path(folder, "solution.py").files == ("solution.py", "sub/a.py")


def test_both_kinds_in_a_folder(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, solution_dot_py=SOURCE, solution_dot_ipynb=b"not even a notebook")
    read = read_path(folder, "solution.py")
    assert read.others == (("solution.ipynb", b"not even a notebook"),)
    assert read.remarks == (f"{folder.name} holds solution.py and solution.ipynb; solution.py was graded",)


def test_the_same_files_are_the_same_submission(tmp_path: Path) -> None:
    first = read_path(folder_of(tmp_path, solution_dot_py=SOURCE, b_dot_py=b"b"), "solution.py")
    assert read_path(folder_of(tmp_path, b_dot_py=b"b", solution_dot_py=SOURCE), "solution.py").sha256 == first.sha256


def test_other_files_are_another_submission_however_they_are_cut(tmp_path: Path) -> None:
    """The bytes of both folders are the same when names and contents are written one after the other."""
    two = folder_of(tmp_path, solution_dot_py=SOURCE, z_dot_py=b"z")
    one = folder_of(tmp_path, solution_dot_py=SOURCE + b"z.py\0z")
    assert read_path(two, "solution.py").sha256 != read_path(one, "solution.py").sha256


def test_links_are_followed_only_where_they_are_what_is_handed_in(tmp_path: Path) -> None:
    real = folder_of(tmp_path, solution_dot_py=SOURCE)
    (tmp_path / "link").symlink_to(real)
    (tmp_path / "link.py").symlink_to(real / "solution.py")
    assert read_path(tmp_path / "link", "solution.py").units == read_path(tmp_path / "link.py", "solution.py").units
    linked = folder_of(tmp_path, notes_dot_txt=b"n")
    (linked / "solution.py").symlink_to(real / "solution.py")
    (linked / "loop").symlink_to(linked)
    with pytest.raises(StudentFault, match=r"holds no solution\.py or solution\.ipynb; it holds notes\.txt"):
        read_path(linked, "solution.py")
    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        read_file(linked / "solution.py", 100, os.O_NOFOLLOW)


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("solution.py", 50 << 20, "solution.py is larger than 1 MiB; hand in the code alone"),
        ("a.ipynb", 50 << 20, "a.ipynb is larger than 20 MiB"),
        ("solution.py", 0, "solution.py is empty; hand in the file with your solution"),
        ("notes.pdf", 10, "notes.pdf is none of the files that can be graded; hand in a .py file, an .ipynb notebook"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, name: str, size: int, words: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.write(b"x" * min(size, 1))
        file.truncate(size)
    with pytest.raises(StudentFault) as refusal:
        read_path(tmp_path / name, "solution.py")
    assert words in str(refusal.value)


def test_a_source_within_a_folder_has_the_size_of_a_source(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, solution_dot_py=b"#" * ((1 << 20) + 1))
    with pytest.raises(StudentFault, match=r"^solution\.py is larger than 1 MiB"):
        read_path(folder, "solution.py")


def test_two_hundred_and_one_files(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, **{f"f{number}": b"" for number in range(201)})
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
    """An interpreter that reports every compilation and import of the student's file reports none."""
    program = """
import sys
from pathlib import Path
from grader.intake.read import read_path
def hook(event, arguments):
    if event in ("compile", "import", "exec") and "MARKER" in repr(arguments) + repr(getattr(arguments[0], "co_names", "")):
        print(event)
    if event == "import" and arguments[0] in ("solution", "helper"):
        print(event, arguments[0])
sys.addaudithook(hook)
read_path(Path(sys.argv[1]), "solution.py")
read_path(Path(sys.argv[1]) / "solution.py", "solution.py")
print(sorted({"solution", "helper"} & set(sys.modules)))
"""
    folder = folder_of(tmp_path, solution_dot_py=b"import helper\nMARKER = 1 / 0\n", helper_dot_py=b"raise SystemExit")
    command = [sys.executable, "-c", program, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True, cwd=Path.cwd())
    assert done.stdout == "[]\n"
