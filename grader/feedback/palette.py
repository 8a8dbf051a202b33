"""The colours of figures."""

from __future__ import annotations

INK = "#010203"
"""stands for the colour of text, which depends on the reader's theme"""
BLUE, ORANGE, GREEN = "#3f7fbf", "#d9731a", "#3d9a50"
