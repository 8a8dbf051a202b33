"""Start of a slot: from an ordinary process to the zygote in its jail.

    python -m grader.inside.boot CONTROL_FD    (the runtime as JSON on stdin)

As root the root file system is built first, then the process becomes a user of its own who owns nothing. As an
ordinary user a user namespace gives the right to build it. From there on both are the same.
Refusals are one line on stderr and exit status 3.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import sys
from collections.abc import Iterable

from grader.inside import kernel, landlock, leftovers, tree, zygote
from grader.inside.confinement import Enclosure
from grader.inside.namespaced import Namespaced
from grader.inside.owned import Owned

INSIDE_ID = 1000
REFUSED = 3

# Outside of what distributions and container engines hand out; one id per slot, by process number.
_FIRST_SLOT_ID = 1_900_000_000


def _build_as_root(runtime: tree.Runtime) -> None:
    kernel.unshare(kernel.NEW_MOUNT)
    tree.enter(runtime)
    slot_id = _FIRST_SLOT_ID + os.getpid()
    os.setgroups([])
    os.setresgid(slot_id, slot_id, slot_id)
    os.setresuid(slot_id, slot_id, slot_id)
    # The change of user made /proc/self belong to root; the zygote must be able to write its id maps.
    kernel.prctl(kernel.PRCTL_DUMPABLE, 1)


def _build_as_user(runtime: tree.Runtime) -> None:
    uid, gid = os.getuid(), os.getgid()
    kernel.unshare(kernel.NEW_USER | kernel.NEW_MOUNT)
    kernel.map_own_ids(INSIDE_ID, uid, gid)
    tree.enter(runtime)


def _require_own_users() -> None:
    if os.getuid() != 0:
        raise OSError("only root can give every run a user of its own")
    if not landlock.version():
        raise OSError("without namespaces a kernel with Landlock is needed (Linux 5.13, `lsm=landlock,...`)")


_REMEDY = (
    "This machine does not let this user make namespaces. Ubuntu 23.10 and later: "
    "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`; where user namespaces are switched off: "
    "`sudo sysctl user.max_user_namespaces=15000`; in a container: run it with a seccomp profile that "
    "allows clone, unshare, mount and pivot_root, and with an unmasked /proc"
)


def _explain(error: OSError) -> str:
    refused = error.errno in (errno.EPERM, errno.EACCES, errno.ENOSPC)
    return f"{error}. {_REMEDY}" if refused else str(error)


def become_zygote(control: int, base: str, warm: Iterable[str], enclosure: Enclosure) -> None:
    """The rest of a process's life, with its last words on stderr."""
    try:
        zygote.main(socket.socket(fileno=control), base, warm, enclosure)
    except Exception as error:  # noqa: BLE001 - the last words of a process; the worker reads them
        sys.stderr.write(f"the zygote failed: {type(error).__name__}: {error}\n")
        sys.stderr.flush()
    finally:
        os._exit(1)


def _start(runtime: tree.Runtime) -> tuple[int, Enclosure]:
    """The zygote's pid (0 in itself) and how it will set its children apart. Raises OSError."""
    kernel.require_supported_machine()
    if runtime["launcher"] == "uid":
        _require_own_users()
        readable = [f"{runtime['folder']}/packages", *tree.readable(runtime)]
        return kernel.clone(), Owned(readable, runtime["source"])
    os.umask(0o022)  # the tree must be readable for the user that the zygote becomes
    (_build_as_root if os.getuid() == 0 else _build_as_user)(runtime)
    enclosure = Namespaced(INSIDE_ID, (os.getuid(), os.getgid()))
    return kernel.clone(kernel.ALL_NAMESPACES), enclosure


def main(control: int, runtime: tree.Runtime) -> int:
    """Build the jail, start the zygote as its first process, and end when it ends."""
    try:
        pid, enclosure = _start(runtime)
    except OSError as error:
        sys.stderr.write(_explain(error) + "\n")
        _remove(runtime["folder"])
        return REFUSED
    if pid == 0:
        become_zygote(control, runtime["base"], runtime["warm"], enclosure)
    os.close(control)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    _remove(runtime["folder"])
    return code


def _remove(folder: str) -> None:
    """The slot's folder, if it has one; the last child is dead and may have left something."""
    if not folder:
        return
    leftovers.remove_below(f"{folder}/scratch")
    shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), json.load(sys.stdin)))
