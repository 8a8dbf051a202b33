"""A report document on a terminal: one line, or in full."""

from __future__ import annotations

import textwrap
from typing import Any

from rich.console import Console
from rich.text import Text

_COLOURS = {
    "passed": "green", "partial": "yellow", "failed": "red", "skipped": "bright_black", "system_error": "magenta",
    "graded": "green", "not_gradable": "yellow",
}  # fmt: skip
_SIGNS = {"passed": "✓", "partial": "~", "skipped": "-"}
_OUTPUT_LINES = 10


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _points(score: float | None, maximum: float) -> str:
    return f"{'-' if score is None else f'{score:g}'} / {maximum:g}"


def print_line(name: str, content: dict[str, Any]) -> None:
    """One submission on one line: name, points, and how each task went."""
    line = Text(f"{name:<28} ")
    line.append(f"{_points(content['score'], content['max_score']):>12}  ", style="bold")
    if content["outcome"] != "graded":
        line.append(f"{content['outcome']}: {content['message'].splitlines()[0]}", style=_COLOURS[content["outcome"]])
    for task in content["tasks"]:
        line.append(_task_sign(task), style=_task_colour(task))
    notes = sorted({check["note"] for task in content["tasks"] for check in task["checks"] if check["note"]})
    troubles = sorted(
        {check["verdict"] for task in content["tasks"] for check in task["checks"]} - {"passed", "failed"}
    )
    line.append(f"  {', '.join(notes + troubles)}", style="bright_black")
    _console().print(line)


def _task_sign(task: dict[str, Any]) -> str:
    return "✓" if task["score"] == task["max_score"] else "~" if task["score"] else "✗"


def _task_colour(task: dict[str, Any]) -> str:
    return "green" if task["score"] == task["max_score"] else "yellow" if task["score"] else "red"


def print_report(title: str, name: str, content: dict[str, Any]) -> None:
    """The whole report of one submission."""
    console = _console()
    console.print(Text.assemble((title, "bold"), f"  {name}"))
    if content["message"]:
        console.print(Text(content["message"], style=_COLOURS[content["outcome"]]))
    for task in content["tasks"]:
        _print_task(console, task)
    for remark in content["remarks"]:
        console.print(Text(f"Remark: {remark}", style="yellow"))
    total = _points(content["score"], content["max_score"])
    timing = content["timing"]
    took = f"   graded in {timing['total_ms']:.0f} ms" if "total_ms" in timing else ""
    console.print()
    console.print(Text.assemble((f"Score {total}", "bold"), (took, "bright_black")))


def _print_task(console: Console, task: dict[str, Any]) -> None:
    console.print()
    points = _points(task["score"], task["max_score"])
    console.print(Text.assemble((task["title"], "bold"), f" ({task['id']})  ", (points, _task_colour(task))))
    for check in task["checks"]:
        _print_check(console, check)
    shown = task["output"].splitlines()
    if shown:
        console.print(Text("  It printed:", style="bright_black"))
        for line in shown[:_OUTPUT_LINES]:
            console.print(Text(f"    {line[:160]}", style="bright_black"))
        if len(shown) > _OUTPUT_LINES:
            console.print(Text(f"    ... and {len(shown) - _OUTPUT_LINES} more lines", style="bright_black"))


def _print_check(console: Console, check: dict[str, Any]) -> None:
    verdict = check["verdict"]
    colour = _COLOURS.get(verdict, "red")
    console.print(
        Text.assemble(
            (f"  {_SIGNS.get(verdict, '✗')} {verdict:<14}", colour),
            f" {check['title']:<16} {_points(check['score'], check['max_score'])}",
        )
    )
    _print_indented(console, check["message"], "")
    if check["hint"]:
        _print_indented(console, f"Hint ({check['note']}): {check['hint']}", "cyan")


def _print_indented(console: Console, text: str, style: str) -> None:
    for line in text.split("\n"):
        for piece in textwrap.wrap(line, 100, drop_whitespace=False, replace_whitespace=False) or [""]:
            console.print(Text(f"      {piece}", style=style))
