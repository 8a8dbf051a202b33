"""The author's solution: scores 100 %."""

import torch


def gradient(x):
    x = x.detach().clone().requires_grad_()
    out = (3 * (x + 2) ** 2).mean()
    out.backward()
    return x.grad


def gradient_of(f, x):
    x = x.detach().clone().requires_grad_()
    f(x).backward()
    return x.grad


def doubled(x, k, v):
    x = x.detach().clone().requires_grad_()
    y = x
    for _ in range(int(k)):
        y = y * 2
    y.backward(v)
    return x.grad


def add_gradient(x):
    out = (3 * (x + 2) ** 2).mean()
    out.backward()


def fresh_gradient(w, X, y):
    w.grad = None
    ((X @ w - y) ** 2).mean().backward()


def held(x):
    s = torch.sigmoid(x).detach()
    return s * x**2 + x


def step(w, lr):
    with torch.no_grad():
        w -= lr * w.grad


class Cubic(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, a, c):
        ctx.save_for_backward(x, a)
        ctx.c = c
        return a * x**3 - c * x**2

    @staticmethod
    def backward(ctx, v):
        x, a = ctx.saved_tensors
        grad_x = grad_a = None
        if ctx.needs_input_grad[0]:
            grad_x = v * (3 * a * x**2 - 2 * ctx.c * x)
        if ctx.needs_input_grad[1]:
            grad_a = v * x**3
        return grad_x, grad_a, None


def raises():
    return [True, True, False, True, False, False]
