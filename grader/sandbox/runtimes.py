"""What a runtime shows to student code: the standard library, the C library and the listed packages, nothing else."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import grader
from grader.errors import SandboxRefused
from grader.sandbox import course_runtimes

if TYPE_CHECKING:
    from grader.inside.tree import Runtime

TESTS = "tests"
"""the runtime of authors' own tests; no assignment can ask for it"""

PACKAGES = {
    "numpy": ("numpy",),
    "torch": (
        "numpy", "torch", "torchgen", "functorch", "typing_extensions", "sympy", "mpmath", "networkx", "jinja2",
        "markupsafe", "filelock", "fsspec",
    ),
    TESTS: ("numpy", "pytest", "_pytest", "py", "pluggy", "iniconfig", "packaging", "pygments"),
}  # fmt: skip

OWN_MODULES = (
    "grader/__init__.py",
    "grader/sandbox/__init__.py",
    "grader/sandbox/wire.py",
    "grader/sandbox/layouts.py",
    "grader/sandbox/numbers.py",
    "grader/inside/__init__.py",
    "grader/inside/kernel.py",
    "grader/inside/tree.py",
    "grader/inside/seccomp.py",
    "grader/inside/landlock.py",
    "grader/inside/confinement.py",
    "grader/inside/namespaced.py",
    "grader/inside/source.py",
    "grader/inside/claims.py",
    "grader/inside/pipes.py",
    "grader/inside/oracles.py",
    "grader/inside/machine.py",
    "grader/inside/shim.py",
)

_OF_TESTS = ("grader/inside/proxies.py", "grader/inside/testing.py")


def runner_modules(source: Path) -> list[str]:
    """Files of our package that a runner's image holds: the whole inside half, and what it shares with the worker."""
    inside = (source / "grader" / "inside").glob("*.py")
    return sorted({*OWN_MODULES, *(str(path.relative_to(source)) for path in inside)})


def _package_paths(package: str) -> list[str]:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise SandboxRefused(
            f"the runtime needs the package {package}, which is not installed beside Nabla; run `make`, "
            f"or `pip install {package}` in the environment that runs Nabla"
        )
    if not found.submodule_search_locations:
        return [found.origin]
    folder = found.submodule_search_locations[0]
    # Wheels keep the shared libraries they bring in a neighbour called <package>.libs.
    return [path for path in (folder, f"{folder}.libs") if os.path.isdir(path)]


def _libc_folder() -> str:
    """The folder of the C library this process uses, where its relatives (libstdc++, libssl ...) lie as well."""
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        path = line.partition("/")[2]
        if path.rpartition("/")[2].startswith(("libc.so", "libc-")):
            return os.path.dirname("/" + path)
    raise SandboxRefused("this Python is linked without a shared C library; use a Python built the usual way")


def _libraries() -> list[str]:
    compiled = sysconfig.get_path("platstdlib", vars={"platbase": sys.base_exec_prefix})
    paths = {sysconfig.get_path("stdlib"), compiled, _libc_folder()}
    real = sorted({os.path.realpath(path) for path in paths} | paths)
    kept: list[str] = []
    for path in real:
        if os.path.isdir(path) and not any(path.startswith(parent + "/") for parent in kept):
            kept.append(path)
    return kept


def _foreign_packages(libraries: list[str]) -> list[str]:
    """Package folders of the machine inside what is shown: a student must not find sympy or torch there."""
    folders = [
        f"{library}/{name}"
        for library in libraries
        for name in ("site-packages", "dist-packages", "python3/dist-packages")
    ]
    return [folder for folder in folders if os.path.isdir(folder)]


def base_packages(base: str) -> tuple[str, ...]:
    """Top-level packages and modules of numpy or torch, and of what they import."""
    return PACKAGES[base]


def describe(name: str) -> Runtime:
    """What the jail of runtime `name` contains. Raises UnknownRuntime, and SandboxRefused where it is not whole."""
    own = course_runtimes.read(name) if name not in PACKAGES else None
    base = own.base if own else name
    added = course_runtimes.shown(own) if own else []
    libraries = _libraries()
    links = {path: os.readlink(path) for path in ("/lib", "/lib64", "/usr/lib64") if os.path.islink(path)}
    return {
        "name": name,
        "launcher": "namespaces",
        "folder": "",
        "libraries": libraries,
        "packages": [*(path for package in PACKAGES[base] for path in _package_paths(package)), *added],
        "hidden": _foreign_packages(libraries),
        "source": str(Path(grader.__file__).parent.parent),
        "own_modules": [*OWN_MODULES, *(_OF_TESTS if name == TESTS else ())],
        "links": links,
        "base": base,
        "warm": list(own.warm) if own else [],
    }
