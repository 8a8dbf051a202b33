"""Makes and removes course runtimes. pip chooses and unpacks wheels; nothing of a package runs here."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from grader.errors import ConfigurationFault
from grader.sandbox import course_runtimes, runtimes
from grader.sandbox.course_runtimes import BASES, NAME, PACKAGES, PYTHON, CourseRuntime
from grader.sandbox.runtimes import base_packages
from grader.sandbox.unpacked import require_no_shadows, strip

_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[\w,. -]*\])?\s*([<>=!~].*)?")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")

# pip must not see what else is installed beside Nabla: it would take for granted what no jail shows.
_PIP = """
import runpy, sys
seen = sys.argv.pop(1)
sys.path[:] = [seen, *(path for path in sys.path if not path.endswith(("site-packages", "dist-packages")))]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True)
class Wanted:
    """What the operator asked for."""

    name: str
    requirements: tuple[str, ...]
    """as pip takes them, or paths of wheels"""
    base: str = "numpy"
    warm: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Wheel:
    name: str
    version: str
    source: str
    """what pip is asked for: the version, or the path of a file"""


def install(wanted: Wanted) -> CourseRuntime:
    """Make a runtime, whole or not at all. Raises ConfigurationFault."""
    _require_sound(wanted)
    with _workplace() as (folder, work):
        made = _make(wanted, work)
        os.rename(work / "runtime", folder / wanted.name)
    return made


def remove(name: str) -> None:
    """Delete a runtime. Slots that are warm keep what they show. Raises ConfigurationFault."""
    folder = course_runtimes.folder()
    if name not in course_runtimes.names():
        known = ", ".join(course_runtimes.names()) or "none"
        raise ConfigurationFault(f"there is no course runtime `{name}` in {folder} to remove; there are: {known}")
    with _workplace() as (_, work):
        os.rename(folder / name, work / name)  # at once, so that nobody sees half of it


@contextlib.contextmanager
def _workplace() -> Iterator[tuple[Path, Path]]:
    """The folder of the runtimes, and one in it that is deleted afterwards. Raises ConfigurationFault."""
    folder = course_runtimes.folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=folder) as work:
            yield folder, Path(work)
    except OSError as error:
        raise ConfigurationFault(
            f"the runtimes in {folder} cannot be changed: {error.strerror}; "
            "name a folder you may write to with --folder or NABLA_RUNTIMES"
        ) from None


def _require_sound(wanted: Wanted) -> None:
    if not NAME.fullmatch(wanted.name) or wanted.name in runtimes.PACKAGES:
        raise ConfigurationFault(
            f"`{wanted.name}` cannot name a course runtime; take lower-case letters, digits and `-`, "
            f"and none of {', '.join(runtimes.PACKAGES)}, which are built in"
        )
    if wanted.name in course_runtimes.names():
        raise ConfigurationFault(
            f"there is a runtime `{wanted.name}` already; remove it first: nabla runtime remove {wanted.name}"
        )
    for text in wanted.requirements:
        if not text.endswith(".whl") and (not _REQUIREMENT.fullmatch(text) or text.endswith((".zip", ".gz"))):
            raise ConfigurationFault(
                f"`{text}` is neither a package such as `scipy>=1.15` nor a wheel (.whl); "
                "other sources would run their own code here while they are built"
            )
    for module in wanted.warm:
        if not _MODULE.fullmatch(module):
            raise ConfigurationFault(f"`{module}` is not a module such as `scipy.linalg`; --warm takes one at a time")


def _make(wanted: Wanted, work: Path) -> CourseRuntime:
    place = work / "runtime"
    packages = place / PACKAGES
    packages.mkdir(parents=True)
    with _seen_by_pip(wanted.base, work) as seen:
        wheels = _choose(wanted, seen, work)
        _require_beside_base(wanted, wheels)
        target = ["--no-deps", "--target", str(packages), "--", *(wheel.source for wheel in wheels)]
        _run_pip(wanted, seen, target)
    require_no_shadows(wanted.base, packages)
    strip(packages)
    distributions = tuple(sorted(f"{wheel.name} {wheel.version}" for wheel in wheels))
    made = CourseRuntime(wanted.name, wanted.base, wanted.requirements, distributions, wanted.warm, PYTHON)
    course_runtimes.write(made, place)
    return made


def _base_distributions(base: str) -> dict[str, str]:
    """Version by name of what the base already shows."""
    by_package = metadata.packages_distributions()
    found = {name for package in base_packages(base) for name in by_package.get(package, ())}
    return {_canonical(name): metadata.version(name) for name in sorted(found)}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@contextlib.contextmanager
def _seen_by_pip(base: str, work: Path) -> Iterator[Path]:
    """A folder in which pip finds itself, and the base as installed: it is neither fetched nor chosen anew."""
    pip = importlib.util.find_spec("pip")
    if pip is None or not pip.submodule_search_locations:
        raise ConfigurationFault(f"pip is not installed beside Nabla: run {sys.executable} -m ensurepip")
    seen = work / "seen"
    seen.mkdir()
    (seen / "pip").symlink_to(pip.submodule_search_locations[0])
    for name, version in _base_distributions(base).items():
        record = seen / f"{name.replace('-', '_')}-{version}.dist-info"
        record.mkdir()
        (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    yield seen


def _choose(wanted: Wanted, seen: Path, work: Path) -> list[_Wheel]:
    """The wheels that the requirements come to, without what the base has."""
    asked = [str(Path(text).absolute()) if _is_path(text) else text for text in wanted.requirements]
    plan = work / "plan.json"
    _run_pip(wanted, seen, ["--dry-run", "--report", str(plan), "--", *asked])
    wheels = [_as_wheel(item) for item in json.loads(plan.read_text(encoding="utf-8"))["install"]]
    if not wheels:
        raise ConfigurationFault(
            f"the {wanted.base} runtime has {', '.join(wanted.requirements)} already: use `runtime: {wanted.base}`"
        )
    return wheels


def _is_path(text: str) -> bool:
    return text.endswith(".whl") and "://" not in text


def _as_wheel(item: dict[str, Any]) -> _Wheel:
    name, version = item["metadata"]["name"], item["metadata"]["version"]
    return _Wheel(name, version, item["download_info"]["url"] if item["is_direct"] else f"{name}=={version}")


def _run_pip(wanted: Wanted, seen: Path, arguments: Sequence[str]) -> None:
    """Raises ConfigurationFault with what pip said last."""
    command = [sys.executable, "-I", "-c", _PIP, str(seen), "install", "--quiet", "--only-binary", ":all:", *arguments]
    done = subprocess.run(  # noqa: S603 - pip of our own interpreter
        command,
        cwd=seen.parent,  # where no file has the name of a package
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        umask=0o022,  # the user of a slot must be able to read it
        check=False,
    )
    if done.returncode:
        said = [line.removeprefix("ERROR: ") for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        raise ConfigurationFault(
            f"pip has no wheels of {', '.join(wanted.requirements)} for Python {PYTHON} on this machine: "
            + ("; ".join(said) or done.stderr.strip()[-500:])
        )


def _require_beside_base(wanted: Wanted, wheels: Sequence[_Wheel]) -> None:
    present = _base_distributions(wanted.base)
    for wheel in wheels:
        if _canonical(wheel.name) in present:
            raise ConfigurationFault(
                f"{', '.join(wanted.requirements)} would put {wheel.name} {wheel.version} in the place of "
                f"{present[_canonical(wheel.name)]}, which every {wanted.base} runtime has; "
                "ask for versions that work with that one"
            )
        if _canonical(wheel.name) in BASES:
            raise ConfigurationFault(
                f"{', '.join(wanted.requirements)} needs {wheel.name}: start from it with --base {wheel.name}"
            )
