"""Process 1 of a runner container: a warm interpreter that gives each worker that connects a zygote of its own.

    python -m grader.inside.runner SOCKET RUNTIME

The container is the outer wall; within it every run has a user id of its own. One worker is served at a time. A zygote
is a fork of this process, which has the runtime imported and has never held a student's byte. When a zygote has ended,
anything of it that is still there is killed; where something stays all the same, this process ends, and with it the
container, which its restart policy starts anew. So it does after a number of zygotes.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys

from grader.inside import boot, kernel, zygote
from grader.inside.owned import Owned
from grader.inside.tree import HOME, SCRATCH

_ZYGOTES = 200
_SERVED, _UNCLEAN = 0, 1
_READABLE = (HOME, "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/zero", "/dev/random", "/dev/urandom")


def listen(path: str) -> socket.socket:
    """A socket that workers connect to, in the place of one that an earlier container left, at whatever moment."""
    for left in (path, path + ".new"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(left)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # Bound under another name and moved: a socket that is seen is one that listens.
    listener.bind(path + ".new")
    # Whoever may enter the folder is a worker; those within this container have no sockets.
    os.chmod(path + ".new", 0o666)  # noqa: S103
    listener.listen(8)
    os.rename(path + ".new", path)
    return listener


def serve_one(listener: socket.socket, runtime: str) -> None:
    """One worker, until it closes its connection; others are turned away meanwhile."""
    connection, _ = listener.accept()
    pid = kernel.clone()
    if pid == 0:
        listener.close()
        boot.become_zygote(connection.detach(), runtime, (), Owned(_READABLE, ""))
    connection.close()
    ended = os.pidfd_open(pid)
    while ended not in (ready := select.select([listener.fileno(), ended], [], [])[0]):
        if ready:
            listener.accept()[0].close()
    os.close(ended)
    os.waitpid(pid, 0)


def is_clean() -> bool:
    """End whatever is left, and say whether nothing is: no other process, no file."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
    return not others and not os.listdir(SCRATCH)


def main(path: str, runtime: str) -> int:
    """Serve workers one after the other; the exit status says why no more."""
    if os.getpid() != 1:
        # It ends every other process that it finds.
        raise SystemExit("the runner is process 1 of a container and nothing else; see docker/README.md")
    kernel.require_supported_machine()
    # Process 1 gets no signal that it does not ask for, and the engine stops it by this one.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(_SERVED))
    sys.path[:] = [HOME, f"{HOME}/packages", *sys.path]
    zygote.warm_up(runtime, ())
    listener = listen(path)
    for _ in range(_ZYGOTES):
        serve_one(listener, runtime)
        if not is_clean():
            return _UNCLEAN
    return _SERVED


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
