"""What is set in a task about PyTorch's autograd: which use of it is asked for, and which checks there are."""

from __future__ import annotations

from dataclasses import dataclass

CHECKS: dict[str, dict[str, float]] = {
    "backward": {"gradient": 70, "twice": 30},
    "vjp": {"product": 70, "twice": 30},
    "accumulate": {"once": 40, "again": 60},
    "detach": {"held": 100},
    "update": {"step": 60, "many": 40},
    "function": {"forward": 20, "backward": 30, "needs": 15, "strides": 15, "second": 20},
    "inplace": {"prediction": 100},
}
"""ask -> its checks with the weights they have where the author writes none"""

COTANGENT = "_v"
ALONG = "_w"
"""inputs of our own: v of v^T J, and the weights of a second derivative. No name of an author's has a `_` in front."""

EXAMPLE = "example"
"""the check of the author's own numbers"""
EXAMPLE_WEIGHT = 20.0


@dataclass(frozen=True)
class CheckAsked:
    """A check of one task: what it is worth (of 100), and at how many points it asks."""

    id: str
    weight: float
    points: int


@dataclass(frozen=True)
class Autograd:
    """One task. Its mathematics stands in the parts of the task, by where it is written."""

    ask: str
    wrt: tuple[str, ...]
    """what is differentiated by; one name but for a function of several tensors"""
    checks: tuple[CheckAsked, ...]
    cotangent: str = ""
    """argument that holds the vector of a vector-Jacobian product"""
    gradient: str = ""
    """what the formula of an update calls the contents of .grad"""
    grad: str = "kept"
    """what becomes of numbers in .grad: kept (added to) or cleared"""
    opaque: bool = False
    """whether f is handed over as a callable"""
    inputs: tuple[str, ...] = ()
    """of a function's forward, in their order"""
    examples: int = 0
    snippets: tuple[str, ...] = ()


METHODS = {
    "neg": "neg", "transpose": "t", "matmul": "matmul", "dot": "dot", "outer": "outer", "sum": "sum", "mean": "mean",
    "prod": "prod", "tr": "trace", "det": "det", "inv": "inverse", "norm": "norm", "diag": "diag", "sin": "sin",
    "cos": "cos", "tan": "tan", "exp": "exp", "log": "log", "sqrt": "sqrt", "tanh": "tanh", "sigmoid": "sigmoid",
    "relu": "relu", "abs": "abs",
}  # fmt: skip
"""function of the language -> the method of a tensor that computes it, for functions that are handed over"""
OPERATORS = ("add", "sub", "mul", "truediv", "pow")
