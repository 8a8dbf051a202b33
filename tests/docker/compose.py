"""A service of compose.yaml as the options of `docker run`, so that what is tested is what is deployed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from tests.conftest import ROOT

FILE = ROOT / "docker" / "compose.yaml"

Options = list[str]


def services() -> dict[str, dict[str, Any]]:
    """All services, as written."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
    return found


def _each(flag: str) -> Callable[[list[str]], Options]:
    return lambda values: [f"{flag}={value}" for value in values]


def _one(flag: str) -> Callable[[object], Options]:
    return lambda value: [f"{flag}={value}"]


def _logging(value: Mapping[str, Any]) -> Options:
    options = [f"--log-opt={name}={setting}" for name, setting in value["options"].items()]
    return [f"--log-driver={value['driver']}", *options]


# Keys that have no counterpart here are of another service, or are the harness's own business.
_FLAGS: dict[str, Callable[[Any], Options]] = {
    "read_only": lambda value: ["--read-only"] if value else [],
    "cap_drop": _each("--cap-drop"),
    "cap_add": _each("--cap-add"),
    "security_opt": _each("--security-opt"),
    "tmpfs": _each("--tmpfs"),
    "ipc": _one("--ipc"),
    "network_mode": _one("--network"),
    "user": _one("--user"),
    "pids_limit": _one("--pids-limit"),
    "mem_limit": _one("--memory"),
    "memswap_limit": _one("--memory-swap"),
    "cpus": _one("--cpus"),
    "oom_score_adj": _one("--oom-score-adj"),
    "restart": _one("--restart"),
    "ulimits": lambda value: [f"--ulimit={name}={limit}" for name, limit in value.items()],
    "logging": _logging,
}
_ELSEWHERE = {"image", "command", "volumes"}


class UnknownOption(Exception):
    """compose.yaml has an option that the harness would not pass on."""


def run_options(service: Mapping[str, Any], volume: str) -> Options:
    """What `docker run` gets, with this volume for the one of sockets. Raises UnknownOption."""
    unknown = set(service) - set(_FLAGS) - _ELSEWHERE
    if unknown:
        raise UnknownOption(f"tests/docker/compose.py does not know what to do with {', '.join(sorted(unknown))}")
    if service["volumes"] != ["sockets:/run/nabla"]:
        raise UnknownOption(f"a runner with volumes {service['volumes']}: it may have the one for sockets only")
    options = [option for key, value in service.items() if key in _FLAGS for option in _FLAGS[key](value)]
    return [*options, f"--volume={volume}:/run/nabla"]


def placeholders(text: str) -> set[str]:
    """Names of the settings that a text of the file asks for."""
    return set(re.findall(r"\$\{(\w+)", text))
