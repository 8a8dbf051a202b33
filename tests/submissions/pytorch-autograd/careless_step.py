"""Right gradients; the step, the held factor and the class of one's own each have one fault."""

import torch


def gradient(x):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(0.75 * ((x + 2) ** 2).sum(), x)[0]


def gradient_of(f, x):
    return torch.func.grad(f)(x)


def doubled(x, k, v):
    _, pull = torch.func.vjp(lambda t: t * 2**k, x)
    return pull(v)[0]


def add_gradient(x):
    (0.75 * (x + 2) @ (x + 2).T).trace().backward()


def fresh_gradient(w, X, y):
    loss = ((X @ w - y) ** 2).mean()
    w.grad = torch.autograd.grad(loss, w)[0]


def held(x):
    s = torch.sigmoid(x)
    return s * x.detach() ** 2 + x.detach()


def step(w, lr):
    w.requires_grad_(False)
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
        v = v.view(-1)
        grad_x = v * (3 * a * x**2 - 2 * ctx.c * x).view(-1)
        return grad_x.view(x.shape), (v * x.reshape(-1) ** 3).view(a.shape), None


def raises():
    return (1, 1, 0, 1, 0, 0)
