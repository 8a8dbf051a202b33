"""Right submissions for the assignment pytorch-autograd that do it in other ways than its author, and wrong ones."""

from __future__ import annotations

from dataclasses import dataclass

RIGHT = {
    "grad": """
import torch

def gradient(x):
    leaf = x.clone().requires_grad_(True)
    (result,) = torch.autograd.grad((leaf + 2).pow(2).mul(3).mean(), leaf)
    return result

def gradient_of(f, x):
    x = torch.tensor(x.tolist(), dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(f(x), [x])[0]

def doubled(x, k, v):
    x = x.clone().requires_grad_()
    y = x * 2.0 ** k
    return torch.autograd.grad(y, x, grad_outputs=v)[0]

def add_gradient(x):
    g = torch.autograd.grad(0.25 * (3 * (x + 2) ** 2).sum(), x)[0]
    x.grad = g if x.grad is None else x.grad + g

def fresh_gradient(w, X, y):
    if w.grad is not None:
        w.grad.zero_()
    torch.nn.functional.mse_loss(X @ w, y).backward()

def held(x):
    with torch.no_grad():
        s = 1 / (1 + torch.exp(-x))
    return s * x * x + x

@torch.no_grad()
def step(w, lr):
    w.copy_(w - lr * w.grad)

class Cubic(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, a, c):
        ctx.save_for_backward(x, a)
        ctx.c = c
        return x * x * (a * x - c)
    @staticmethod
    def backward(ctx, v):
        x, a = ctx.saved_tensors
        need_x, need_a, _ = ctx.needs_input_grad
        return (v * x * (3 * a * x - 2 * ctx.c) if need_x else None, v * x ** 3 if need_a else None, None)

def raises():
    return (True, True, False, True, False, False)
""",
    "sums": """
import torch

def gradient(x):
    x = x.detach().clone()
    x.requires_grad = True
    sum(3 * (t + 2) ** 2 for t in x.reshape(-1)).div(4).backward()
    return x.grad.clone()

def gradient_of(f, x):
    x = x.detach().requires_grad_()
    y = f(x)
    y.backward(torch.ones_like(y))
    g, x.grad = x.grad, None
    return g

def doubled(x, k, v):
    x = x.detach().requires_grad_()
    y = x
    while k:
        y, k = y + y, k - 1
    (v * y).sum().backward()
    return x.grad

def add_gradient(x):
    for row in x:
        (3 * (row + 2) ** 2).sum().div(4).backward()

def fresh_gradient(w, X, y):
    w.grad = torch.zeros_like(w)
    for k in range(len(y)):
        ((X[k] @ w - y[k]) ** 2 / len(y)).backward()

def held(x):
    return x.sigmoid().data * x.square() + x

def step(w, lr):
    w.data.sub_(w.grad, alpha=lr)

class Cubic(torch.autograd.Function):
    @staticmethod
    def forward(x, a, c):
        return a * x.pow(3) - c * x.pow(2)
    @staticmethod
    def setup_context(ctx, inputs, output):
        x, a, ctx.c = inputs
        ctx.save_for_backward(x, a)
    @staticmethod
    def backward(ctx, v):
        x, a = ctx.saved_tensors
        gradients = [None, None, None]
        if ctx.needs_input_grad[0]:
            gradients[0] = 3 * a * x.pow(2) * v - 2 * ctx.c * x * v
        if ctx.needs_input_grad[1]:
            gradients[1] = (x * x * x).mul(v)
        return tuple(gradients)

def raises():
    import numpy as np
    return np.array([1, 1, 0, 1, 0, 0])
""",
    "by hand": """
import torch

def gradient(x):
    return 1.5 * (x + 2)

def gradient_of(f, x):
    x = x.clone().requires_grad_()
    loss = f(x)
    loss.backward(retain_graph=True)
    return x.grad.detach().numpy()

def doubled(x, k, v):
    return v * 2 ** int(k)

def add_gradient(x):
    with torch.no_grad():
        if x.grad is None:
            x.grad = torch.zeros_like(x)
        x.grad += 1.5 * (x + 2)

def fresh_gradient(w, X, y):
    w.grad = (2 * X.T @ (X @ w - y) / len(y)).detach()

class Held(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sigmoid(x) * x ** 2 + x
    @staticmethod
    def backward(ctx, v):
        (x,) = ctx.saved_tensors
        return v * (2 * torch.sigmoid(x) * x + 1)

def held(x):
    return Held.apply(x)

def step(w, lr):
    w.data = w.data - lr * w.grad

class Cubic(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *inputs):
        ctx.save_for_backward(*inputs[:2])
        ctx.c = inputs[2]
        with torch.enable_grad():
            return (inputs[0] ** 3 * inputs[1] - inputs[2] * inputs[0] ** 2).detach()
    @staticmethod
    def backward(ctx, v):
        x, a = ctx.saved_tensors
        made = []
        for needed, slope in zip(ctx.needs_input_grad, (lambda: 3 * a * x**2 - 2 * ctx.c * x, lambda: x**3, None)):
            made.append(v * slope() if needed else None)
        return tuple(made)

def raises():
    return [1 > 0, True, False, True, False, not True]
""",
}


@dataclass(frozen=True)
class Wrong:
    """A body for one task, and the note of each check that it loses; None where there is no hint."""

    task: str
    body: str
    lost: dict[str, str | None]


def _gradient(body: str, **lost: str | None) -> Wrong:
    return Wrong("gradient", f"def gradient(x):\n    x = x.detach().clone().requires_grad_()\n    {body}", lost)


def _of(body: str, **lost: str | None) -> Wrong:
    return Wrong(
        "any-function", f"def gradient_of(f, x):\n    x = x.detach().clone().requires_grad_()\n    {body}", lost
    )


def _vjp(body: str, **lost: str | None) -> Wrong:
    return Wrong(
        "vector-jacobian", f"def doubled(x, k, v):\n    x = x.detach().clone().requires_grad_()\n    {body}", lost
    )


def _add(body: str, **lost: str | None) -> Wrong:
    return Wrong("accumulate", f"def add_gradient(x):\n    {body}", lost)


def _fresh(body: str, **lost: str | None) -> Wrong:
    return Wrong("zero-grad", f"def fresh_gradient(w, X, y):\n    {body}", lost)


def _held(body: str, note: str | None) -> Wrong:
    return Wrong("detach", f"def held(x):\n    {body}", {"held": note})


def _step(body: str, **lost: str | None) -> Wrong:
    return Wrong("update", f"def step(w, lr):\n    {body}", lost)


SAVE = "ctx.save_for_backward(x, a); ctx.c = c; return a * x**3 - c * x**2"


def _cubic(
    gradients: str, lost: dict[str, str | None], forward: str = SAVE, base: str = "torch.autograd.Function",
    decorator: str = "",
) -> Wrong:  # fmt: skip
    body = (
        f"class Cubic({base}):\n    @staticmethod\n    def forward(ctx, x, a, c):\n        {forward}\n"
        f"    @staticmethod\n{decorator}    def backward(ctx, v):\n        x, a = ctx.saved_tensors; c = ctx.c\n"
        f"        nx, na, _ = ctx.needs_input_grad\n        return {gradients}\n"
    )
    return Wrong("function", body, lost)


IN_X, IN_A = "v * (3 * a * x**2 - 2 * c * x) if nx else None", "v * x**3 if na else None"
OUT = "o = (3 * (x + 2) ** 2).mean(); "
LOSS = "((X @ w - y) ** 2).mean()"


def _every(note: str | None, *checks: str) -> dict[str, str | None]:
    return dict.fromkeys(checks, note)


G = ("gradient", "twice", "example")
V = ("product", "twice", "example")
A = ("once", "again", "example")
F = ("once", "again")
S = ("step", "many")
C = ("backward", "needs", "strides", "second")

WRONG = {
    # the gradient of an expression
    "factor two": _gradient(
        OUT + "o.backward(); return 2 * x.grad",
        **_every("scale.double", "gradient", "example"),
        twice="grad.accumulated",
    ),
    "sum for mean": _gradient("(3 * (x + 2) ** 2).sum().backward(); return x.grad", **_every("scale.sum", *G)),
    "sign": _gradient(OUT + "o.backward(); return -x.grad", **_every("sign", *G)),
    "transposed": _gradient(OUT + "o.backward(); return x.grad.T", gradient="transposed", twice="transposed"),
    "a tenth of a percent": _gradient(OUT + "o.backward(); return 1.001 * x.grad", **_every(None, *G)),
    "the value": _gradient(OUT + "return o.detach()", **_every(None, *G)),
    "a constant": _gradient("return torch.full_like(x, 4.5).detach()", gradient=None, twice=None),
    "not finite": _gradient(OUT + "o.backward(); return x.grad * float('nan')", **_every(None, *G)),
    "float32": _gradient(
        "x = x.detach().float().requires_grad_(); (3 * (x + 2) ** 2).mean().backward(); return x.grad",
        **_every("float32", *G),
    ),
    "nothing": _gradient(OUT + "o.backward()", **_every(None, *G)),
    "no graph": _gradient(
        "(3 * (x.detach() + 2) ** 2).mean().backward(); return x.grad", **_every("graph.missing", *G)
    ),
    "no weights": _gradient("(3 * (x + 2) ** 2).backward(); return x.grad", **_every("cotangent.none", *G)),
    "graph freed": _gradient(OUT + "o.backward(); o.backward(); return x.grad / 2", **_every("graph.freed", *G)),
    "through numpy": _gradient("o = (3 * (x.numpy() + 2) ** 2).mean(); return o", **_every("graph.numpy", *G)),
    "not reset": Wrong(
        "gradient",
        "def gradient(x):\n    x.requires_grad_(); (3 * (x + 2) ** 2).mean().backward(); return x.grad",
        {"twice": "grad.accumulated"},
    ),
    "changes x": Wrong(
        "gradient",
        "def gradient(x):\n    y = x.clone().requires_grad_(); (3 * (y + 2) ** 2).mean().backward(); x.zero_(); return y.grad",
        {"gradient": "mutates-input", "twice": None, "example": "mutates-input"},
    ),
    "random": _gradient(
        OUT + "o.backward(); return x.grad * (1 + 1e-14 * torch.rand_like(x))",
        **_every("nondeterministic", *G),
    ),
    # that of a function that is handed over
    "differences": _of(
        "e = 1e-6 * torch.eye(len(x), dtype=x.dtype); return torch.stack([(f(x + d) - f(x - d)) / 2e-6 for d in e]).detach()",
        gradient="finite-difference",
        twice="finite-difference",
    ),
    "its square": _of("(f(x) ** 2).backward(); return x.grad", gradient=None, twice=None),
    "f of a detached": _of("f(x.detach()).backward(); return x.grad", gradient="graph.missing", twice="graph.missing"),
    "f of a list": _of("return f(x.tolist())", gradient=None, twice=None),
    "f of two": _of("return f(x, x)", gradient=None, twice=None),
    # v^T J
    "ones for v": _vjp("(2**k * x).backward(torch.ones_like(x)); return x.grad", **_every("cotangent.ones", *V)),
    "a sum for v": _vjp("(2**k * x).sum().backward(); return x.grad", **_every("cotangent.ones", *V)),
    "no v": _vjp("(2**k * x).backward(); return x.grad", **_every("cotangent.none", *V)),
    "once too few": _vjp("(2**(k-1) * x).backward(v); return x.grad", **_every("scale.half", *V)),
    "x for v": _vjp("(2**k * x).backward(x.detach()); return x.grad", **_every(None, *V)),
    # accumulation
    "cleared": _add(
        "x.grad = None; (3 * (x + 2) ** 2).mean().backward()", **_every("grad.overwritten", "again", "example")
    ),
    "zeroed": _add(
        "if x.grad is not None: x.grad.zero_()\n    (3 * (x + 2) ** 2).mean().backward()",
        **_every("grad.overwritten", "again", "example"),
    ),
    "returned only": _add("return torch.autograd.grad((3 * (x + 2) ** 2).mean(), x)[0]", **_every("grad.none", *A)),
    "a copy's": _add(
        "y = x.detach().requires_grad_(); (3 * (y + 2) ** 2).mean().backward()", **_every("grad.none", *A)
    ),
    "twice as much": _add(
        "for _ in range(2): (3 * (x + 2) ** 2).mean().backward()",
        once="scale.double",
        example="scale.double",
        again=None,
    ),
    "never cleared": _fresh(f"{LOSS}.backward()", again="grad.accumulated"),
    "cleared too late": _fresh(f"{LOSS}.backward(); w.grad.zero_()", **_every("zero", *F)),
    "none yet": _fresh(f"w.grad.zero_(); {LOSS}.backward()", once="grad.none-yet"),
    "wrong variable": _fresh(
        f"X.requires_grad_(); w.grad = None; {LOSS}.backward(); w.grad = X.grad", **_every(None, *F)
    ),
    # detach
    "not detached": _held("return torch.sigmoid(x) * x**2 + x", "detach.missing"),
    "the other one": _held("return torch.sigmoid(x) * (x**2).detach() + x.detach()", "detach.other"),
    "all of it": _held("return (torch.sigmoid(x) * x**2 + x).detach()", "detach.everything"),
    "one factor more": _held("return torch.sigmoid(x).detach() * x.detach()**2 + x", "product.first"),
    "another value": _held("return torch.sigmoid(x).detach() * x**2 + x + 1e-6", None),
    "a number": _held("return float((torch.sigmoid(x) * x**2 + x).sum())", None),
    "through no_grad": _held("with torch.no_grad(): return torch.sigmoid(x) * x**2 + x", "detach.everything"),
    # steps
    "rebound": _step("w = w - lr * w.grad", **_every("update.rebound", *S)),
    "recorded": _step("w -= lr * w.grad", **_every("update.no-grad", *S)),
    "uphill": _step("w.data += lr * w.grad", step="update.ascent", many=None),
    "no rate": _step("w.data -= w.grad", **_every(None, *S)),
    "switched off": _step("w.requires_grad_(False); w -= lr * w.grad", **_every("update.requires-grad", *S)),
    "gradient gone": _step("w.data -= lr * w.grad; w.grad = None", step=None, many=None),
    "gradient cleared": _step("w.data -= lr * w.grad; w.grad.zero_()", step=None, many="update.once"),
    "no longer a leaf": _step(
        "g = w.grad.clone(); w.requires_grad_(False); p = torch.ones((), dtype=w.dtype, requires_grad=True); w.sub_(lr * g * p); w.grad = g",
        **_every("update.not-leaf", *S),
    ),
    # a Function
    "ignores v": _cubic(
        "(3*a*x**2 - 2*c*x if nx else None), (x**3 if na else None), None",
        {**_every("cotangent.ones", "backward", "needs", "strides"), "second": None},
    ),
    "needs not asked": _cubic("v*(3*a*x**2 - 2*c*x), v*x**3, None", {"needs": "function.needs"}),
    "wrong order": _cubic(
        "(v * x**3 if nx else None), (v * (3*a*x**2 - 2*c*x) if na else None), None", _every("wrong-variable", *C)
    ),
    "one too few": _cubic(f"({IN_X}), ({IN_A})", _every("function.count", *C)),
    "for a number": _cubic(
        f"({IN_X}), ({IN_A}), v.sum()",
        {**_every("function.none", "backward", "strides", "second"), "needs": "function.none"},
    ),
    "lost": _cubic(
        f"None, ({IN_A}), None",
        {**_every("function.lost", "backward", "strides"), "needs": "function.lost", "second": "function.lost"},
    ),
    "view": _cubic(
        f"({IN_X.replace('v *', 'v.view(-1).view(x.shape) *')}), ({IN_A}), None", {"strides": "function.view"}
    ),
    "in place": _cubic(
        f"({IN_X.replace('v *', 'v.mul_(2.0) / 2 *')}), ({IN_A}), None",
        {
            **_every("mutates-input", "backward"),
            "strides": "function.in-place",
            "needs": "scale.double",
            "second": "scale.double",
        },
    ),
    "numpy": _cubic(
        f"({IN_X.replace('a *', 'a.detach() *').replace('x', 'x.detach()').replace('nx.detach()', 'nx')}), ({IN_A}), None",
        {"second": "function.once"},
    ),
    "saved detached": _cubic(
        f"({IN_X}), ({IN_A}), None",
        {"second": "function.once"},
        forward="ctx.save_for_backward(x.detach().clone(), a.detach().clone()); ctx.c = c; return a * x**3 - c * x**2",
    ),
    "once": _cubic(
        f"({IN_X}), ({IN_A}), None",
        {"second": "function.once"},
        decorator="    @torch.autograd.function.once_differentiable\n",
    ),
    "sign of c": _cubic(f"(v * (3*a*x**2 + 2*c*x) if nx else None), ({IN_A}), None", _every("minus", *C)),
    "no 3": _cubic(f"(v * (a*x**2 - c*x) if nx else None), ({IN_A}), None", _every("power.coefficient", *C)),
    "wrong forward": _cubic(
        f"({IN_X}), ({IN_A}), None",
        {"forward": None},
        forward="ctx.save_for_backward(x, a); ctx.c = c; return a * x**3 + c * x**2",
    ),
    "no base": _cubic(f"({IN_X}), ({IN_A}), None", _every("function.base", "forward", *C), base="object"),
    "left to torch": Wrong(
        "function",
        "class Cubic:\n    @staticmethod\n    def apply(x, a, c):\n        return a * x**3 - c * x**2",
        _every("function.base", *C),
    ),
    "no class": Wrong("function", "x = 1", _every(None, "forward", *C)),
    # predictions
    "all raise": Wrong("in-place", "def raises(): return [True] * 6", {"prediction": None}),
    "none raises": Wrong("in-place", "def raises(): return [False] * 6", {"prediction": None}),
    "one wrong": Wrong("in-place", "def raises(): return [True, True, True, True, False, False]", {"prediction": None}),
    "too few": Wrong("in-place", "def raises(): return [True, True, False]", {"prediction": None}),
    "words": Wrong("in-place", "def raises(): return ['RuntimeError'] * 6", {"prediction": None}),
}
