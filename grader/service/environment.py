"""What the environment says about database, secret and hosts. What is wrong stops the start with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dj_database_url

from grader.errors import ConfigurationFault

SQLITE_FILE = "nabla.sqlite3"
SECRET_FILE = "secret-key"  # noqa: S105 - the name of the file, not the secret

_SQLITE = {"transaction_mode": "IMMEDIATE", "timeout": 30}


def _on_opening(environ: Mapping[str, str]) -> str:
    """WAL lets pages read while results are written. FULL keeps what was promised through a power cut: receipts. A
    worker promises nothing: what it wrote last may be lost with the power, and is then graded again."""
    synchronous = "NORMAL" if environ.get("NABLA_WORKER") else "FULL"
    return f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA cache_size=-8000;"


# Connections are kept: opening one costs more than a page.
_KEPT = {"CONN_MAX_AGE": None}


def _data_folder(environ: Mapping[str, str], otherwise: str) -> Path:
    folder = environ.get("NABLA_DATA")
    if not folder:
        raise ConfigurationFault(f"NABLA_DATA is not set: name the data folder, or set {otherwise}")
    return Path(folder)


def secret_key(environ: Mapping[str, str]) -> str:
    """What sessions are signed with. Raises ConfigurationFault."""
    if environ.get("SECRET_KEY"):
        return environ["SECRET_KEY"]
    path = _data_folder(environ, "SECRET_KEY") / SECRET_FILE
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigurationFault(f"{path} cannot be read ({error.strerror}): start once with `nabla up`") from None


def database(environ: Mapping[str, str]) -> dict[str, Any]:
    """Django's description of the database. Raises ConfigurationFault."""
    url = environ.get("DATABASE_URL")
    if not url:
        path = _data_folder(environ, "DATABASE_URL") / SQLITE_FILE
        options = {**_SQLITE, "init_command": _on_opening(environ)}
        return {"ENGINE": "grader.service.sqlite", "NAME": str(path), "OPTIONS": options, **_KEPT}
    try:
        parsed: dict[str, Any] = {**dj_database_url.parse(url)}
    except (ValueError, KeyError):
        parsed = {}
    if parsed.get("ENGINE") != "django.db.backends.postgresql" or not parsed.get("NAME"):
        raise ConfigurationFault("DATABASE_URL is not of the form postgres://user:password@host:5432/name")
    # A server that takes connections and says nothing is as good as none.
    options = {"connect_timeout": 10, **parsed.get("OPTIONS", {})}
    return {**parsed, **_KEPT, "OPTIONS": options, "CONN_HEALTH_CHECKS": True}


def hosts(environ: Mapping[str, str]) -> list[str]:
    """Names under which pages are served; this machine's own are always among them, for those who watch over it."""
    named = [name.strip() for name in environ.get("NABLA_HOSTS", "").split(",") if name.strip()]
    return [*named, "localhost", "127.0.0.1", "[::1]"]


def is_https(environ: Mapping[str, str]) -> bool:
    """Whether a proxy in front speaks HTTPS."""
    return environ.get("NABLA_HTTPS", "0") == "1"
