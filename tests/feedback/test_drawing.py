"""Figures: what they show is drawn and said, they fit light and dark pages, and nothing in them runs."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from grader.domain.pictures import Contours, ErrorAgainstStep, GraphOfPass, PassEdge, PassNode, Picture, WrongEntries
from grader.feedback.drawing import draw

STEPS = [10.0**-k for k in range(1, 16)]
GRID = np.linspace(-2, 2, 21)


def rows(values: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, row)) for row in values)


CHAIN = tuple(PassNode(f"v{k}", 2.0**k, 1.0 if k else 3.0, 1.0) for k in range(25))
PATHS = (*(PassEdge(k, k + 1, 1.0) for k in range(24)), *(PassEdge(k, k + 3, -0.5, k == 5) for k in range(0, 21, 5)))


PICTURES: dict[str, tuple[Picture, str]] = {
    "steps": (
        ErrorAgainstStep(((1e-3, 2e-3),), tuple((h, h**2 + 1e-16 / h) for h in STEPS)),
        "falls with the step down to an error of 1e-10 at h = 1e-06, and rises again for smaller steps, where rounding "
        "takes over. Your function is off by 0.002 at h = 0.001.",
    ),
    "entries": (
        WrongEntries(((0.0, 0.5, 0.0), (0.0, 0.0, 1e-4))),
        "2 of 6 entries are wrong: row and column (1, 2), (2, 3). The others are right.",
    ),
    "many entries": (WrongEntries(rows(1.0 - np.eye(9))), "(1, 2)"),
    "contours": (
        Contours(
            tuple(GRID), tuple(GRID), rows(GRID[None] + GRID[:, None]), (rows(GRID[None] ** 2 + GRID[:, None] ** 2 - 1),),
            (1.0, 0.0), (1.0, 1.0), ((2.0, 0.0),),
        ),
        "your point at (1, 0). There the gradient of f and that of the constraint enclose 45 degrees",
    ),
    "graph": (
        GraphOfPass(
            "a * a", (PassNode("a", 3.0, 3.0, 6.0), PassNode("a * a", 9.0, None, 1.0)),
            (PassEdge(0, 1, 3.0), PassEdge(0, 1, 3.0, is_blamed=True)), False, 0, "lost", np.nan,
        ),
        "Computational graph of `a * a`: 2 numbers, the adjoint of 1 of them is wrong. Your class keeps none at 1 of them. "
        "The pass goes back, from the result to the inputs. On this way the first wrong adjoint is that of `a`: yours is 3, "
        "right is 6. What comes along the marked edge, from `a * a`, is not in it.",
    ),
    "large graph": (
        GraphOfPass("v0 to v24", CHAIN, PATHS, True, 0, "start", np.nan),
        "The pass goes forwards, from the inputs to the result. On this way the first wrong tangent is that of `v0`: yours is "
        "3, right is 1. This is where the pass starts: no other number is to blame.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture(name: str) -> None:
    picture, words = PICTURES[name]
    title, alt, svg = draw(picture)
    assert title
    assert words in alt
    tree = ElementTree.fromstring(svg)
    tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert "svg" in tags
    assert not {"script", "foreignObject", "iframe", "a"} & tags
    assert len(svg) < 120_000


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_written_takes_the_colour_of_the_theme(name: str) -> None:
    _, _, svg = draw(PICTURES[name][0])
    assert "prefers-color-scheme:dark" in svg
    assert "#010203" not in svg
    assert 'class="ink"' in svg
    assert inked(ElementTree.fromstring(svg), is_inked=False) == {True}


def inked(element: ElementTree.Element, *, is_inked: bool) -> set[bool]:
    """Of every text, whether it or something around it takes that colour."""
    is_inked = is_inked or element.get("class") == "ink"
    own = {is_inked} if element.tag.endswith("}text") else set()
    return own.union(*(inked(child, is_inked=is_inked) for child in element))


def test_the_same_picture_is_the_same_document() -> None:
    assert draw(PICTURES["steps"][0]) == draw(PICTURES["steps"][0])


def test_a_long_list_of_wrong_entries_ends() -> None:
    _, alt, _ = draw(PICTURES["many entries"][0])
    assert alt.startswith("72 of 81 entries are wrong")
    assert " and more. The others are right." in alt
