"""From pydantic's findings to sentences at a place in the file."""

from __future__ import annotations

import copy
import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from grader.specs.nodes import Document, Path
from reference.language import nearest

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], content: Any, document: Document, path: Path) -> Model | None:
    """`content` as a model, with every fault blamed in the document.

    Where the faulty keys can be done without, the model comes without them, so that what depends on the rest is
    checked as well; the blame stands and the assignment is refused in the end. Otherwise None.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    for fault in faults:
        _blame(model, document, path, fault)
    if any(fault["loc"] and fault["loc"][0] in _DECLARING for fault in faults):
        return None
    try:
        return model.model_validate(_without(content, [fault["loc"] for fault in faults]))
    except ValidationError:
        return None


# Without a declaration everything that uses it would be blamed as well.
_DECLARING = ("dims", "given", "unknowns", "let")
_STAND_INS = {"points": "1", "weight": "100", "title": "untitled", "format": "1", "ask": "gradient"}


def _without(content: Any, places: list[Any]) -> Any:
    """A copy without the faulty keys, and with stand-ins for those that must be there."""
    rest = copy.deepcopy(content)
    for *parents, key in filter(None, places):
        try:
            inner = rest
            for parent in parents:
                inner = inner[parent]
            inner.pop(key, None)
            inner.update({key: _STAND_INS[key]} if key in _STAND_INS else {})
        except (KeyError, TypeError, IndexError, AttributeError):
            continue
    return rest


def _blame(model: type[BaseModel], document: Document, path: Path, fault: Any) -> None:
    kind, where = fault["type"], (*path, *fault["loc"])
    if kind == "extra_forbidden":
        text = f"unknown key `{where[-1]}`" + nearest(str(where[-1]), _fields(model, fault["loc"][:-1]))
        document.blame(where, text, key=True)
    elif kind == "missing":
        document.blame(where[:-1], f"the key `{where[-1]}` is missing here")
    elif fault["loc"] and fault["loc"][-1] == "[key]":  # the library's way to say that a key is at fault
        document.blame(where[:-1], _sentence(kind, fault), key=True)
    else:
        document.blame(where, _sentence(kind, fault))


def _fields(model: type[BaseModel], inner: tuple[Any, ...]) -> list[str]:
    """The keys that exist where an unknown one was found."""
    for part in inner:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        if field is not None:
            model = _model_in(field.annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found is not None:
            return found
    return None


_SENTENCES = {
    "int_parsing": "`{input}` is not a whole number",
    "int_from_float": "`{input}` is not a whole number",
    "float_parsing": "`{input}` is not a number",
    "finite_number": "`{input}` is not a number that can stand here",
    "greater_than": "`{input}` is too small: it must be more than {gt:g}",
    "greater_than_equal": "`{input}` is too small: the least is {ge:g}",
    "less_than_equal": "`{input}` is too large: the most is {le:g}",
    "string_type": "text is expected here",
    "string_too_short": "this is empty; text is expected here",
    "string_too_long": "this text is too long: at most {max_length} characters",
    "list_type": "a list is expected here",
    "dict_type": "a mapping of `key: value` is expected here",
    "model_type": "a mapping of `key: value` is expected here",
    "model_attributes_type": "a mapping of `key: value` is expected here",
    "too_short": "this is empty; at least {min_length} is expected",
    "too_long": "these are too many: at most {max_length}",
    "string_pattern_mismatch": "`{input}` cannot stand here: it must match {pattern}",
    "timezone_aware": "`{input}` has no offset; write it like `2026-11-15T23:59+02:00`",
}


def _sentence(kind: str, fault: Any) -> str:
    context = fault.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"`{fault['input']}` cannot stand here" + nearest(
            str(fault["input"]), re.findall(r"'([^']+)'", context["expected"])
        )
    template = _SENTENCES.get(kind)
    if template is None:
        return str(fault["msg"])
    shown = str(fault["input"])
    return template.format(input=shown if len(shown) <= 60 else shown[:57] + "...", **context)
