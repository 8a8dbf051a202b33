"""What a submission may weigh, before it is looked at any closer."""

from __future__ import annotations

from grader.errors import StudentFault

MIB = 1 << 20
MAX_SOURCE = 1 * MIB
MAX_NOTEBOOK = 20 * MIB
MAX_ARCHIVE = 20 * MIB
MAX_UNPACKED = 20 * MIB
MAX_FILES = 200


def require_size(content: bytes, limit: int, name: str) -> bytes:
    """`content`, if it is neither empty nor larger than `limit`. Raises StudentFault."""
    if not content.strip():
        raise StudentFault(f"{name} is empty; hand in the file with your solution")
    if len(content) > limit:
        raise StudentFault(f"{name} is larger than {limit // MIB} MiB; hand in the code alone, without data or outputs")
    return content
