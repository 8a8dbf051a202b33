"""A PostgreSQL server of our own in a temporary folder, on a port of this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOBODY = 65534


def binaries() -> Path | None:
    """The folder with initdb, wherever this distribution puts it; the newest version."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


def _user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}


@contextlib.contextmanager
def server(folder: Path) -> Iterator[str]:
    """The URL of a running server, without a database's name."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="nabla-postgresql-") as name:
        if os.getuid() == 0:
            os.chown(name, NOBODY, NOBODY)
        data = f"{name}/data"
        options = {"cwd": name, "check": True, "capture_output": True, "text": True, **_user()}
        subprocess.run(
            [folder / "initdb", "-D", data, "-A", "trust", "-U", "nabla", "-E", "UTF8", "--no-locale"], **options
        )
        control = [str(folder / "pg_ctl"), "-D", data, "-w", "-l", f"{name}/log"]
        flags = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={name} -c shared_buffers=32MB"
        # Its log goes to a file: a pipe that the server inherits would never end.
        quiet = {**options, "capture_output": False, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([*control, "-o", flags, "start"], **quiet)
        try:
            yield f"postgres://nabla@127.0.0.1:{port}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
