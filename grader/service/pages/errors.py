"""What one sees where there is nothing to see."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "service/error.html", {"title": title, "text": text}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not there, or not for this reader: both look the same."""
    return _page(request, 404, "Not found", "There is no such page, or it is not yours to see.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not for this reader's role."""
    return _page(request, 403, "Not allowed", "Your role in the course does not include this page.")


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's check against forged forms failed, mostly because the page was open for too long."""
    text = "This form is no longer valid. Go back, load the page again and repeat; nothing was handed in."
    return _page(request, 403, "The form expired", text)


def failed(request: HttpRequest) -> HttpResponse:
    """A fault of ours."""
    text = "That is our fault, not yours. What you had a receipt for is safe; try again, and tell your course staff."
    # Without a look at who is asking: the database may be what went wrong.
    return HttpResponse(
        render_to_string("service/error.html", {"title": "Something went wrong", "text": text}), status=500
    )
