"""What a student's object is said to be, as plain numbers: form, array, type name.

It is a claim: the student's code runs in this process. Whatever tricks an object plays, one snapshot of bytes goes
out, and only those bytes are compared.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from grader.sandbox import wire

_NUMERIC = "fiubc"
_MAX_BYTES = 8 << 20


def claim(value: Any) -> wire.Value:
    """[form, array or None, description]; form is array, number, list, tensor, none, object or too-large."""
    name = type(value).__name__[:80]
    if value is None:
        return ["none", None, name]
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return _from_array("tensor", value.detach().cpu().resolve_conj().numpy(), name)
    if isinstance(value, np.ndarray | np.generic):
        return _from_array("array", np.array(value, copy=True, subok=False), name)
    if isinstance(value, bool | int | float | complex):
        return _from_number(value, name)
    if isinstance(value, list | tuple):
        return _from_list(value, name)
    return ["object", None, name]


def _from_number(value: complex, name: str) -> wire.Value:
    try:
        return _from_array("number", np.array(value), name)
    except OverflowError:
        return ["object", None, name]


def _from_list(value: list[Any] | tuple[Any, ...], name: str) -> wire.Value:
    try:
        array = np.array(value)
    except (ValueError, TypeError, OverflowError):
        return ["object", None, name]
    return _from_array("list", array, name)


def _from_array(form: str, array: np.ndarray[Any, Any], name: str) -> wire.Value:
    description = f"{name} of dtype {array.dtype} and shape {array.shape}"[:160]
    if array.dtype.kind not in _NUMERIC or array.ndim > 8 or array.dtype.itemsize > 16 or array.dtype.char in "gG":
        return ["object", None, description]
    if array.nbytes > _MAX_BYTES:
        return ["too-large", None, description]
    return [form, array, description]
