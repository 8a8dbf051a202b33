"""The compose file: what every container is denied and limited to. Read, not started; for that see test_image.py."""

from __future__ import annotations

import re
from typing import Any

import pytest

from grader import __version__
from tests.docker import compose

TEXT = compose.FILE.read_text(encoding="utf-8")
SERVICES = compose.services()
RUNNERS = {name: service for name, service in SERVICES.items() if name.startswith("runner-")}
EVERY = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
EVERY_RUNNER = pytest.mark.parametrize("service", RUNNERS.values(), ids=RUNNERS)


def megabytes(text: str) -> int:
    return int(text[:-1]) * {"m": 1, "g": 1024}[text[-1]]


@EVERY
def test_every_container_has_limits(service: dict[str, Any]) -> None:
    assert 0 < service["pids_limit"] <= 256
    assert 0 < service["cpus"] <= 2
    assert service["mem_limit"] == service["memswap_limit"], "else it swaps"
    assert megabytes(service["mem_limit"]) <= 2048
    assert service["ulimits"] == {"core": 0}
    assert service["logging"]["options"]["max-size"] == "1m"


@EVERY
def test_no_container_has_rights_or_a_root_to_write_to(service: dict[str, Any]) -> None:
    assert service["cap_drop"] == ["ALL"]
    # Anything about seccomp or AppArmor here would switch the engine's own profile off.
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service["ipc"] == "private"
    assert not {"privileged", "devices", "pid", "userns_mode", "cgroup_parent", "group_add"} & set(service)


@EVERY
def test_volumes_are_named_and_none_is_of_the_machine(service: dict[str, Any]) -> None:
    for volume in service.get("volumes", []):
        assert re.fullmatch(r"(sockets|cache|database):/[\w/]+", volume)


@EVERY
def test_only_runners_are_root(service: dict[str, Any]) -> None:
    assert (service["user"] == "0:0") == (service in RUNNERS.values())
    assert ("cap_add" in service) == (service in RUNNERS.values())


def test_nobody_has_the_engine() -> None:
    assert "docker.sock" not in TEXT
    assert "privileged" not in TEXT.replace("nothing is privileged", "")


@EVERY_RUNNER
def test_a_runner_has_no_network_and_three_capabilities(service: dict[str, Any]) -> None:
    assert service["network_mode"] == "none"
    assert not {"networks", "ports", "environment", "env_file", "secrets", "depends_on"} & set(service)
    assert sorted(service["cap_add"]) == ["KILL", "SETGID", "SETUID"]
    assert service["volumes"] == ["sockets:/run/nabla"]
    assert service["restart"] == "always"
    assert service["oom_score_adj"] > 0


@EVERY_RUNNER
def test_a_runner_has_a_small_tmp_that_runs_nothing(service: dict[str, Any]) -> None:
    places = dict(entry.split(":") for entry in service["tmpfs"])
    assert set(places) == {"/tmp", "/dev/shm", "/dev/mqueue"}
    for options in places.values():
        assert {"noexec", "nosuid", "nodev"} <= set(options.split(","))
        assert "size=" in options
        assert "nr_inodes=" in options
    assert all(places[path].startswith("ro,") for path in ("/dev/shm", "/dev/mqueue"))


def test_every_runner_has_a_socket_of_its_own() -> None:
    sockets = [service["command"][0] for service in RUNNERS.values()]
    assert len(set(sockets)) == len(sockets)
    for service in RUNNERS.values():
        path, runtime = service["command"]
        assert re.fullmatch(rf"/run/nabla/{runtime}-\d+\.sock", path)
        assert service["image"].startswith(f"nabla-runner-{runtime}:")


def test_every_worker_has_a_name_of_its_own_that_lasts() -> None:
    workers = [service for name, service in SERVICES.items() if name.startswith("worker-")]
    assert len({service["hostname"] for service in workers}) == len(workers)
    assert len({service["environment"]["NABLA_WORKER"] for service in workers}) == len(workers)
    assert all("sockets:/run/nabla" in service["volumes"] for service in workers)


def test_only_the_pages_are_published_and_on_this_machine_alone() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"web"}
    assert SERVICES["web"]["ports"] == ["127.0.0.1:${NABLA_PORT:-8000}:8000"]


def test_images_have_versions() -> None:
    for service in SERVICES.values():
        assert re.search(r":-?[\w:$-]*\d+\.\d+", service["image"]), service["image"]
        assert "latest" not in service["image"]
    assert set(re.findall(r"NABLA_VERSION:-([\d.]+)", TEXT)) == {__version__}


def test_secrets_are_asked_for_and_not_written() -> None:
    assert "NABLA_DATABASE_PASSWORD:?" in TEXT
    assert "NABLA_SECRET_KEY:?" in TEXT
    readme = compose.FILE.with_name("README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in readme for name in compose.placeholders(TEXT))


def test_an_option_that_the_harness_does_not_know_is_not_passed_over() -> None:
    runner = RUNNERS["runner-numpy-1"]
    with pytest.raises(compose.UnknownOption, match=r"does not know what to do with devices$"):
        compose.run_options({**runner, "devices": []}, "volume")
    with pytest.raises(compose.UnknownOption, match="it may have the one for sockets only"):
        compose.run_options({**runner, "volumes": ["database:/run/nabla"]}, "volume")


def test_options_of_a_runner() -> None:
    options = compose.run_options(RUNNERS["runner-numpy-1"], "volume")
    assert "--cap-drop=ALL" in options
    assert "--memory=1g" in options
    assert "--ulimit=core=0" in options
    assert options[-1] == "--volume=volume:/run/nabla"
