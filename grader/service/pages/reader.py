"""Who reads a page."""

from __future__ import annotations

from django.http import HttpRequest

from grader.service.models import User


def reader_of(request: HttpRequest) -> User:
    """The account that is signed in; the middleware lets nobody else come this far."""
    assert isinstance(request.user, User)
    return request.user
