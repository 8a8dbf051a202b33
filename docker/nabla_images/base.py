"""A base image without any registry: Debian's own packages, from the mirror that this machine's apt uses."""

from __future__ import annotations

import hashlib
import platform
import subprocess

from nabla_images import engine
from nabla_images.errors import BuildFailed

SUITE = "bookworm"
PYTHON = "3.11"
"""the Python of that suite"""

_FORMAT = "$(REPO_URI) $(CODENAME) $(COMPONENT)"
# What no program reads. Copyrights stay.
_LEFT_OUT = ("doc/*", "man/*", "locale/*", "info/*", "lintian/*")
_OPTIONS = [
    "--quiet", "--mode=root", "--variant=essential", "--include=python3,libstdc++6",
    *(f"--dpkgopt=path-exclude=/usr/share/{pattern}" for pattern in _LEFT_OUT),
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
]  # fmt: skip


def sources() -> str:
    """Lines for apt: the suite with its security updates, where this machine gets them. Raises BuildFailed."""
    command = ["apt-get", "indextargets", "--format", _FORMAT, "Created-By: Packages"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        found = []
    lines = []
    for uri, suite, component in (line.split(maxsplit=2) for line in found if line.count(" ") == 2):
        if suite in (SUITE, f"{SUITE}-updates", f"{SUITE}-security") and component == "main":
            lines.append(f"deb {uri} {suite} {component}")
    if not lines:
        raise BuildFailed(
            f"this machine's apt knows no mirror of Debian {SUITE}, so no base image can be made of its packages; "
            "take one from a registry instead: docker/build --base debian:bookworm-slim"
        )
    return "\n".join(sorted(set(lines))) + "\n"


def bootstrap(fresh: bool) -> str:
    """The name of the base image, made where there is none. Needs root. Raises BuildFailed."""
    program = sources()
    recipe = "\n".join([platform.machine(), program, *_OPTIONS])
    name = f"nabla-base:{SUITE}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    if fresh or not engine.has_image(name):
        engine.import_output(["mmdebstrap", *_OPTIONS, SUITE, "-", "-"], program, name)
    return name
