"""`implement: wls_grad_s(x, s, A, W)` and `implement: class Value`."""

from __future__ import annotations

import keyword
import re

from grader.domain.assignment import Signature
from grader.specs.nodes import Document, Path
from reference.language import nearest

_SIGNATURE = re.compile(r"([A-Za-z_]\w*)\s*\(([^()]*)\)")
_CLASS = re.compile(r"class\s+([A-Za-z]\w*)")


def read_any(text: str, document: Document, path: Path) -> Signature | None:
    """A class, or a function with arguments of any name; None with its fault blamed in the document."""
    if text.strip().startswith("class "):
        return read_class(text, document, path)
    found = _SIGNATURE.fullmatch(text.strip())
    names = tuple(part.strip() for part in found[2].split(",")) if found else ()
    return read_signature(text, tuple(name for name in names if name.isidentifier()), document, path)


def read_class(text: str, document: Document, path: Path) -> Signature | None:
    """The class, or None with its fault blamed in the document."""
    found = _CLASS.fullmatch(text.strip())
    if found is None or keyword.iskeyword(found[1]):
        document.blame(path, f"`{text}` is not a class, such as `class Value`")
        return None
    return Signature(found[1], (), is_class=True)


def read_signature(
    text: str, known: tuple[str, ...], document: Document, path: Path, where: str = "declared in `given`"
) -> Signature | None:
    """The signature, or None with its faults blamed in the document. `known` are the names it may take."""
    found = _SIGNATURE.fullmatch(text.strip())
    if found is None or keyword.iskeyword(found[1]):
        document.blame(path, f"`{text}` is not a function with its arguments, such as `grad_quad(A, x)`")
        return None
    arguments = tuple(part.strip() for part in found[2].split(",")) if found[2].strip() else ()
    for argument in arguments:
        if argument not in known:
            text = f"the argument `{argument}` is not {where}" + (nearest(argument, known) if known else "")
            document.blame(path, text, column=found.start(2))
    if len(set(arguments)) < len(arguments):
        document.blame(path, "an argument stands here twice", column=found.start(2))
    return Signature(found[1], arguments)
