"""What is said of each snippet is what torch does."""

from __future__ import annotations

import pytest
import torch

from grader.domain.snippets import SNIPPETS, Snippet


@pytest.mark.parametrize("snippet", SNIPPETS.values(), ids=SNIPPETS.keys())
def test_it_raises_as_is_said(snippet: Snippet) -> None:
    names = {"torch": torch, "x": torch.tensor([1.0, 2.0], requires_grad=True)}
    if not snippet.raises:
        exec(snippet.code, names)
        return
    with pytest.raises(RuntimeError, match="in-place|inplace"):
        exec(snippet.code, names)


def test_the_docs_list_them_all() -> None:
    from tests.conftest import ROOT

    text = (ROOT / "docs" / "kinds" / "autograd.md").read_text(encoding="utf-8")
    for name, snippet in SNIPPETS.items():
        shown = snippet.code.replace("\n    ", " ").replace("\n", "; ")
        assert f"| `{name}` | `{shown}` | {'yes' if snippet.raises else 'no'} |" in text, (name, shown)
