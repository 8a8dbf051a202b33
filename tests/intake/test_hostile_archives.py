"""Archives that no packing program writes: edited byte by byte to lie about what they hold."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
import zlib

import pytest

from grader.errors import StudentFault
from grader.intake.archive import read_zip
from grader.intake.read import read_bytes

SOURCE = b"x = 1\n" * 100
UNREADABLE = "is not a readable zip archive"
METHOD, STORED_SIZE, SIZE, OFFSET = 10, 20, 24, 42
"""places of fields within a directory entry of a zip file"""


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def claiming(content: bytes, field: int, value: int) -> bytes:
    """The archive with a field of its first directory entry changed."""
    start = content.index(b"PK\x01\x02") + field
    new = struct.pack("<H" if field == METHOD else "<L", value)
    return content[:start] + new + content[start + len(new) :]


def bomb(blocks: int) -> bytes:
    """`blocks` MiB of zeros, packed without ever holding them: one compressed block, written again and again."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = compressor.compress(bytes(1 << 20)) + compressor.flush(zlib.Z_FULL_FLUSH)
    stored = packed(("solution.py", block * blocks + compressor.flush()))
    stored = stored[:8] + struct.pack("<H", zipfile.ZIP_DEFLATED) + stored[10:]
    return claiming(claiming(stored, METHOD, zipfile.ZIP_DEFLATED), SIZE, blocks << 20)


def directory_alone(entries: int) -> bytes:
    """A directory of `entries` names and nothing else, as an archive of format zip64."""
    fields = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 0, 45, 0, 0, 0, 0, 33, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0)
    names = b"".join(fields + b"%06d" % number for number in range(entries))
    end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, len(names), 0)
    end += struct.pack("<4sLQL", b"PK\6\7", 0, len(names), 1)
    return names + end + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(names), 0xFFFFFFFF, 0)


def starting_at(offset: int) -> bytes:
    """An archive whose zip64 field says that its member starts at `offset`."""
    content = claiming(packed(("solution.py", SOURCE)), OFFSET, 0xFFFFFFFF)
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    extra = struct.pack("<HHQ", 1, 8, offset)
    entry = content[start : start + 30] + struct.pack("<H", len(extra)) + content[start + 32 : end] + extra
    return content[:start] + entry + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry), start, 0)


def damaged(method: int) -> bytes:
    """A compressed member with one wrong bit in its middle."""
    noise = b"".join(zlib.crc32(b"%d" % number).to_bytes(4, "little") for number in range(600))
    content = bytearray(packed(("solution.py", noise), method=method))
    content[content.index(b"PK\x01\x02") // 2] ^= 1
    return bytes(content)


HONEST = packed(("solution.py", SOURCE), method=zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(claiming(HONEST, SIZE, 5), UNREADABLE, id="says it is smaller"),
        pytest.param(claiming(HONEST, STORED_SIZE, 3), UNREADABLE, id="says it is packed smaller"),
        pytest.param(
            claiming(claiming(packed(("a.py", b"x")), SIZE, 1 << 30), STORED_SIZE, 1 << 30),
            UNREADABLE,
            id="says it is larger",
        ),
        pytest.param(claiming(HONEST, OFFSET, 0x7FFFFFFF), UNREADABLE, id="member beyond the end"),
        pytest.param(starting_at((1 << 64) - 1), UNREADABLE, id="member beyond all memory"),
        pytest.param(claiming(HONEST, METHOD, 99), "packed in an unusual way", id="unknown compression"),
        pytest.param(damaged(zipfile.ZIP_DEFLATED), UNREADABLE, id="wrong bit in deflate"),
        pytest.param(damaged(zipfile.ZIP_BZIP2), "packed in an unusual way", id="wrong bit in bzip2"),
        pytest.param(damaged(zipfile.ZIP_LZMA), "packed in an unusual way", id="wrong bit in lzma"),
        pytest.param(packed(("é.py", b"")).replace("é".encode(), b"\xff\xff"), UNREADABLE, id="name is not UTF-8"),
        pytest.param(HONEST[10:], UNREADABLE, id="beginning missing"),
        pytest.param(packed(("a.py", b"1"), ("./a.py", b"2")), "'a.py' stands in the archive twice", id="same path"),
        pytest.param(packed(("a", b"1"), ("a/b.py", b"2")), "'a", id="a file that is a folder as well"),
        pytest.param(packed(("a/b.py", b"1"), ("a", b"2")), "'a", id="a folder that is a file as well"),
        pytest.param(packed(("é" * 150 + ".py", b"")), "too long or too deep", id="name of more than 255 bytes"),
        pytest.param(packed(*[(f"{k}.bin", bytes(6 << 20)) for k in range(4)], method=8), "more than 20 MiB", id="sum"),
    ],
)
def test_refused_with_a_reason(content: bytes, words: str) -> None:
    with pytest.raises(StudentFault) as refusal:
        read_zip(content, "s.zip")
    assert words in str(refusal.value)
    assert "()" not in str(refusal.value)


def test_what_comes_out_counts_and_not_what_is_claimed() -> None:
    assert read_zip(claiming(HONEST, SIZE, 1 << 30), "s.zip") == {"solution.py": SOURCE}
    assert read_zip(starting_at(0), "s.zip") == {"solution.py": SOURCE}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(bomb(1024), "the archive unpacks to more than 20 MiB; leave data out", id="1 GB of zeros"),
        pytest.param(directory_alone(200_000), "has 200000 entries", id="entries without members"),
    ],
)
def test_refused_early(content: bytes, words: str) -> None:
    started = time.monotonic()
    with pytest.raises(StudentFault) as refusal:
        read_zip(content, "s.zip")
    assert words in str(refusal.value)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_no_compression_unpacks_more_than_is_counted(method: int) -> None:
    """Some decompressors give out everything at once: 800 bytes of bzip2 become gigabytes before any are counted."""
    content = packed(("a", bytes(64 << 20)), method=method)
    tracemalloc.start()
    try:
        with pytest.raises(StudentFault):
            read_zip(content, "s.zip")
        assert tracemalloc.get_traced_memory()[1] < 48 << 20
    finally:
        tracemalloc.stop()


def test_an_archive_within_an_archive_stays_packed() -> None:
    read = read_bytes(packed(("solution.py", SOURCE), ("more.zip", HONEST)), "s.zip", "solution.py")
    assert read.others == (("more.zip", HONEST),)


@pytest.mark.parametrize("name", ["a/b/solution.py", "Solution.py", "solution.py/main.py"])
def test_a_name_that_only_looks_like_the_one_asked_for(name: str) -> None:
    with pytest.raises(StudentFault, match=r"s\.zip holds no solution\.py or solution\.ipynb; it holds "):
        read_bytes(packed((name, SOURCE)), "s.zip", "solution.py")
