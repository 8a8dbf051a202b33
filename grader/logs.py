"""How every process of the service logs: a time, who it is, what happened."""

from __future__ import annotations

import logging
import sys


def configure(part: str) -> None:
    """Log to stderr as `part`: our own steps, and warnings of the libraries."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format=f"%(asctime)s {part:<10} %(message)s", datefmt="%H:%M:%S"
    )
    logging.getLogger("grader").setLevel(logging.INFO)
