"""Signing in and out, and the first password."""

from __future__ import annotations

from django.contrib.auth import views
from django.http import HttpRequest
from django.urls import reverse_lazy

from grader.service.first_password import LINKS


class SignIn(views.LoginView):
    """User name and password."""

    template_name = "service/sign_in.html"
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """See Django; never back to this page."""
        url = super().get_redirect_url()
        return "" if url.partition("?")[0] == self.request.path else url


class SignOut(views.LogoutView):
    """By POST only, as Django has it."""

    next_page = "sign-in"


class SetPassword(views.PasswordResetConfirmView):
    """Where the one-time link of an account leads."""

    token_generator = LINKS

    template_name = "service/set_password.html"
    success_url = reverse_lazy("sign-in")
