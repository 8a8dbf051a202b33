"""PyTorch's autograd. Replace every `raise` by your code; keep the names and the order of the arguments."""

import torch


def gradient(x):
    """o = 1/4 sum of 3 (x + 2)^2. Return the gradient with respect to x, computed by backward."""
    raise NotImplementedError("not written yet")


def gradient_of(f, x):
    """Return the gradient of f at x; f takes a tensor and returns a scalar tensor."""
    raise NotImplementedError("not written yet")


def doubled(x, k, v):
    """y = 2^k x. Return v^T J, of the shape of x."""
    raise NotImplementedError("not written yet")


def add_gradient(x):
    """Add the gradient of o to x.grad; x is a leaf that requires a gradient. Return nothing."""
    raise NotImplementedError("not written yet")


def fresh_gradient(w, X, y):
    """Leave the gradient of |X w - y|^2 / m alone in w.grad. Return nothing."""
    raise NotImplementedError("not written yet")


def held(x):
    """Return y = s x^2 + x with s = sigmoid(x) held constant."""
    raise NotImplementedError("not written yet")


def step(w, lr):
    """Change w in place to w - lr * w.grad. Return nothing."""
    raise NotImplementedError("not written yet")


class Cubic(torch.autograd.Function):
    """f(x, a) = a x^3 - c x^2, entry by entry."""

    @staticmethod
    def forward(ctx, x, a, c):
        raise NotImplementedError("not written yet")

    @staticmethod
    def backward(ctx, v):
        raise NotImplementedError("not written yet")


def raises():
    """Six answers in the order of the snippets: True where autograd raises a RuntimeError."""
    raise NotImplementedError("not written yet")
