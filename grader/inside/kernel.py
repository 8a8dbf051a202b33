"""Linux calls that the standard library lacks, through ctypes. Every failure is an OSError that names the call."""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
from collections.abc import Iterable

NEW_USER = 0x10000000
NEW_PID = 0x20000000
NEW_NET = 0x40000000
NEW_UTS = 0x04000000
NEW_IPC = 0x08000000
NEW_MOUNT = 0x00020000
ALL_NAMESPACES = NEW_USER | NEW_PID | NEW_NET | NEW_UTS | NEW_IPC | NEW_MOUNT

MOUNT_READ_ONLY = 1
MOUNT_NO_SUID = 2
MOUNT_NO_DEVICES = 4
MOUNT_NO_EXEC = 8
MOUNT_REMOUNT = 32
MOUNT_BIND = 4096
MOUNT_RECURSIVE = 16384
MOUNT_PRIVATE = 1 << 18

PRCTL_PARENT_DEATH_SIGNAL = 1
PRCTL_DUMPABLE = 4
PRCTL_SECCOMP = 22
PRCTL_NO_NEW_PRIVILEGES = 38

CAP_READ_SEARCH = 2
CAP_KILL = 5
CAP_SETGID = 6
CAP_SETUID = 7

_SIGCHLD = 17
_DETACH = 2
_CAPABILITY_VERSION = 0x20080522

# Raw system call numbers; other machines are refused by `require_supported_machine`.
_CLONE = 56
_PIVOT_ROOT = 155
_CAPSET = 126
_CLOSE_RANGE = 436

# PyDLL keeps the interpreter lock during the call, as os.fork() does, so that the
# copy of the interpreter in the child is in a consistent state.
_held = ctypes.PyDLL(None, use_errno=True)
_libc = ctypes.CDLL(None, use_errno=True)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def require_supported_machine() -> None:
    """Raise OSError unless this is Linux on x86-64, the machine whose system calls the filter lists."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise OSError(f"the sandbox needs Linux on x86_64, this is {platform.system()} on {platform.machine()}")


def _checked(outcome: int, call: str) -> int:
    if outcome < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return outcome


def syscall(call: str, number: int, *arguments: object) -> int:
    """The raw system call `number`; `call` is its name in the error."""
    return _checked(_libc.syscall(number, *arguments), call)


def clone(namespaces: int = 0) -> int:
    """Fork, into new namespaces with the same system call: the child's pid in the parent, 0 in the child.

    unshare(CLONE_NEWPID) would need a second fork, which is the expensive part for a process
    that has numpy or torch loaded.
    """
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = int(_held.syscall(_CLONE, namespaces | _SIGCHLD, 0, 0, 0, 0))
    number = ctypes.get_errno()
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(number, f"clone: {os.strerror(number)}")
    return pid


def unshare(namespaces: int) -> None:
    """Move this process into new namespaces."""
    _checked(_libc.unshare(namespaces), "unshare")


def map_own_ids(inside: int, uid: int, gid: int) -> None:
    """Give this process, alone in a new user namespace, the id `inside` for the outer `uid` and `gid`."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{inside} {uid} 1"),
        ("gid_map", f"{inside} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """mount(2)."""
    outcome = _libc.mount(
        source.encode(), target.encode(), kind.encode() if kind else None, ctypes.c_ulong(flags), options.encode()
    )
    _checked(outcome, f"mount {source} on {target}")


def pivot_root(new_root: str, put_old: str) -> None:
    """Make `new_root` the root directory; the old one is found at `put_old`."""
    syscall("pivot_root", _PIVOT_ROOT, new_root.encode(), put_old.encode())


def unmount(target: str) -> None:
    """Detach what is mounted at `target`, with all below it."""
    _checked(_libc.umount2(target.encode(), _DETACH), f"unmount {target}")


def sethostname(name: str) -> None:
    """sethostname(2) within this uts namespace."""
    _checked(_libc.sethostname(name.encode(), len(name)), "sethostname")


def drop_capabilities(kept: Iterable[int] = ()) -> None:
    """Give up every capability but `kept`, for good: with no_new_privs and no execve none comes back."""
    header = _CapabilityHeader(_CAPABILITY_VERSION, 0)
    mask = sum(1 << number for number in kept)
    # effective, permitted, inheritable; the second half is for numbers from 32 on
    sets = (ctypes.c_uint32 * 6)(mask, mask, 0, 0, 0, 0)
    syscall("capset", _CAPSET, ctypes.byref(header), ctypes.byref(sets))


def prctl(option: int, value: int, pointer: object = 0) -> int:
    """prctl(2)."""
    outcome = _libc.prctl(option, ctypes.c_ulong(value), pointer, 0, 0)
    return _checked(outcome, f"prctl {option}")


def close_from(first: int) -> None:
    """Close every file descriptor from `first` on."""
    syscall("close_range", _CLOSE_RANGE, ctypes.c_uint(first), ctypes.c_uint(0xFFFFFFFF), 0)


def place_descriptors(wanted: Iterable[int]) -> None:
    """Renumber the descriptors `wanted` to 0, 1, 2 ... and close all others."""
    # Lifted above every source first, so that no target overwrites a source still to be placed.
    lifted = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 64) for descriptor in wanted]
    for target, descriptor in enumerate(lifted):
        os.dup2(descriptor, target, inheritable=True)
    close_from(len(lifted))
