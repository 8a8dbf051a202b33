"""How points and states are written on pages."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def points(value: float | None) -> str:
    """A score without superfluous digits."""
    return "–" if value is None else f"{round(value, 2):g}"


@register.filter
def words(code: str) -> str:
    """A code such as time_limit, as one would say it."""
    return code.replace("_", " ")
