"""What a file's name and size tell, in constant work. Nothing else of it is looked at before a worker does."""

from __future__ import annotations

from pathlib import PurePosixPath

from grader.errors import StudentFault
from grader.intake.budget import MAX_ARCHIVE, MAX_NOTEBOOK, MAX_SOURCE, require_size

TYPES = "a .py file, an .ipynb notebook or a .zip"
LIMITS = {".py": MAX_SOURCE, ".ipynb": MAX_NOTEBOOK, ".zip": MAX_ARCHIVE}


def require_acceptable(content: bytes, name: str) -> str:
    """The suffix of a file that may be looked at closer. Raises StudentFault."""
    suffix = PurePosixPath(name.lower()).suffix
    if suffix not in LIMITS:
        raise StudentFault(f"{name} is none of the files that can be graded; hand in {TYPES}")
    require_size(content, LIMITS[suffix], name)
    return suffix
