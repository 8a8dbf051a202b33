"""Zip archives and folders: regular files within budgets, whatever the archive claims."""

from __future__ import annotations

import io
import os
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import StudentFault
from grader.intake.archive import read_file, read_folder, read_zip

Fill = Callable[[zipfile.ZipFile], None]


def zipped(fill: Fill) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    return buffer.getvalue()


def special(name: str, mode: int, content: bytes = b"/etc/passwd") -> Fill:
    """A member that says it is no regular file."""
    member = zipfile.ZipInfo(name)
    member.external_attr = (mode | 0o777) << 16
    return lambda archive: archive.writestr(member, content)


def plain(*names: str) -> Fill:
    def fill(archive: zipfile.ZipFile) -> None:
        for name in names:
            archive.writestr(name, b"x = 1\n")

    return fill


def test_regular_files_are_read_and_junk_is_left_out() -> None:
    names = ("a/solution.py", "a/.git/config", "__MACOSX/a/._x", "a/__pycache__/x.pyc", ".DS_Store", "b.txt")
    assert read_zip(zipped(plain(*names)), "s.zip") == {"a/solution.py": b"x = 1\n", "b.txt": b"x = 1\n"}


@pytest.mark.parametrize(
    ("fill", "message"),
    [
        pytest.param(plain("../evil.py"), "'../evil.py' leads out of the archive", id="parent folder"),
        pytest.param(plain("a/../../evil.py"), "leads out of the archive", id="parent folder inside"),
        pytest.param(plain("/etc/evil.py"), "'/etc/evil.py' leads out of the archive", id="absolute"),
        pytest.param(plain("a\\..\\evil.py"), "leads out of the archive", id="backslashes"),
        pytest.param(plain("C:evil.py"), "leads out of the archive", id="drive letter"),
        pytest.param(plain("evil\x1b.py"), "cannot be used", id="control character"),
        pytest.param(plain("/".join("abcdefghij")), "too long or too deep", id="deep"),
        pytest.param(plain("a" * 250), "too long or too deep", id="long"),
        pytest.param(special("link.py", stat.S_IFLNK), "'link.py' is a link or a device", id="symbolic link"),
        pytest.param(special("null", stat.S_IFCHR), "'null' is a link or a device", id="device"),
        pytest.param(plain(*[f"f{k}.py" for k in range(201)]), "more than 200 files", id="many files"),
        pytest.param(plain(*[f"f{k}.py" for k in range(3000)]), "has 3000 entries", id="very many entries"),
    ],
)
def test_refused_with_the_reason(fill: Fill, message: str) -> None:
    with pytest.raises(StudentFault) as refusal:
        read_zip(zipped(fill), "s.zip")
    assert message in str(refusal.value)


def test_a_name_that_stands_there_twice() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped(plain("a.py", "a.py"))
    with pytest.raises(StudentFault, match=r"'a.py' stands in the archive twice"):
        read_zip(content, "s.zip")


def test_a_bomb_stops_early() -> None:
    bomb = zipped(lambda archive: archive.writestr("zeros.bin", bytes(300 << 20)))
    assert len(bomb) < 1 << 20
    started = time.monotonic()
    with pytest.raises(StudentFault, match="unpacks to more than 20 MiB"):
        read_zip(bomb, "s.zip")
    assert time.monotonic() - started < 3


def test_a_hundred_thousand_entries_are_refused_at_once() -> None:
    content = zipped(plain(*map(str, range(100_000))))
    started = time.monotonic()
    with pytest.raises(StudentFault, match="has 100000 entries"):
        read_zip(content, "s.zip")
    assert time.monotonic() - started < 9


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[:-30], id="cut short"),
        pytest.param(lambda content: b"x" * 100, id="no archive"),
        pytest.param(lambda content: content.replace(b"x = 1\n", b"y = 2\n"), id="wrong checksum"),
        pytest.param(lambda content: content.replace(struct.pack("<H", 0x14), b"\xff\xff"), id="unknown version"),
    ],
)
def test_damaged_archives(damage: Callable[[bytes], bytes]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("solution.py", b"x = 1\n")
    with pytest.raises(StudentFault, match="is not a readable zip archive"):
        read_zip(damage(buffer.getvalue()), "s.zip")


def test_an_encrypted_member() -> None:
    content = bytearray(zipped(plain("solution.py")))
    content[6] |= 1
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    with pytest.raises(StudentFault, match=r"'solution\.py' is protected by a password"):
        read_zip(bytes(content), "s.zip")


def test_a_folder_is_read_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "solution.py").write_bytes(b"x = 1\n")
    (tmp_path / "sub" / "data.csv").write_bytes(b"1,2\n")
    (tmp_path / "passwd").symlink_to("/etc/passwd")
    (tmp_path / "etc").symlink_to("/etc")
    os.mkfifo(tmp_path / "fifo")
    assert read_folder(tmp_path) == {"solution.py": b"x = 1\n", "sub/data.csv": b"1,2\n"}


def test_a_folder_that_is_too_heavy(tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(bytes(21 << 20))
    with pytest.raises(StudentFault, match="larger than 20 MiB together"):
        read_folder(tmp_path)


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "solution.py")
    with pytest.raises(StudentFault, match="is not a regular file"):
        read_file(tmp_path / "solution.py", 100)
