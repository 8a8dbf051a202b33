"""The data folder of a service on one machine: database, secret, cache, socket."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.errors import ConfigurationFault
from grader.service.environment import SECRET_FILE

_LOCK = "lock"
_SOCKET_PATH_MAX = 100  # the kernel takes 107 bytes


def default_folder() -> Path:
    """$NABLA_DATA, or nabla in the user's data folder."""
    chosen = os.environ.get("NABLA_DATA")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(chosen) if chosen else Path(base) / "nabla"


def open_folder(path: Path) -> Path:
    """The folder, made and with a secret where it has none. Raises ConfigurationFault."""
    folder = path.resolve()
    try:
        os.umask(0o077)  # of this process and all its parts: what they write is for nobody else
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        (folder / "cache").mkdir(exist_ok=True)
        _make_secret(folder / SECRET_FILE)
    except OSError as error:
        raise ConfigurationFault(
            f"the data folder {folder} cannot be used: {error.strerror}; name one you may write to with --data"
        ) from None
    return folder


def _make_secret(path: Path) -> None:
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """While this process runs the service on the folder. Raises ConfigurationFault where another one does."""
    with (folder / _LOCK).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise ConfigurationFault(
                f"the service is already running on {folder} (process {file.read().strip()}); stop it first, "
                "or name another folder with --data"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextlib.contextmanager
def socket_folder(folder: Path) -> Iterator[Path]:
    """A private folder for sockets: in the data folder, or elsewhere where that has too long a path."""
    own = folder / "run"
    if len(os.fsencode(own / "redis.sock")) > _SOCKET_PATH_MAX:
        own = Path(tempfile.mkdtemp(prefix="nabla-"))
    own.mkdir(mode=0o700, exist_ok=True)
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
