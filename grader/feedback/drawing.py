"""Draws pictures as SVG by matplotlib, which is imported with the first of them.

A figure is shown on a page as an image of its own. Text and axes take the colour of the reader's theme: they are drawn
in a colour that stands for it, and a style sheet inside of the image gives it its value in light and in dark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.domain.pictures import Contours, ErrorAgainstStep, GraphOfPass, Picture, WrongEntries
from grader.feedback.graphs import graph_of_pass
from grader.feedback.palette import BLUE, GREEN, INK, ORANGE

_THEME = (
    "<style>.ink{fill:#222;color:#222}.line{stroke:#222}"
    "@media (prefers-color-scheme:dark){.ink{fill:#ddd}.line{stroke:#ddd}}</style>"
)
_SETTINGS: Any = {
    "text.color": INK, "axes.edgecolor": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.facecolor": "none", "figure.facecolor": "none", "savefig.facecolor": "none", "legend.frameon": False,
    "svg.fonttype": "none", "svg.hashsalt": "nabla", "font.size": 10, "axes.spines.top": False,
    "axes.spines.right": False,
}  # fmt: skip
_SIZE = (5.2, 3.2)


def draw(picture: Picture) -> tuple[str, str, str]:
    """Title, description for who cannot see it, and the SVG document."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    title, alt, plot = _PICTURES[type(picture)](picture)
    with matplotlib.rc_context(_SETTINGS):
        figure = Figure(figsize=_SIZE, layout="constrained")
        FigureCanvasSVG(figure)
        plot(figure.add_subplot())
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return title, alt, _themed(written.getvalue())


def _themed(svg: str) -> str:
    """With the stand-in for the colour of text replaced by that of the theme."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(rf'style="([^"]*?)(fill|stroke): {INK};?([^"]*)"', _with_class, svg)
    start = svg.index(">") + 1
    return svg[:start] + _THEME + svg[start:]


def _with_class(found: re.Match[str]) -> str:
    before, what, after = found.groups()
    rest = f"{before}{after}".replace(f"stroke: {INK}", "").replace(f"fill: {INK}", "")
    names = "ink" if what == "fill" else "line"
    return f'class="{names}" style="{rest.strip()}"'


Plotted = tuple[str, str, Callable[[Any], None]]


def _error_against_step(picture: ErrorAgainstStep) -> Plotted:
    def plot(axes: Any) -> None:
        axes.loglog(*zip(*picture.scheme, strict=True), "-", color=BLUE, label="the scheme that was asked for")
        axes.loglog(*zip(*picture.seen, strict=True), "o", color=ORANGE, label="your function")
        axes.set_xlabel("step h")
        axes.set_ylabel("relative error")
        axes.legend()

    best = min(picture.scheme, key=lambda point: point[1])
    own = min(picture.seen, key=lambda point: point[1])
    alt = (
        "Error over step, both logarithmic. The curve of the scheme falls with the step down to an error of "
        f"{best[1]:.1g} at h = {best[0]:.1g}, and rises again for smaller steps, where rounding takes over. Your "
        f"function is off by {own[1]:.1g} at h = {own[0]:.1g}."
    )
    return "Error against the size of the step", alt, plot


def _wrong_entries(picture: WrongEntries) -> Plotted:
    values = np.array(picture.rows)
    wrong = [(int(i) + 1, int(j) + 1) for i, j in np.argwhere(values > 0)]

    def plot(axes: Any) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        shades = LinearSegmentedColormap.from_list("off", ["#8fb8de33", ORANGE])
        # The smallest error is told from none at first sight.
        axes.imshow(np.where(values > 0, 0.4 + 0.6 * np.minimum(values, 1.0), 0.0), cmap=shades, vmin=0, vmax=1)
        for i, j in np.ndindex(values.shape):
            text = "✓" if not values[i, j] else _percent(float(values[i, j]))
            axes.text(j, i, text, ha="center", va="center", fontsize=8)
        axes.set_xticks(range(values.shape[1]), range(1, values.shape[1] + 1))
        axes.set_yticks(range(values.shape[0]), range(1, values.shape[0] + 1))
        axes.set_xlabel("column")
        axes.set_ylabel("row")

    named = ", ".join(f"({i}, {j})" for i, j in wrong[:12]) + (" and more" if len(wrong) > 12 else "")
    alt = f"{len(wrong)} of {values.size} entries are wrong: row and column {named}. The others are right."
    return "Where your result is wrong", alt, plot


def _percent(error: float) -> str:
    return "wrong" if error >= 10 else f"{100 * error:.0f} %" if error >= 0.01 else "< 1 %"


def _contours(picture: Contours) -> Plotted:
    def plot(axes: Any) -> None:
        axes.contour(picture.xs, picture.ys, picture.f, levels=14, colors=BLUE, linewidths=0.8, alpha=0.8)
        for curve in picture.constraints:
            axes.contour(picture.xs, picture.ys, curve, levels=[0.0], colors=GREEN, linewidths=2)
        axes.plot(*picture.point, "o", color=ORANGE)
        for vector, colour in ((picture.slope, BLUE), *((normal, GREEN) for normal in picture.normals)):
            arrow = {"arrowstyle": "->", "color": colour, "lw": 2}
            axes.annotate("", _tip(picture, vector), picture.point, arrowprops=arrow)
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_xlabel("first variable")
        axes.set_ylabel("second variable")

    angle = _angle(picture.slope, picture.normals[0]) if picture.normals else 0.0
    alt = (
        f"Contours of f, the curve of the constraint, and your point at ({picture.point[0]:.3g}, "
        f"{picture.point[1]:.3g}). There the gradient of f and that of the constraint enclose "
        f"{angle:.0f} degrees; where they are parallel, the point is stationary."
    )
    return "Your point, with both gradients", alt, plot


def _tip(picture: Contours, vector: tuple[float, float]) -> tuple[float, float]:
    """Arrows show directions; they are drawn equally long."""
    length = float(np.hypot(*vector)) or 1.0
    reach = 0.18 * (picture.xs[-1] - picture.xs[0])
    return picture.point[0] + reach * vector[0] / length, picture.point[1] + reach * vector[1] / length


def _angle(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Between the lines along two vectors, in degrees."""
    sizes = float(np.hypot(*one) * np.hypot(*other))
    return float(np.degrees(np.arccos(min(1.0, abs(float(np.dot(one, other))) / sizes)))) if sizes else 0.0


_PICTURES: dict[type, Callable[[Any], Plotted]] = {
    ErrorAgainstStep: _error_against_step,
    WrongEntries: _wrong_entries,
    Contours: _contours,
    GraphOfPass: graph_of_pass,
}
