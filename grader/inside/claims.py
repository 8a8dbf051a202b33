"""What a student's object is said to be, as plain numbers: form, array, type name.

It is a claim: the student's code runs in this process. Whatever tricks an object plays, one snapshot of bytes goes
out, and only those bytes are compared.
"""

from __future__ import annotations

import functools
import itertools
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.sandbox import wire

_NUMERIC = "fiubc"
_MAX_BYTES = 8 << 20
_ARRAYS = (np.ndarray, np.generic)
_NUMBERS = (int, float, complex)
_MAX_ELEMENTS = 100
_MAX_TEXT = 1000


def claim(value: Any) -> wire.Value:
    """[form, array or None, description]; form is array, number, list, tensor, none, object or too-large."""
    name = type(value).__name__[:80]
    if value is None:
        return ["none", None, name]
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return _from_tensor(value, name)
    if isinstance(value, _ARRAYS):
        return _from_array("array", np.array(value, copy=True, subok=False), name)
    if isinstance(value, _NUMBERS):
        return _from_number(value, name)
    if isinstance(value, list | tuple):
        return _from_list(value, name)
    return ["object", None, name]


def claim_with_text(value: Any) -> wire.Value:
    """The same, where a text is one as well: [text, None, its beginning]."""
    if isinstance(value, str):
        return ["text", None, str.__str__(value)[:_MAX_TEXT]]
    return claim(value)


def elements(value: Any, depth: int = 1) -> wire.Value:
    """A list, a tuple or an array of objects as [elements, a claim about each, description]; `depth` says how many
    lists in one another are taken apart. Of anything else the plain claim."""
    if isinstance(value, np.ndarray) and value.dtype == object and value.ndim:
        value = value.tolist()
    if not depth or not isinstance(value, list | tuple):
        return claim(value)
    return _each(value, lambda element: elements(element, depth - 1))


def _each(value: list[Any] | tuple[Any, ...], look: Callable[[Any], wire.Value]) -> wire.Value:
    # One snapshot, of no more than is sent: a student's own kind of list may be endless.
    held = [*itertools.islice(value, _MAX_ELEMENTS + 1)]
    name = type(value).__name__[:80]
    claims = [*map(look, held[:_MAX_ELEMENTS])]
    if len(held) > _MAX_ELEMENTS:
        return ["too-large", None, f"{name} of more than {_MAX_ELEMENTS}"]
    if sum(map(size, claims)) > _MAX_BYTES:
        return ["too-large", None, name]
    return ["elements", claims, f"{name} of {len(held)}"]


def operand(value: Any) -> wire.Value:
    """What an oracle is told about a value: numbers, or else, of a list of objects, what each of them is.

    A number of a student's own class is an object, though that class may be a kind of tuple or of float.
    """
    if _is_record(value):
        return ["object", None, type(value).__name__[:80]]
    if type(value) in (list, tuple) and any(map(_is_own, itertools.islice(value, _MAX_ELEMENTS))):
        return _each(value, lambda element: operand(element) if _is_own(element) else claim(element))
    plain: Any = claim(value)
    if plain[0] != "object" or not isinstance(value, (list, tuple, np.ndarray)):
        return plain  # type: ignore[no-any-return]
    return elements(value)


def _is_record(value: Any) -> bool:
    """Whether it is a tuple with names for its parts."""
    return isinstance(value, tuple) and hasattr(type(value), "_fields")


def _is_own(value: Any) -> bool:
    """Whether it would pass for plain numbers, and is of a class that is neither Python's nor numpy's."""
    is_float = isinstance(value, float) and type(value) is not float and not isinstance(value, np.generic)
    return is_float or _is_record(value)


def size(claimed: Any) -> int:
    """Bytes of the arrays in a claim."""
    content = claimed[1]
    if isinstance(content, list):
        return sum(map(size, content))
    return 0 if content is None else int(content.nbytes)


def _from_tensor(value: Any, name: str) -> wire.Value:
    try:
        # A copy, as of arrays: what a tensor holds may change before the reply is sent.
        held = np.array(value.detach().cpu().resolve_conj().numpy(), copy=True, subok=False)
    except (RuntimeError, TypeError):
        # It stands for numbers without holding any, as inside of torch.func.grad, or holds them in another way.
        return ["tensor", None, f"{name} whose numbers cannot be read"]
    return _from_array("tensor", held, name)


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


# The name of a dtype takes numpy longer than all else here, and a probe replies with the same few again and again.
@functools.lru_cache(maxsize=64)
def _described(dtype: np.dtype[Any], shape: tuple[int, ...]) -> tuple[str, bool]:
    """In words, and whether it is numbers that the wire carries."""
    is_numeric = dtype.kind in _NUMERIC and len(shape) <= 8 and dtype.itemsize <= 16 and dtype.char not in "gG"
    return f" of dtype {dtype} and shape {shape}", is_numeric


def _from_array(form: str, array: np.ndarray[Any, Any], name: str) -> wire.Value:
    words, is_numeric = _described(array.dtype, array.shape)
    description = f"{name}{words}"[:160]
    if not is_numeric:
        return ["object", None, description]
    if array.nbytes > _MAX_BYTES:
        return ["too-large", None, description]
    return [form, array, description]
