"""What is missing or wrong in the environment stops the start with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import ConfigurationFault
from grader.service import environment


def test_one_machine(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("s3cret\n")
    environ = {"NABLA_DATA": str(tmp_path)}
    assert environment.secret_key(environ) == "s3cret"
    database = environment.database(environ)
    assert database["NAME"] == str(tmp_path / "nabla.sqlite3")
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]
    worker = environment.database({**environ, "NABLA_WORKER": "1"})
    assert "synchronous=NORMAL" in worker["OPTIONS"]["init_command"]


def test_production() -> None:
    database = environment.database({"DATABASE_URL": "postgres://nabla:pw@db.example:5433/course"})
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 5433, "course")
    assert environment.secret_key({"SECRET_KEY": "x"}) == "x"
    assert environment.hosts({"NABLA_HOSTS": "nabla.example, www.nabla.example"})[:2] == [
        "nabla.example",
        "www.nabla.example",
    ]


def test_only_this_machine_unless_told() -> None:
    assert environment.hosts({}) == ["localhost", "127.0.0.1", "[::1]"]
    assert environment.hosts({"NABLA_HOSTS": "nabla.example"})[1:] == ["localhost", "127.0.0.1", "[::1]"]
    assert not environment.is_https({})
    assert environment.is_https({"NABLA_HTTPS": "1"})


@pytest.mark.parametrize(
    "url", ["course", "mysql://a:b@host/course", "postgres://host", "sqlite:///x", "postgres://host:port/x"]
)
def test_other_databases(url: str) -> None:
    with pytest.raises(ConfigurationFault, match="DATABASE_URL is not of the form postgres://user:password@host:5432/"):
        environment.database({"DATABASE_URL": url})


def test_nothing_said() -> None:
    with pytest.raises(ConfigurationFault, match="NABLA_DATA is not set: name the data folder, or set DATABASE_URL"):
        environment.database({})
    with pytest.raises(ConfigurationFault, match="NABLA_DATA is not set: name the data folder, or set SECRET_KEY"):
        environment.secret_key({})


def test_a_folder_without_its_secret(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationFault, match=r"secret-key cannot be read \(No such file or directory\): start once"
    ):
        environment.secret_key({"NABLA_DATA": str(tmp_path)})
