"""Wheels made on the spot, for tests of runtimes that a course defines. No registry is asked."""

from __future__ import annotations

import importlib.machinery
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

PURE = {
    "tiny/__init__.py": "from importlib.metadata import version\n__version__ = version('tiny')\ndef two(): return 2.0\n"
}


def wheel(
    folder: Path,
    name: str,
    files: Mapping[str, str | bytes],
    *,
    version: str = "1.0",
    needs: tuple[str, ...] = (),
    tag: str = "py3-none-any",
) -> Path:
    """A wheel of these files, written to `folder`. Names that start with `data/` or `scripts/` go there."""
    info = f"{name}-{version}.dist-info"
    requires = "".join(f"Requires-Dist: {need}\n" for need in needs)
    entries = {
        **{_inside(path, name, version): content for path, content in files.items()},
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    entries[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in (*entries, f"{info}/RECORD"))
    made = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(made, "w") as archive:
        for path, content in entries.items():
            archive.writestr(path, content)
    return made


def _inside(path: str, name: str, version: str) -> str:
    return f"{name}-{version}.data/{path}" if path.startswith(("data/", "scripts/")) else path


def compiled(folder: Path) -> Path:
    """A wheel whose only module is compiled: the one that markupsafe, which torch needs, brings."""
    import markupsafe._speedups

    suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
    source = Path(str(markupsafe._speedups.__file__))
    return wheel(folder, "tinyext", {"tinyext/__init__.py": "", f"tinyext/_speedups{suffix}": source.read_bytes()})


def only_these_wheels(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """pip finds packages in `folder` and asks nobody else, whatever this machine's settings say."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
