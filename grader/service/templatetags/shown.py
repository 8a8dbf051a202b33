"""How points and states are written on pages."""

from __future__ import annotations

import base64

from django import template

register = template.Library()


@register.filter
def points(value: float | None) -> str:
    """A score without superfluous digits."""
    return "–" if value is None else f"{round(value, 2):g}"


@register.filter
def image(svg: str) -> str:
    """An SVG document as the address of an image: nothing in an image runs, and its styles are its own."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@register.filter
def words(code: str) -> str:
    """A code such as time_limit, as one would say it."""
    return code.replace("_", " ")
