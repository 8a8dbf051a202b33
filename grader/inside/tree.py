"""The minimal root file system of a slot: the runtime, read-only, and nothing of the machine it runs on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TypedDict

from grader.inside import kernel

HOME = "/nabla"
SCRATCH = os.environ.get("NABLA_SCRATCH", "/tmp")
"""Where a child may write: its own /tmp, or a folder of the slot where nothing can be mounted."""
_DEVICES = ("null", "zero", "random", "urandom")


class Runtime(TypedDict):
    """What the worker asks to be put into the root. All paths are those of the machine outside."""

    name: str
    base: str
    """numpy | torch"""
    warm: list[str]
    """modules to import besides before the first fork"""
    launcher: str
    """namespaces | uid"""
    folder: str
    """of the slot, removed at its end; with the launcher uid only"""
    libraries: list[str]
    """directories shown at the same path: the standard library, the C library's folder"""
    packages: list[str]
    """package folders shown below /nabla/packages"""
    hidden: list[str]
    """directories inside a library that must look empty (other people's packages)"""
    source: str
    """the folder that holds our own `grader` package"""
    own_modules: list[str]
    """files of that package that the inside half needs"""
    links: dict[str, str]
    """symbolic links at the top, such as /lib -> usr/lib"""


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).touch()
    kernel.mount(source, target, None, kernel.MOUNT_BIND | kernel.MOUNT_RECURSIVE)


# An ordinary user may not clear flags that the machine set on the original mount (noatime, nodev ...),
# so they are repeated when the mount is made read-only.
_KEPT_FLAGS = {
    os.ST_NOSUID: kernel.MOUNT_NO_SUID,
    os.ST_NODEV: kernel.MOUNT_NO_DEVICES,
    os.ST_NOEXEC: kernel.MOUNT_NO_EXEC,
    os.ST_NOATIME: 1024,
    os.ST_NODIRATIME: 2048,
    os.ST_RELATIME: 1 << 21,
}


def _make_read_only(target: str, extra: int = kernel.MOUNT_NO_SUID | kernel.MOUNT_NO_DEVICES) -> None:
    present = os.statvfs(target).f_flag
    kept = 0
    for flag, option in _KEPT_FLAGS.items():
        kept |= option if present & flag else 0
    flags = kernel.MOUNT_BIND | kernel.MOUNT_REMOUNT | kernel.MOUNT_READ_ONLY | kept | extra
    kernel.mount("none", target, None, flags)


def _show(source: str, target: str) -> None:
    _bind(source, target)
    _make_read_only(target)


def _copy_own_modules(machine: str, root: str, runtime: Runtime) -> None:
    for name in runtime["own_modules"]:
        target = f"{root}{HOME}/{name}"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(f"{machine}{runtime['source']}/{name}", target)


def _fill(machine: str, root: str, runtime: Runtime) -> None:
    for path in runtime["libraries"]:
        _show(machine + path, root + path)
    for path in runtime["packages"]:
        _show(machine + path, f"{root}{HOME}/packages/{os.path.basename(path)}")
    for path in runtime["hidden"]:
        kernel.mount("none", root + path, "tmpfs", kernel.MOUNT_READ_ONLY, "size=4k,mode=0555")
    for name, target in runtime["links"].items():
        if not os.path.lexists(root + name):
            os.symlink(target, root + name)
    for name in _DEVICES:
        _bind(f"{machine}/dev/{name}", f"{root}/dev/{name}")
    _bind(f"{machine}/proc", f"{root}/proc")
    os.makedirs(root + SCRATCH, exist_ok=True)
    _copy_own_modules(machine, root, runtime)


def _set_machine_aside() -> tuple[str, str]:
    """Move to an empty root: the paths under which the machine and the root to be filled are then found.

    Two steps, because a runtime that lies below /tmp would be hidden by a root built there.
    """
    kernel.mount("none", "/", None, kernel.MOUNT_RECURSIVE | kernel.MOUNT_PRIVATE)
    kernel.mount("none", "/tmp", "tmpfs", kernel.MOUNT_NO_SUID, "size=16m,mode=0755")
    os.mkdir("/tmp/machine")
    os.mkdir("/tmp/root")
    kernel.pivot_root("/tmp", "/tmp/machine")
    kernel.mount("/root", "/root", None, kernel.MOUNT_BIND)
    return "/machine", "/root"


def enter(runtime: Runtime) -> None:
    """Build the root in this mount namespace and move into it. Raises OSError where a step is refused."""
    machine, root = _set_machine_aside()
    _fill(machine, root, runtime)
    os.chdir(root)
    kernel.pivot_root(".", ".")
    kernel.unmount(".")
    os.chdir("/")
    _make_read_only("/")


def readable(runtime: Runtime) -> list[str]:
    """What of the machine a child may read where no root can be built: the same, path by path."""
    kept = [*runtime["packages"], *(f"/dev/{name}" for name in _DEVICES if name != "null")]
    for library in runtime["libraries"]:
        kept += _without(library, runtime["hidden"])
    return kept


def _without(folder: str, hidden: list[str]) -> list[str]:
    """The folder, or what is in it where something below must not be seen."""
    if folder in hidden:
        return []
    if not any(path.startswith(folder + "/") for path in hidden):
        return [folder]
    return [path for name in sorted(os.listdir(folder)) for path in _without(f"{folder}/{name}", hidden)]
