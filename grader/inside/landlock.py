"""Landlock: which paths a child may read or write, and that it may reach no network and no other process.

The mount tree already contains nothing else; this is the second wall behind it.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

from grader.inside import kernel

_CREATE_RULESET = 444
_ADD_RULE = 445
_RESTRICT_SELF = 446
_ASK_VERSION = 1
_RULE_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR = 2, 4, 8
_READ = _READ_FILE | _READ_DIR
# make directories and regular files; never devices, sockets, fifos or links
_SCRATCH = _READ | _WRITE_FILE | (1 << 7) | (1 << 8)
# remove directories and files, or give them another name
_REMOVE = (1 << 4) | (1 << 5)
_TRUNCATE = 1 << 14
_NETWORK = 3
_SCOPES = 3

# The number of file access rights that each version of the interface knows (index: version).
_FILE_RIGHTS = (0, 13, 14, 15, 15, 16)


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """The kernel's Landlock version, 0 where it has none."""
    try:
        return kernel.syscall("landlock_create_ruleset", _CREATE_RULESET, None, 0, _ASK_VERSION)
    except OSError:
        return 0


def _add_path(ruleset: int, path: str, allowed: int) -> None:
    directory = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _PathRule(allowed, directory)
        kernel.syscall("landlock_add_rule", _ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(directory)


def restrict_to(available: int, readable: Iterable[str], scratch: str, *, removes: bool = True) -> int:
    """A ruleset: reading below `readable`, writing below `scratch` only; no network, no signals or sockets to the
    outside. Its descriptor is for `enter`.

    Unless it `removes`, what was made in `scratch` stays there under its name. `available` is the kernel's version:
    rights it does not know are left out.
    """
    files = (1 << _FILE_RIGHTS[min(available, len(_FILE_RIGHTS) - 1)]) - 1
    attributes = _Ruleset(files, _NETWORK if available >= 4 else 0, _SCOPES if available >= 6 else 0)
    size = 24 if available >= 6 else 16 if available >= 4 else 8
    ruleset = kernel.syscall("landlock_create_ruleset", _CREATE_RULESET, ctypes.byref(attributes), size, 0)
    for path in readable:
        _add_path(ruleset, path, _READ if os.path.isdir(path) else _READ_FILE)
    _add_path(ruleset, scratch, (_SCRATCH | _TRUNCATE | _REMOVE * removes) & files)
    _add_path(ruleset, "/dev/null", (_READ_FILE | _WRITE_FILE) & files)
    return ruleset


def enter(ruleset: int) -> None:
    """Put this process under a ruleset for the rest of its life. Needs no_new_privs."""
    kernel.syscall("landlock_restrict_self", _RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
