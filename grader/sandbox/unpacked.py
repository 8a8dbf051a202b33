"""What stays of unpacked wheels in a course runtime, and what must not be among it.

Packages, modules, shared libraries and metadata stay. Console scripts and data files have no use in a jail, and .pth
files are lines of code that Python runs by itself at its start.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from grader.errors import ConfigurationFault
from grader.sandbox.course_runtimes import BASES
from grader.sandbox.runtimes import base_packages

_NOT_MODULES = (".dist-info", ".libs")
_MACHINES_OWN = ("RECORD", "direct_url.json", "INSTALLER", "REQUESTED")
"""what pip adds to the metadata: paths of this machine. The rest stays, many packages ask for their own version."""


def _top_levels(packages: Path) -> Iterator[tuple[str, str]]:
    """(distribution, name of a file or folder) of what wheels list as their modules. What lies above them (scripts,
    data) is listed as `../..` and left out, as are .pth files."""
    for distribution in metadata.distributions(path=[str(packages)]):
        for name in sorted({file.parts[0] for file in distribution.files or ()}):
            if name != ".." and not name.endswith(".pth"):
                yield distribution.metadata["Name"], name


def require_no_shadows(base: str, packages: Path) -> None:
    """Raises ConfigurationFault where a module would be found instead of one that must be what it is."""
    for distribution, name in _top_levels(packages):
        module = name.partition(".")[0]
        if name.endswith(_NOT_MODULES):
            continue
        owner = (
            "Python" if module in sys.stdlib_module_names
            else "Nabla" if module == "grader"
            else f"the {base} runtime" if module in (*BASES, *base_packages(base))
            else None
        )  # fmt: skip
        if owner:
            raise ConfigurationFault(
                f"{distribution} brings a module `{module}`, which would hide the one of {owner}; leave it out"
            )


def strip(packages: Path) -> None:
    """Delete what is not to be shown."""
    kept = {name for _, name in _top_levels(packages)}
    for path in [*packages.iterdir()]:
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in packages.glob("*.dist-info/*"):
        if path.name in _MACHINES_OWN:
            path.unlink()
