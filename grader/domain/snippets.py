"""Small programs about changes in place: does autograd raise? What is said of each is tried on torch itself by a test.

In all of them `x = torch.tensor([1.0, 2.0], requires_grad=True)`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Snippet:
    """Lines of Python, and whether they end with a RuntimeError."""

    code: str
    raises: bool


SNIPPETS = {
    "leaf": Snippet("x += 1", raises=True),
    "leaf-view": Snippet("x[0] = 5.0", raises=True),
    "leaf-no-grad": Snippet("with torch.no_grad():\n    x += 1", raises=False),
    "leaf-detached": Snippet("x.detach().mul_(2)\n(x * 3).sum().backward()", raises=False),
    "exp-output": Snippet("y = x.exp()\ny += 1\ny.sum().backward()", raises=True),
    "square-input": Snippet("h = x * 2\ny = h ** 2\nh += 1\ny.sum().backward()", raises=True),
    "sum-input": Snippet("h = x * 2\ny = h + 1\nh *= 3\ny.sum().backward()", raises=False),
    "relu-in-place": Snippet("h = x * 2\nh.relu_()\nh.sum().backward()", raises=False),
    "detached-output": Snippet("y = x.sigmoid()\ny.detach().zero_()\ny.sum().backward()", raises=True),
    "new-tensor": Snippet("y = x.exp()\ny = y + 1\ny.sum().backward()", raises=False),
    "product-factor": Snippet("a = x * 2\nb = x * 3\ny = a * b\nb.zero_()\ny.sum().backward()", raises=True),
    "after-backward": Snippet("y = x.exp()\ny.sum().backward()\nwith torch.no_grad():\n    y.zero_()", raises=False),
}
