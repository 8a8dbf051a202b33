"""What a run left in a folder is counted and removed, however it is nested and whatever its modes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.inside import leftovers


def nest(folder: Path, depth: int) -> None:
    """Folders in folders, deeper than any path may be long."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        for _ in range(depth):
            os.mkdir("d")
            os.chdir("d")
        Path("last").write_text("x")
    finally:
        os.chdir(before)


def closed(folder: Path) -> None:
    (folder / "outer" / "inner").mkdir(parents=True)
    (folder / "outer" / "inner" / "file").write_text("x")
    (folder / "outer" / "inner").chmod(0)
    (folder / "outer").chmod(0)


def odd_names(folder: Path) -> None:
    (folder / "a").mkdir()
    for name in ("a", " ", "-rf", "n\nl", "\udcff", "x" * 255):
        (folder / "a" / name).write_text("x")
        (folder / ("b" + name[:200])).write_text("y")


def links(folder: Path) -> None:
    (folder / "up").symlink_to("..")
    (folder / "folder").mkdir()
    (folder / "folder" / "root").symlink_to("/")
    os.mkfifo(folder / "pipe")


@pytest.mark.parametrize("made", [closed, odd_names, links, lambda folder: nest(folder, 3000)])
def test_all_is_removed_and_nothing_else(tmp_path: Path, made: object) -> None:
    beside, folder = tmp_path / "beside", tmp_path / "scratch"
    beside.write_text("kept")
    folder.mkdir()
    assert callable(made)
    made(folder)
    leftovers.remove_below(str(folder))
    assert os.listdir(folder) == []
    assert beside.read_text() == "kept"


def exceeds(folder: Path, most_bytes: int, most_entries: int) -> bool:
    """What a whole count comes to; nothing stays open after it."""
    before = os.listdir("/proc/self/fd")
    count = leftovers.Count(str(folder))
    while (found := count.go_on(most_bytes, most_entries)) is None:
        continue
    count.restart()
    assert os.listdir("/proc/self/fd") == before
    return found


def test_what_is_too_much_is_seen(tmp_path: Path) -> None:
    for k in range(10):
        (tmp_path / f"f{k}").write_bytes(bytes(10_000))
    assert not exceeds(tmp_path, 1 << 20, 10)
    assert exceeds(tmp_path, 1 << 20, 9)
    assert exceeds(tmp_path, 90_000, 100)


@pytest.mark.parametrize(("depth", "too_deep"), [(31, False), (32, False), (33, True), (3000, True)])
def test_nesting_has_a_bound(tmp_path: Path, depth: int, too_deep: bool) -> None:
    nest(tmp_path, depth)
    assert exceeds(tmp_path, 1 << 30, 100_000) == too_deep
    leftovers.remove_below(str(tmp_path))  # what removes the folders of tests would go down by recursion


@pytest.mark.parametrize("entries", [0, 1, 255, 256, 257, 512])
def test_a_count_has_pieces_and_an_end(tmp_path: Path, entries: int) -> None:
    for k in range(entries):
        (tmp_path / f"d{k}").mkdir()
    count = leftovers.Count(str(tmp_path))
    for _ in range(2):
        assert [count.go_on(1 << 30, 4096) for _ in range(entries // 256 + 1)] == [None] * (entries // 256) + [False]
    assert exceeds(tmp_path, 1 << 30, entries - 1) == bool(entries)


def test_a_link_out_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/usr")
    assert not exceeds(tmp_path, 1 << 30, 1)
