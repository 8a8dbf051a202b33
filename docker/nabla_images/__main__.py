"""docker/build: makes the images of this checkout, or finds that they are there.

    docker/build runner-numpy runner-torch runner-tests service      images on top of Debian's image, from a registry
    docker/build --bootstrap runner-numpy               no registry: the base is made of Debian's packages (needs root)

Prints a line `NAME:TAG` for each. The tag is a digest of all that goes into the image: what has not changed is not
built again. A second tag is the version of this checkout, which compose.yaml asks for.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from grader import __version__
from grader.sandbox import runtimes
from nabla_images import base, engine, wheels
from nabla_images.errors import BuildFailed

ROOT = Path(__file__).resolve().parent.parent.parent
_BASE = "debian:bookworm-slim"
_SERVICE_FOLDERS = ("grader", "reference", "assignments")

Files = list[tuple[str, Path]]


def _runner_files(runtime: str, python: str) -> Files:
    requirements = wheels.runner_requirements(ROOT, runtime)
    house = wheels.wheelhouse(ROOT, python, requirements, complete=False)
    return [
        ("Dockerfile", ROOT / "docker" / "runner.Dockerfile"),
        *_below(house, "wheels"),
        *((f"nabla/{name}", ROOT / name) for name in runtimes.runner_modules(ROOT)),
    ]


def _service_files(python: str) -> Files:
    house = wheels.wheelhouse(ROOT, python, wheels.service_requirements(ROOT), complete=True)
    own = [item for folder in _SERVICE_FOLDERS for item in _below(ROOT / folder, f"nabla/{folder}")]
    return [("Dockerfile", ROOT / "docker" / "service.Dockerfile"), *_below(house, "wheels"), *own]


def _below(folder: Path, name: str) -> Files:
    found = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return [(f"{name}/{path.relative_to(folder)}", path) for path in found]


IMAGES: dict[str, Callable[[str], Files]] = {
    "runner-numpy": lambda python: _runner_files("numpy", python),
    "runner-torch": lambda python: _runner_files("torch", python),
    "runner-tests": lambda python: _runner_files("tests", python),
    "service": _service_files,
}


def digest(files: Files, options: Sequence[str]) -> str:
    """Of everything that a build depends on."""
    whole = hashlib.sha256("\n".join(options).encode())
    for name, path in sorted(files):
        with path.open("rb") as file:
            whole.update(f"\n{name} {hashlib.file_digest(file, 'sha256').hexdigest()}".encode())
    return whole.hexdigest()[:12]


def make(image: str, base_name: str, network: str, python: str) -> str:
    """The name of the image of this checkout, built where there is none. Raises BuildFailed."""
    files = [("minimal_root.py", ROOT / "docker" / "minimal_root.py"), *IMAGES[image](python)]
    options = ["--build-arg", f"BASE={base_name}", "--network", network]
    repository = f"nabla-{image}"
    name = f"{repository}:{digest(files, options)}"
    is_new = not engine.has_image(name)
    if is_new:
        engine.build(name, files, [*options, "--file", "Dockerfile"])
    engine.docker("tag", name, f"{repository}:{__version__}")
    if is_new:
        engine.forget_old(repository)
    return name


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="docker/build", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("images", nargs="+", choices=sorted(IMAGES))
    parser.add_argument("--base", default=_BASE, help=f"the image to start from, with or without Python ({_BASE})")
    parser.add_argument("--python", default=base.PYTHON, help=f"the version of its Python ({base.PYTHON})")
    parser.add_argument("--bootstrap", action="store_true", help="make the base of Debian's packages; needs root")
    parser.add_argument("--fresh", action="store_true", help="with --bootstrap: make it again, with today's updates")
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    """Print the names of the images; 1 where one could not be made."""
    wanted = _arguments(words)
    start = time.monotonic()
    try:
        name = base.bootstrap(wanted.fresh) if wanted.bootstrap else wanted.base
        sys.stderr.write(f"base {name}: {time.monotonic() - start:.1f} s\n")
        # Only to install Python into a base that has none does a build need a network.
        network = "none" if wanted.bootstrap else "default"
        for image in wanted.images:
            start = time.monotonic()
            print(make(image, name, network, wanted.python), flush=True)
            sys.stderr.write(f"{image}: {time.monotonic() - start:.1f} s\n")
    except BuildFailed as fault:
        sys.stderr.write(f"docker/build: {fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
