"""Faults of an author that show only when numbers are put in."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from grader.errors import AuthorFault
from reference.schemes import LawFault


@contextlib.contextmanager
def blaming_the_author() -> Iterator[None]:
    """A LawFault inside becomes an AuthorFault."""
    try:
        yield
    except LawFault as fault:
        raise AuthorFault(str(fault)) from None
