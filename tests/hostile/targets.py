"""Listeners that attacks are pointed at. Each is opened by the test itself on this machine, and on no other."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import tempfile
from collections.abc import Iterator
from typing import Any

_FAMILIES = {
    "tcp": (socket.AF_INET, socket.SOCK_STREAM),
    "tcp6": (socket.AF_INET6, socket.SOCK_STREAM),
    "udp": (socket.AF_INET, socket.SOCK_DGRAM),
    "unix": (socket.AF_UNIX, socket.SOCK_STREAM),
    "abstract": (socket.AF_UNIX, socket.SOCK_STREAM),
}


class Target:
    """An open listener, and whether anything has reached it."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        listener.setblocking(False)

    def address(self) -> bytes:
        """As JSON; the name of an abstract socket begins with a zero character."""
        name = self._listener.getsockname()
        return json.dumps(name.decode() if isinstance(name, bytes) else name).encode()

    def is_touched(self) -> bool:
        """Whether a connection or a datagram is waiting."""
        try:
            if self._listener.type == socket.SOCK_DGRAM:
                self._listener.recvfrom(1)
            else:
                self._listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@contextlib.contextmanager
def opened(kind: str) -> Iterator[Target | None]:
    """The listener of this kind, None where an attack needs none."""
    if not kind:
        yield None
        return
    family, sort = _FAMILIES[kind]
    with tempfile.TemporaryDirectory() as folder, socket.socket(family, sort) as listener:
        listener.bind(_address(kind, folder))
        if sort == socket.SOCK_STREAM:
            listener.listen()
        yield Target(listener)


def _address(kind: str, folder: str) -> Any:
    if kind == "abstract":
        return f"\0nabla-target-{os.getpid()}"
    if kind == "unix":
        return f"{folder}/target"
    return ("::1" if kind == "tcp6" else "127.0.0.1", 0)
