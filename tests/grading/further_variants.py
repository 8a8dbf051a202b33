"""Right and wrong answers to tasks about formulas outside of the example assignment; by assignment and task."""

from __future__ import annotations

from tests.grading.variants import MATRIX_CALCULUS, Variants

_SIGMOID = "s = lambda t: np.where(t >= 0, 1.0, np.exp(-np.abs(t))) / (1 + np.exp(-np.abs(t)))\n    "

MATRIX_FUNCTIONS = {
    "wls-grad-a": Variants(
        "wls_grad_a(x, s, A, W)",
        "-np.outer((W + W.T) @ (x - A @ s), s)",
        (
            "r = x - A @ s\n    return -(np.outer(W @ r, s) + np.outer(W.T @ r, s))",
            "r = A @ s - x\n    return (W @ r + r @ W)[:, None] * s",
            "return np.einsum('ij,j,k->ik', W + W.T, A @ s - x, s)",
            "return (W + W.T) @ A @ np.outer(s, s) - np.outer((W + W.T) @ x, s)",
        ),
        {
            "return -2 * np.outer(W @ (x - A @ s), s)": "symmetric-only",
            "return -np.outer(s, (W + W.T) @ (x - A @ s))": "transposed",
            "return -A.T @ (W + W.T) @ (x - A @ s)": "wrong-variable",
            "return -np.outer(W @ (x - A @ s), s)": "product.first",
            "return np.outer((W + W.T) @ (x - A @ s), s)": "sign",
        },
    ),
    "logdet-near-singular": Variants(
        "grad_logdet(A)",
        "np.linalg.inv(A).T",
        (
            "return np.linalg.inv(A.T)",
            "return np.linalg.solve(A.T, np.eye(len(A)))",
            "u, s, vt = np.linalg.svd(A)\n    return u / s @ vt",
            "return np.sign(np.linalg.det(A)) * np.linalg.inv(A).T * np.sign(np.linalg.slogdet(A)[0])",
        ),
        {
            "return np.linalg.inv(A)": "inverse.untransposed",
            "return np.sign(np.linalg.det(A)) * np.linalg.inv(A).T / np.sqrt(2)": None,
            "return np.linalg.det(A) * np.linalg.inv(A).T": "outer.missing",
            "return np.linalg.pinv(A, rcond=1e-5).T * 1.01": None,
            "return np.linalg.cond(A) * np.linalg.inv(A).T": None,
        },
        blurred=("near-singular",),
    ),
    "logdet-symmetric": Variants(
        "grad_logdet_symmetric(S)",
        "2 * np.linalg.inv(S) - np.diag(np.diag(np.linalg.inv(S)))",
        (
            "G = np.linalg.inv(S)\n    return G * (2 - np.eye(len(S)))",
            "G = np.linalg.inv(S)\n    return np.where(np.eye(len(S)) == 1, G, G + G.T)",
            "values, V = np.linalg.eigh(S)\n    G = V / values @ V.T\n    return 2 * G - np.diag(G.diagonal())",
            "L = np.linalg.inv(np.linalg.cholesky(S))\n    G = L.T @ L\n    G += np.tril(G, -1) + np.triu(G, 1)\n    return G",
        ),
        {
            "return np.linalg.inv(S)": "unstructured",
            "return 2 * np.linalg.inv(S)": "structured.missing-diagonal",
            "return np.tril(2 * np.linalg.inv(S) - np.diag(np.diag(np.linalg.inv(S))))": None,
            "G = np.linalg.inv(S)\n    return G + np.diag(np.diag(G))": None,
            "return 2 * np.linalg.inv(S) - np.diag(1 / np.diag(S))": None,
        },
    ),
    "trace-form": Variants(
        "grad_trace_form(A, B, C, X)",
        "(C @ A).T @ X @ B.T + C @ A @ X @ B",
        (
            "return A.T @ C.T @ X @ B.T + C @ (A @ (X @ B))",
            "M = C @ A\n    return np.einsum('ji,jl,kl->ik', M, X, B) + np.einsum('ij,jl,lk->ik', M, X, B)",
            "return (B @ X.T @ C @ A + B.T @ X.T @ A.T @ C.T).T",
        ),
        {
            "return 2 * C @ A @ X @ B": "symmetric-only",
            "return C @ A @ X @ B": "product.second",
            "return A.T @ C.T @ X @ B + C @ A @ X @ B.T": None,
            "return C @ A @ X @ (B + B.T)": None,
            "return (C @ A + A.T @ C.T) @ X @ B": None,
        },
    ),
    "inverse-form": Variants(
        "grad_inverse_form(a, X, b)",
        "-np.outer(np.linalg.solve(X.T, a), np.linalg.solve(X, b))",
        (
            "Y = np.linalg.inv(X)\n    return -Y.T @ np.outer(a, b) @ Y.T",
            "return np.outer(a @ np.linalg.inv(X), -np.linalg.inv(X) @ b)",
            "return -np.linalg.solve(X.T, np.linalg.solve(X, np.outer(b, a)).T)",
        ),
        {
            "Y = np.linalg.inv(X)\n    return Y.T @ np.outer(a, b) @ Y.T": "inverse.sign",
            "Y = np.linalg.inv(X)\n    return -Y @ np.outer(a, b) @ Y": None,
            "Y = np.linalg.inv(X)\n    return -Y.T @ np.outer(b, a) @ Y.T": None,
            "return -np.outer(np.linalg.solve(X.T, a), b)": "inverse.one-factor",
            "return -np.outer(a, b) / X**2": "inverse.entries",
            "return -(-np.outer(np.linalg.solve(X.T, a), np.linalg.solve(X, b)))": "inverse.sign",
        },
    ),
    "norm": Variants(
        "grad_norm(x)",
        "x / np.linalg.norm(x)",
        (
            "return x / np.sqrt(x @ x)",
            "m = np.max(np.abs(x))\n    return (x / m) / np.linalg.norm(x / m)",
            "import math\n    return np.array([t / math.hypot(*x) for t in x])",
        ),
        {
            "return x / np.max(np.abs(x))": None,
            "return 2 * x": "norm.squared",
            "return x / np.sum(np.abs(x))": None,
            "return x / (x @ x)": None,
            "return np.sign(x)": None,
            "return 0 * (x / np.linalg.norm(x))": "norm.vanishing",
        },
    ),
}

LOGISTIC_REGRESSION = {
    "gradient": Variants(
        "logistic_gradient(w, X, y)",
        "X.T @ (1 / (1 + np.exp(-X @ w)) - y) / len(y)",
        (
            _SIGMOID + "return X.T @ (s(X @ w) - y) / len(y)",
            "return np.mean((0.5 * (1 + np.tanh(X @ w / 2)) - y)[:, None] * X, axis=0)",
            "return sum((np.exp(-np.logaddexp(0, -(r @ w))) - t) * r for r, t in zip(X, y)) / len(y)",
        ),
        {
            "return X.T @ (np.exp(X @ w) / (1 + np.exp(X @ w)) - y)": "scale.sum",
            "return X.T @ (y - 1 / (1 + np.exp(-X @ w))) / len(y)": "sign",
            "return X.T @ (1 / (1 + np.exp(-X @ w)) - y)": "scale.sum",
            "return X.T @ ((X @ w > 0) - y) / len(y) + 1e-9": None,
            "return X.T @ (X @ w - y) / len(y)": None,
        },
    ),
    "hessian": Variants(
        "logistic_hessian(w, X, y)",
        "X.T @ np.diag(1 / (2 + np.exp(X @ w) + np.exp(-X @ w))) @ X / len(y)",
        (
            _SIGMOID + "z = X @ w\n    return np.einsum('i,ij,ik->jk', s(z) * s(-z), X, X) / len(y)",
            "p = 1 / (1 + np.exp(-X @ w))\n    return (X.T * (p * (1 - p))) @ X / len(X)",
            "return sum(np.outer(r, r) / (4 * np.cosh(r @ w / 2) ** 2) for r in X) / len(y)",
        ),
        {
            "return X.T @ X / len(y)": "hessian.weights-missing",
            "p = 1 / (1 + np.exp(-X @ w))\n    return (X.T * p) @ X / len(y)": "sigmoid.undifferentiated",
            "p = 1 / (1 + np.exp(-X @ w))\n    return (X.T * (p * (1 - p))) @ X": "scale.sum",
            "p = 1 / (1 + np.exp(-X @ w))\n    g = X.T @ (p - y) / len(y)\n    return np.outer(g, g)": "hessian.outer-product",
            "p = 1 / (1 + np.exp(-X @ w))\n    return (X.T * p**2) @ X / len(y)": None,
        },
    ),
}

SECANTS = {
    "secant": Variants(
        "secant(x, p)",
        "3 * (x**2 + x * p + p**2) - 5 * (x + p)",
        (
            "f = lambda t: 3 * t**3 - 5 * t**2\n    return (f(x) - f(p)) / (x - p)",
            "f = lambda t: t * t * (3 * t - 5)\n    return (f(p) - f(x)) / (p - x)",
            "return 3 * x * x + (3 * p - 5) * (x + p)",
        ),
        {
            "return 9 * x**2 - 10 * x": "secant.tangent",
            "f = lambda t: 3 * t**3 - 5 * t**2\n    return (f(x) - f(p)) / (x + p)": None,
            "f = lambda t: 3 * t**3 - 5 * t**2\n    return f(x) - f(p)": "secant.rise",
            "m = (x + p) / 2\n    return 9 * m**2 - 10 * m": None,
            "return (9 * x**2 - 10 * x + 9 * p**2 - 10 * p) / 2": "secant.mean-of-tangents",
        },
        arrays=False,
    ),
}

GRAPHS = {
    "graph-local": Variants(
        "local_derivatives(v)",
        "np.array([[1, 1, 0], [v[2], 0, v[0]]])",
        (
            "return np.vstack([[1, 1, 0], v[::-1] * [1, 0, 1]])",
            "J = np.zeros((2, 3))\n    J[0, :2] = 1\n    J[1, 0], J[1, 2] = v[2], v[0]\n    return J",
            "return [[1.0, 1.0, 0.0], [v[2], 0.0, v[0]]]",
        ),
        {
            "return np.array([[1, 1, 0], [v[0] + v[2], v[0], v[0]]])": "local.whole-graph",
            "return np.array([[1, 1, 0], [v[0], 0, v[2]]])": "local.own-factor",
            "return np.array([[1, v[2]], [1, 0], [0, v[0]]])": "transposed",
            "return np.array([[1, 1, 0], [v[0] + v[1], 0, v[0]]])": None,
        },
    ),
    "graph-forward": Variants(
        "forward_rates(x, v)",
        "np.array([v[0] + v[1], (2 * x[0] + x[1]) * v[0] + x[0] * v[1]])",
        (
            "dc = v.sum()\n    return np.array([dc, v[0] * x.sum() + x[0] * dc])",
            "return np.array([[1, 1], [2 * x[0] + x[1], x[0]]]) @ v",
            "a, b = x\n    return np.array([v @ np.ones(2), v @ np.array([2 * a + b, a])])",
        ),
        {
            "return np.array([v[0] + v[1], x[0] * (v[0] + v[1])])": "rates.one-path",
            "return np.array([v[0] + v[1], v[0] * (v[0] + v[1])])": "rates.product",
            "return np.array([x[0] + x[1], x[0] * (x[0] + x[1])])": None,
            "return np.array([v[0] + v[1], (2 * x[0] + x[1]) * v[1] + x[0] * v[0]])": None,
        },
    ),
}

VARIANTS = {
    "matrix-calculus": MATRIX_CALCULUS,
    "matrix-functions": MATRIX_FUNCTIONS,
    "logistic-regression": LOGISTIC_REGRESSION,
    "numerical-differentiation": SECANTS,
    "reverse-mode": GRAPHS,
}
