"""Run in the build stage of an image: collects the root of the image itself.

python3 minimal_root.py ROOT [FOLDER...]

What is there afterwards: the interpreter, its standard library, /nabla, and the shared libraries that these load. No
shell, no tool, no package manager: there is nothing to turn against the machine, and little to keep up to date. Further
folders are made for the user of the service, who may write there.
"""

from __future__ import annotations

import compileall
import os
import py_compile
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator

GROUP = 10001
"""of the service, and of the sockets of its runners"""

_NABLA = "/nabla"
# At the top of the standard library: other people's packages, tools of developers, windows.
_NOT_NEEDED = {"site-packages", "dist-packages", "ensurepip", "idlelib", "tkinter", "turtledemo", "test"}
# The C library loads it by name when a thread ends.
_LOADED_LATE = "libgcc_s.so.1"
_ACCOUNTS = {
    "passwd": f"root:x:0:0::/:\nnabla:x:{GROUP}:{GROUP}::/:\nnobody:x:65534:65534::/:\n",
    "group": f"root:x:0:\nnabla:x:{GROUP}:\nnogroup:x:65534:\n",
}


def _standard_library() -> list[str]:
    return sorted({os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")})


def _copy_tree(root: str, path: str) -> None:
    def ignored(folder: str, names: list[str]) -> set[str]:
        of_library = {name for name in names if name in _NOT_NEEDED or name.startswith("config-")}
        return {"__pycache__"} | (of_library if folder == path != _NABLA else set())

    shutil.copytree(path, root + path, ignore=ignored, ignore_dangling_symlinks=True, dirs_exist_ok=True)


def _copy_file(root: str, path: str) -> None:
    """To the folder that its own one really is; links from there are made by `_repeat_links`."""
    folder = root + os.path.realpath(os.path.dirname(path))
    os.makedirs(folder, exist_ok=True)
    shutil.copy2(path, f"{folder}/{os.path.basename(path)}")


def _repeat_links(root: str) -> None:
    for name in ("bin", "lib", "lib64"):
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), f"{root}/{name}")


def _files_below(folder: str) -> Iterator[str]:
    for path, _, names in os.walk(folder):
        yield from (f"{path}/{name}" for name in names)


def _is_binary(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def _libraries(binaries: list[str]) -> set[str]:
    """The shared libraries that these load, and those that these load in turn. Exits where one is missing."""
    # A package loads its own libraries in an order in which they find each other.
    own = {os.path.basename(path) for path in binaries}
    printed = subprocess.run(["ldd", *binaries], capture_output=True, text=True, check=False).stdout  # noqa: S603, S607
    found = set()
    for line in printed.splitlines():
        if "not found" in line and line.split()[0] not in own:
            sys.exit(f"a shared library is missing: {line.strip()}")
        path = line.split("=>")[-1].split("(")[0].strip()
        if line.startswith("\t") and path.startswith("/"):
            found.add(path)
    return found


def _collect(root: str) -> None:
    python = os.path.realpath(sys.executable)
    _copy_file(root, python)
    os.symlink(os.path.basename(python), f"{root}{os.path.dirname(python)}/python3")
    trees = [*_standard_library(), _NABLA]
    for path in trees:
        _copy_tree(root, path)
    binaries = [path for tree in trees for path in _files_below(root + tree) if _is_binary(path)]
    for path in sorted(_libraries([python, *binaries])):
        if not path.startswith((root, _NABLA)):
            _copy_file(root, path)
    c_library = next(path for path in _libraries([python]) if os.path.basename(path).startswith("libc.so"))
    late = f"{os.path.dirname(c_library)}/{_LOADED_LATE}"
    if os.path.exists(late):
        _copy_file(root, late)
    _compile(root, trees)


def _compile(root: str, trees: list[str]) -> None:
    # The root will be read-only: what is not compiled now is compiled at every start.
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    for tree in trees:
        compileall.compile_dir(root + tree, quiet=2, stripdir=root, workers=0, invalidation_mode=mode)


def _furnish(root: str, folders: list[str]) -> None:
    os.makedirs(f"{root}/etc")
    for name, text in _ACCOUNTS.items():
        with open(f"{root}/etc/{name}", "w", encoding="ascii") as file:
            file.write(text)
    for name in ("dev", "proc", "sys", "tmp", "run/nabla"):
        os.makedirs(f"{root}/{name}")
    # Some engines give a tmpfs the mode of the folder that it covers, whatever its own options say.
    os.chmod(f"{root}/tmp", 0o1777)  # noqa: S103, S108
    # Sockets that root makes in here belong to the group, so that a worker, who is not root, may use them.
    os.chown(f"{root}/run/nabla", 0, GROUP)
    os.chmod(f"{root}/run/nabla", 0o2770)  # noqa: S103
    for name in folders:
        os.makedirs(f"{root}/{name}")
        os.chown(f"{root}/{name}", GROUP, GROUP)


def _strip_privileges(root: str) -> None:
    for path in _files_below(root):
        if not os.path.islink(path):
            os.chmod(path, 0o755 if _is_binary(path) else 0o644)


def main(root: str, folders: list[str]) -> None:
    """Fill the folder, which must not exist."""
    os.umask(0o022)
    os.makedirs(root)
    shutil.rmtree(f"{_NABLA}/packages/bin", ignore_errors=True)  # commands, which nobody could run
    _collect(root)
    _repeat_links(root)
    _furnish(root, folders)
    _strip_privileges(root)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
