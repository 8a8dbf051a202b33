"""How much memory this process and all beside it in its container may have together."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

# The second version of control groups has one tree, the first one for memory; either may begin at the container.
_TREES = (("", "", "memory.max"), ("memory", "memory", "memory.limit_in_bytes"))
# What the first version says where there is no limit: all pages that a number can count.
_NO_LIMIT = 1 << 62


def limit(groups: str = "/sys/fs/cgroup", own: str = "/proc/self/cgroup") -> int | None:
    """Bytes, None where nobody set any."""
    found = [number for path in _files(groups, own) if (number := _number(path)) is not None]
    return min(found, default=None)


def _files(groups: str, own: str) -> Iterator[Path]:
    for controllers, folder, name in _TREES:
        top = Path(groups, folder)
        place = top / _own_group(own, controllers).lstrip("/")
        # A limit of a group is one of all groups in it.
        for group in (place, *place.parents):
            if group.is_relative_to(top):
                yield group / name


def _own_group(own: str, controllers: str) -> str:
    """This process's group in the tree with these controllers, the top where it is not said."""
    with contextlib.suppress(OSError):
        for line in Path(own).read_text(encoding="utf-8", errors="replace").splitlines():
            _, names, path = line.split(":", 2)
            if controllers in names.split(",") and ".." not in path.split("/"):
                return path
    return "/"


def _number(path: Path) -> int | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return int(text) if text.isdigit() and int(text) < _NO_LIMIT else None
