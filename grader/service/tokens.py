"""Keys to the API: shown once, kept as digests."""

from __future__ import annotations

import hashlib
import secrets

from grader.service.models import Token, User

PREFIX = "nabla_"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def issue(user: User) -> str:
    """A new key of a user."""
    key = PREFIX + secrets.token_urlsafe(32)
    Token.objects.create(digest=_digest(key), user=user)
    return key


def user_of(key: str) -> User | None:
    """Whose key this is; None where it is nobody's or the account is closed."""
    token = Token.objects.select_related("user").filter(digest=_digest(key), user__is_active=True).first()
    return token.user if token else None
