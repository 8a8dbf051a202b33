"""Run a command as an ordinary user, where the tests themselves run as root.

    python -m tests.ordinary_user COMMAND...

The interpreter and the checkout may lie below folders that only root may enter. In a mount namespace of its own this
process replaces such a folder by an open one that holds nothing but what is needed, and then becomes the user nobody.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from grader.inside import kernel
from tests.conftest import ROOT

NOBODY = 65534
_STAGE = Path("/mnt")


def needed() -> list[Path]:
    """What the command reads: the checkout with its environment, and the interpreter behind it."""
    return [ROOT, Path(sys.prefix), Path(sys.base_prefix)]


def closed_ancestor(path: Path) -> Path | None:
    """The topmost folder on the way to `path` that others may not enter."""
    for folder in [*reversed(path.parents), path]:
        if not folder.stat().st_mode & 0o001:
            return folder
    return None


def open_up(paths: list[Path]) -> None:
    """Make `paths` reachable for everybody within this mount namespace."""
    kernel.mount("none", "/", None, kernel.MOUNT_RECURSIVE | kernel.MOUNT_PRIVATE)
    kernel.mount("none", str(_STAGE), "tmpfs", 0, "mode=0755")
    closed = {path: ancestor for path in paths if (ancestor := closed_ancestor(path))}
    stages = {}
    for number, path in enumerate(closed):
        stages[path] = _STAGE / str(number)
        stages[path].mkdir()
        kernel.mount(str(path), str(stages[path]), None, kernel.MOUNT_BIND | kernel.MOUNT_RECURSIVE)
    for folder in set(closed.values()):
        kernel.mount("none", str(folder), "tmpfs", 0, "mode=0755")
    for path, stage in stages.items():
        path.mkdir(parents=True, exist_ok=True)
        kernel.mount(str(stage), str(path), None, kernel.MOUNT_BIND | kernel.MOUNT_RECURSIVE)


def main(command: list[str]) -> None:
    """Become nobody and run `command`."""
    kernel.unshare(kernel.NEW_MOUNT)
    open_up(needed())
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.chdir(ROOT)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
