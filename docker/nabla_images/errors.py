"""What keeps an image from being made."""

from __future__ import annotations


class BuildFailed(Exception):
    """A sentence for whoever ran `docker/build`."""
