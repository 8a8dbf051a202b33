"""Typical slips of a first day: nothing is cleared, v is left out, the old name gets a new tensor."""

import torch


def gradient(x):
    x.requires_grad_()
    out = (3 * (x + 2) ** 2).mean()
    out.backward()
    return x.grad


def gradient_of(f, x):
    f(x).backward()
    return x.grad


def doubled(x, k, v):
    x = x.clone().requires_grad_()
    y = x * 2**k
    y.backward()
    return x.grad


def add_gradient(x):
    if x.grad is not None:
        x.grad.zero_()
    (3 * (x + 2) ** 2).mean().backward()


def fresh_gradient(w, X, y):
    ((X @ w - y) ** 2).mean().backward()


def held(x):
    return torch.sigmoid(x) * x**2 + x


def step(w, lr):
    w = w - lr * w.grad


class Cubic(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, a, c):
        ctx.save_for_backward(x, a)
        ctx.c = c
        return a * x**3 - c * x**2

    @staticmethod
    def backward(ctx, v):
        x, a = ctx.saved_tensors
        return 3 * a * x**2 - 2 * ctx.c * x, x**3, None


def raises():
    return [True, False, True, True, False, False]
