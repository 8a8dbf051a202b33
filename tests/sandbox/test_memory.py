"""How much memory there is for a run is read from control groups; a program that may use more is not begun."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from grader.domain.limits import MIB, Limits
from grader.errors import TooLittleMemory
from grader.inside import memory
from grader.sandbox.launcher import Launched
from grader.sandbox.run import Program
from grader.sandbox.slot import Slot

UNLIMITED = 9223372036854771712


def limit(folder: Path, own: str, files: dict[str, object]) -> int | None:
    (folder / "own").write_text(own)
    for name, content in files.items():
        path = folder / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{content}\n")
    return memory.limit(str(folder / "groups"), str(folder / "own"))


@pytest.mark.parametrize(
    ("own", "files", "expected"),
    [
        ("0::/", {"memory.max": 1 << 30}, 1 << 30),  # a container with a tree of its own
        ("0::/", {"memory.max": "max"}, None),
        ("0::/a/b", {"a/b/memory.max": "max", "a/memory.max": 5000}, 5000),  # the machine's own tree
        ("0::/../other", {"memory.max": 4000}, 4000),  # a process that was moved into the container
        ("4:memory:/docker/1\n0::/", {"memory/memory.limit_in_bytes": 3000}, 3000),  # the first version, in a container
        ("4:cpu,memory:/a", {"memory/a/memory.limit_in_bytes": 2, "memory/memory.limit_in_bytes": UNLIMITED}, 2),
        ("4:memory:/", {"memory/memory.limit_in_bytes": UNLIMITED}, None),
        ("", {}, None),
    ],
)
def test_the_limit_of_a_container(tmp_path: Path, own: str, files: dict[str, object], expected: int | None) -> None:
    assert limit(tmp_path, own, files) == expected


def test_a_machine_without_groups_has_no_limit(tmp_path: Path) -> None:
    assert memory.limit(str(tmp_path / "none"), str(tmp_path / "neither")) is None


class Small:
    """A launcher whose container has 1024 MiB, of which the runtime takes 100."""

    def launch(self, runtime: str) -> Launched:
        return Launched(socket.socket(), "container", None, {"container MiB": 1024, "runtime MiB": 100})


def test_more_than_there_is_is_refused_before_it_is_run() -> None:
    with Slot(Small(), "numpy") as slot, pytest.raises(TooLittleMemory) as refused:
        slot.run(Program("solution", (), [], Limits(memory=861 * MIB)))
    said = str(refused.value)
    assert "is allowed 861 MiB" in said
    assert "can have 860 MiB" in said
    assert "the container has 1024 MiB" in said
    assert "no fault of the submission" in said
