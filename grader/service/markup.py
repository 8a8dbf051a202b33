"""Statements written in Markdown with $math$ to HTML. Raw HTML in them stays text; KaTeX draws the math."""

from __future__ import annotations

import functools

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin


@functools.cache
def _reader() -> MarkdownIt:
    return MarkdownIt("js-default", {"linkify": False}).use(dollarmath_plugin, double_inline=True)


@functools.lru_cache(maxsize=1024)
def to_html(text: str) -> SafeString:
    """`text` as HTML; math as <span class="math inline"> and <div class="math block"> with TeX inside."""
    return SafeString(_reader().render(text))  # js-default escapes all HTML
