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
