"""One-time links by which an account gets a password.

A link is worth what it was worth when it was made: it ends once a password is set, after a month, and whenever what the
account may do changes. Else a link taken in one course would open whatever the account is given in another.
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from grader.service.models import User


class _Links(PasswordResetTokenGenerator):
    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        assert isinstance(user, User)
        places = sorted((row.pk, row.role) for row in user.memberships.all())
        return f"{super()._make_hash_value(user, timestamp)}{user.is_superuser}{user.is_active}{places}"


LINKS = _Links()


def first_password(user: User) -> str:
    """The path of the page on which an account gets its password. It works once, for a month."""
    number = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("set-password", kwargs={"uidb64": number, "token": LINKS.make_token(user)})
