"""Signing in and out."""

from __future__ import annotations

from django.contrib.auth import views


class SignIn(views.LoginView):
    """User name and password."""

    template_name = "service/sign_in.html"
    redirect_authenticated_user = True


class SignOut(views.LogoutView):
    """By POST only, as Django has it."""

    next_page = "sign-in"
