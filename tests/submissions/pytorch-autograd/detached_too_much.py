"""Numbers leave the graph too early: detach and numpy where autograd should have seen what happens."""

import numpy as np
import torch


def gradient(x):
    x = x.clone().requires_grad_()
    (3 * (x.detach() + 2) ** 2).mean().backward()
    return x.grad


def gradient_of(f, x):
    gradient = torch.zeros_like(x)
    for k in range(len(x)):
        e = torch.zeros_like(x)
        e[k] = 1e-6
        gradient[k] = (f(x + e) - f(x - e)) / 2e-6
    return gradient


def doubled(x, k, v):
    x = x.clone().requires_grad_()
    (x * 2**k).sum().backward()
    return x.grad


def add_gradient(x):
    return torch.autograd.grad((3 * (x + 2) ** 2).mean(), x)[0]


def fresh_gradient(w, X, y):
    w.grad.zero_()
    ((X @ w - y) ** 2).mean().backward()


def held(x):
    return (torch.sigmoid(x) * x**2 + x).detach()


def step(w, lr):
    w -= lr * w.grad


class Cubic(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, a, c):
        ctx.x, ctx.a, ctx.c = x.detach().numpy(), a.detach().numpy(), c
        return a * x**3 - c * x**2

    @staticmethod
    def backward(ctx, v):
        v = v.detach().numpy()
        grad_x = v * (3 * ctx.a * ctx.x**2 - 2 * ctx.c * ctx.x)
        return torch.from_numpy(grad_x), torch.from_numpy(v * np.power(ctx.x, 3)), None


def raises():
    return ["RuntimeError", None, None, None, None, None]
