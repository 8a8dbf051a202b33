"""Run a command as root on a machine without user namespaces, as in a plain container.

    python -m tests.plain_root COMMAND...

In a mount namespace of its own, folders that only root may enter are opened up as for tests.ordinary_user; then this
process enters a user namespace that may hold no further namespace of any kind, and runs the command.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from grader.inside import kernel
from tests.conftest import ROOT
from tests.ordinary_user import needed, open_up

_KINDS = ("user", "mnt", "pid", "net", "ipc", "uts")
_ALL_IDS = "0 0 4294967295\n"


def main(command: list[str]) -> None:
    """Give up namespaces and run `command`."""
    kernel.unshare(kernel.NEW_MOUNT)
    open_up(needed())
    _enter_user_namespace()
    for kind in _KINDS:
        Path(f"/proc/sys/user/max_{kind}_namespaces").write_text("0", encoding="ascii")
    os.chdir(ROOT)
    os.execvp(command[0], command)


def _enter_user_namespace() -> None:
    """With all ids mapped to themselves, which only a process outside may write."""
    asked, answered = os.pipe(), os.pipe()
    helper, parent = os.fork(), os.getpid()
    if helper == 0:
        os.read(asked[0], 1)
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{os.getppid()}/{name}").write_text(_ALL_IDS, encoding="ascii")
        os.write(answered[1], b".")
        os._exit(0)
    assert parent
    kernel.unshare(kernel.NEW_USER)
    os.write(asked[1], b".")
    os.read(answered[0], 1)
    os.waitpid(helper, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
