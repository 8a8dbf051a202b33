"""What torch says when autograd is used wrongly, and the note that belongs to it. Words are a claim, as all that comes
from a student's process; they decide a hint and never a score."""

from __future__ import annotations

from grader.sandbox.run import Raised

_SAID = (
    ("grad can be implicitly created only for scalar outputs", "cotangent.none"),
    ("view of a leaf Variable that requires grad is being used in an in-place", "update.no-grad"),
    ("leaf Variable that requires grad is being used in an in-place", "update.no-grad"),
    ("Trying to backward through the graph a second time", "graph.freed"),
    ("marked with @once_differentiable", "function.once"),
    ("returned an incorrect number of gradients", "function.count"),
    ("returned a gradient different than None", "function.none"),
    ("can only change requires_grad flags of leaf variables", "update.not-leaf"),
    ("appears to not have been used in the graph", "function.lost"),
    ("view size is not compatible", "function.view"),
    ("more than one element of the written-to tensor refers to", "function.in-place"),
    ("has been modified by an inplace operation", "inplace.saved"),
    ("Can't call numpy() on Tensor that requires grad", "graph.numpy"),
    ("'NoneType' object has no attribute 'zero_'", "grad.none-yet"),
)
_NO_GRAPH = "does not require grad and does not have a grad_fn"


BASE = "function.base"
"""the note of a class that has no `apply`"""


def note_of(response: Raised, expected: str) -> str:
    """The note of an exception, empty where there is none; `expected` is that of a step of ours that finds no graph."""
    for words, note in _SAID:
        if words in response.message:
            return note
    if _NO_GRAPH in response.message:
        return expected or ("graph.missing" if response.lines else "")
    return expected if expected == BASE and response.kind == "AttributeError" else ""
