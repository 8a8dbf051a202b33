"""The attack files and what their headers say.

A file begins with comment lines: a sentence or two on what it tries, then fields of the form `# name: value`.

    walls        what stops it
    expect       what must come of it (below); `expect[uid]` is for that launcher, `expect[owned]` for those without
                 namespaces, `expect[ordinary]` for a worker that is not root
    limits       such as `wall 0.5, cpu 0.3, memory 64, output 1000`: seconds, MiB and bytes
    runtime      numpy, unless it says torch
    target       the listener it is told of in the file target.json: tcp, tcp6, udp, unix, abstract
    calls        how often its function f() is called, once unless it says otherwise
    kind         notebook, where its cells are separated by lines `# %%`

A folder beside it, NAME.files, holds what is handed in with it. Expectations are joined by `or`:

    time cpu memory output violated died        how the run ends, without a response
    died SIGNAL                                 the same, by this signal
    raises KIND                                 f() ends with this exception; `raises KIND: TEXT` with TEXT in it
    returns LITERAL                             f() returns this
    import raises KIND                          the module ends with this exception
    earns POINTS                                graded: so many points of 7; 2 are those of `grad_dot`, 5 are those of
                                                `grad_quadratic`
    wrong                                       graded, and earns nothing
    not python                                  handed in, and nothing of it is Python, whatever it says
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.domain.limits import MIB, Limits

ATTACKS = Path(__file__).parent / "attacks"
USUAL = Limits(wall=4.0, cpu=0.4, memory=96 * MIB, output=4096)

_FIELD = re.compile(r"# (\w+(?:\[\w+\])?): (.*)")
_FIELDS = {"walls", "expect", "limits", "runtime", "target", "calls", "kind"}
_GRADED = ("wrong", "earns", "not python")


@dataclass(frozen=True)
class Attack:
    """One file of the corpus."""

    name: str
    purpose: str
    walls: str
    source: bytes
    expected: Mapping[str, str]
    """by launcher; the entry "" is for all others"""
    limits: Limits = USUAL
    runtime: str = "numpy"
    target: str = ""
    calls: int = 1
    notebook: bool = False
    files: tuple[tuple[str, bytes], ...] = ()

    def outcomes(self, launcher: str, ordinary: bool) -> tuple[str, ...]:
        """What may come of it there."""
        keys = [launcher, "" if launcher == "namespaces" else "owned", "ordinary" if ordinary else ""]
        keys = [*filter(None, keys), ""]
        text = next(self.expected[key] for key in keys if key in self.expected)
        return tuple(text.split(" or "))

    @property
    def graded(self) -> bool:
        """Whether it is handed in to a grader, and not only run."""
        return self.expected[""].startswith(_GRADED)


def attacks() -> list[Attack]:
    """All of them, by name."""
    return [read(path) for path in sorted(ATTACKS.glob("*.py"))]


def read(path: Path) -> Attack:
    """The attack in a file. Raises ValueError where its header is not as it should be."""
    purpose, fields = _header(path)
    expected = {key[7:-1]: value for key, value in fields.items() if key.startswith("expect[")}
    return Attack(
        path.stem, purpose, fields["walls"], path.read_bytes(), {"": fields["expect"], **expected},
        _limits(fields.get("limits", "")), fields.get("runtime", "numpy"), fields.get("target", ""),
        int(fields.get("calls", "1")), fields.get("kind") == "notebook", _files(path.with_suffix(".files")),
    )  # fmt: skip


def _header(path: Path) -> tuple[str, dict[str, str]]:
    purpose: list[str] = []
    fields: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# coding"):
            continue
        if not line.startswith("# "):
            break
        if found := _FIELD.fullmatch(line):
            fields[found[1]] = found[2]
        else:
            purpose.append(line[2:])
    unknown = {key.partition("[")[0] for key in fields} - _FIELDS
    if unknown or not purpose or not {"walls", "expect"} <= set(fields):
        raise ValueError(f"{path.name}: purpose, walls and expect are needed, unknown: {sorted(unknown)}")
    return " ".join(purpose), fields


def _limits(text: str) -> Limits:
    given = dict(part.split() for part in text.split(", ")) if text else {}
    return Limits(
        wall=float(given.get("wall", USUAL.wall)),
        cpu=float(given.get("cpu", USUAL.cpu)),
        memory=int(given.get("memory", USUAL.memory // MIB)) * MIB,
        output=int(given.get("output", USUAL.output)),
    )


def _files(folder: Path) -> tuple[tuple[str, bytes], ...]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple((path.relative_to(folder).as_posix(), path.read_bytes()) for path in found)
