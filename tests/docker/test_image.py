"""The numpy runner's image, seen from a container with the options of compose.yaml."""

from __future__ import annotations

import os
from typing import Any

import pytest

from grader.sandbox import launcher, runtimes
from tests.conftest import ROOT
from tests.docker.runner import Runners

pytestmark = pytest.mark.sandbox

LOOK_AROUND = """
import json, os, stat, sys
files = [os.path.join(folder, name) for folder, _, names in os.walk("/", onerror=None) for name in names
         if not folder.startswith(("/proc", "/sys"))]
modes = {path: os.lstat(path).st_mode for path in files}
status = dict(line.rstrip().split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
sys.path.append("/nabla/packages")
import numpy
print(json.dumps({
    "privileged": [path for path, mode in modes.items() if stat.S_ISREG(mode) and mode & 0o6000],
    "programs": [path for path, mode in modes.items() if stat.S_ISREG(mode) and mode & 0o111
                 and ".so" not in path and os.path.getsize(path)],
    "top": sorted(os.listdir("/")),
    "packages": sorted(os.listdir("/nabla/packages")),
    "own": sorted(path for path in modes if path.startswith("/nabla/grader") and path.endswith(".py")),
    "status": status,
    "interfaces": sorted(os.listdir("/sys/class/net")),
    "routes": open("/proc/net/route").read().splitlines()[1:],
    "environment": dict(os.environ),
    "pid": os.getpid(),
    "ids": [os.getuid(), os.getgid(), os.getgroups()],
    "core": __import__("resource").getrlimit(__import__("resource").RLIMIT_CORE),
    "oom": int(open("/proc/self/oom_score_adj").read()),
    "svd": float(numpy.linalg.svd(numpy.diag([3.0, 1.0]))[1][0]),
    "numpy": numpy.__version__,
    "modules": sorted(name for name in ("pip", "ensurepip", "setuptools", "torch", "sympy", "yaml", "django")
                      if __import__("importlib.util").util.find_spec(name)),
    "python": list(sys.version_info[:2]),
}))
"""


@pytest.fixture(scope="module")
def seen(runners: Runners) -> dict[str, Any]:
    """What the first process of a runner container sees."""
    found: dict[str, Any] = runners.run_python(LOOK_AROUND)
    return found


def test_no_file_gives_its_caller_rights(seen: dict[str, Any]) -> None:
    assert seen["privileged"] == []


def test_there_is_python_and_no_other_program(seen: dict[str, Any]) -> None:
    major, minor = seen["python"]
    assert {os.path.basename(path) for path in seen["programs"]} == {f"python{major}.{minor}"}
    assert not {"usr/bin/sh", "var", "home", "root"} & set(seen["top"])


def test_python_imports_numpy_of_the_constrained_version(seen: dict[str, Any]) -> None:
    assert seen["svd"] == 3.0
    assert f"numpy=={seen['numpy']}\n" in (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8")


def test_only_numpy_is_installed(seen: dict[str, Any]) -> None:
    assert {name for name in seen["packages"] if not name.endswith((".libs", ".dist-info"))} == {"numpy"}
    assert seen["modules"] == []


def test_of_our_source_it_holds_the_inside_half_alone(seen: dict[str, Any]) -> None:
    assert [path.removeprefix("/nabla/") for path in seen["own"]] == runtimes.runner_modules(ROOT)
    assert not any(name in path for path in seen["own"] for name in ("checks", "service", "specs", "grading"))


def test_the_environment_is_that_of_the_other_launcher(seen: dict[str, Any]) -> None:
    expected = {**launcher._ENVIRONMENT, "PYTHONPATH": "/nabla", "PATH": "/usr/local/bin:/usr/bin"}
    beside = {key: value for key, value in seen["environment"].items() if key not in ("HOSTNAME", "HOME")}
    assert beside == expected


def test_capabilities_are_exactly_the_three_and_none_can_be_gained(seen: dict[str, Any]) -> None:
    kill_setgid_setuid = f"{(1 << 5) | (1 << 6) | (1 << 7):016x}"
    assert {seen["status"][name] for name in ("CapPrm", "CapEff", "CapBnd")} == {kill_setgid_setuid}
    assert seen["status"]["CapAmb"] == "0" * 16
    assert seen["status"]["NoNewPrivs"] == "1"


def test_the_stock_seccomp_profile_is_in_force(seen: dict[str, Any]) -> None:
    assert seen["status"]["Seccomp"] == "2"


def test_it_is_process_1_and_root_without_groups(seen: dict[str, Any]) -> None:
    assert seen["pid"] == 1
    assert seen["ids"] == [0, 0, [0]] or seen["ids"] == [0, 0, []]


def test_there_is_no_network(seen: dict[str, Any]) -> None:
    assert seen["interfaces"] == ["lo"]
    assert seen["routes"] == []


def test_it_dumps_no_core_and_is_the_first_to_go_when_memory_is_short(seen: dict[str, Any]) -> None:
    assert seen["core"] == [0, 0]
    assert seen["oom"] == 500
