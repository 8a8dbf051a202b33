"""Statements of authors as HTML."""

from __future__ import annotations

import pytest

from grader.service.markup import to_html
from grader.service.templatetags.shown import points, words


def test_math_is_left_to_be_drawn() -> None:
    assert '<span class="math inline">\\nabla_x f_1 * a_2</span>' in to_html(r"Let $\nabla_x f_1 * a_2$.")
    assert 'class="math block"' in to_html("$$\nx^T A x\n$$")


def test_markdown() -> None:
    assert "<strong>one</strong>" in to_html("**one**")
    assert "<code>f(x)</code>" in to_html("`f(x)`")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "$<script>alert(1)</script>$", "[x](javascript:alert(1))",
        "![x](javascript:alert(1))", '<img src=x onerror="alert(1)">', "$$<img onerror=alert(1)>$$",
    ],
)  # fmt: skip
def test_nothing_runs(text: str) -> None:
    html = to_html(text)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_points_have_no_superfluous_digits() -> None:
    assert [points(value) for value in (None, 0.0, 4.8, 1 / 3, 40.0)] == ["–", "0", "4.8", "0.33", "40"]


def test_codes_as_words() -> None:
    assert words("time_limit") == "time limit"
