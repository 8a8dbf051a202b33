"""For tasks about formulas: right answers written differently, and wrong ones that must fail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variants:
    """Function bodies; `answer` is one right expression from which the common wrong ones are made."""

    signature: str
    answer: str
    right: tuple[str, ...]
    wrong: dict[str, str | None]
    """with the note that a student is told"""
    arrays: bool = True
    blurred: tuple[str, ...] = ()
    """groups whose answers are so ill-conditioned that single precision is taken for digits that were lost on the way"""


MATRIX_CALCULUS = {
    "dot": Variants(
        "grad_dot(x, a)",
        "a",
        ("return a", "return a[:]", "return a.copy()", "return np.eye(len(x)) @ a", "return (a / 4) * 4"),
        {
            "return x": "wrong-variable",
            "return x * a": None,
            "return x @ a": "value",
            "return np.ones_like(a)": None,
            "return a[::-1]": "layout.reversed",
        },
    ),
    "linear-denominator": Variants(
        "grad_linear(A, x)",
        "A.T",
        (
            "return A.T",
            "return np.einsum('ij->ji', A)",
            "return np.array([[A[i, j] for i in range(A.shape[0])] for j in range(A.shape[1])])",
            "return np.ascontiguousarray(A.T)",
            "return np.stack([A @ e for e in np.eye(len(x))])",
        ),
        {
            "return A": "transposed",
            "return A.reshape(A.shape[1], A.shape[0])": "layout.reshaped",
            "return A @ x": None,
            "return A.T[::-1]": "layout.reversed",
        },
    ),
    "linear-jacobian": Variants(
        "jacobian_linear(A, x)",
        "A",
        ("return A", "return A.view()", "return np.stack([A @ e for e in np.eye(len(x))], axis=1)", "return 1.0 * A"),
        {"return A.T": "transposed", "return A * x": None, "return A.ravel()": "layout.flat", "return np.abs(A)": None},
    ),
    "quadratic": Variants(
        "grad_quadratic(A, x)",
        "(A + A.T) @ x",
        (
            "return A @ x + x @ A",
            "return np.einsum('ij,j->i', A, x) + np.einsum('ji,j->i', A, x)",
            "return x.dot(A) + np.dot(A, x)",
            "g = np.zeros(len(x))\n    for i in range(len(x)):\n        for j in range(len(x)):\n"
            "            g[i] += A[i, j] * x[j] + A[j, i] * x[j]\n    return g",
            "return 2 * (0.5 * (A + A.T)) @ x",
        ),
        {
            "return 2 * A @ x": "symmetric-only",
            "return 2 * A.T @ x": "symmetric-only-transposed",
            "return A @ x": "product.second",
            "return A.T @ x": "product.first",
            "return (A - A.T) @ x": None,
        },
    ),
    "quadratic-symmetric": Variants(
        "grad_quadratic_symmetric(A, x)",
        "2 * A @ x",
        (
            "return 2 * A @ x",
            "return (A + A.T) @ x",
            "return A @ (2 * x)",
            "return 2 * (x @ A)",
            "return np.tensordot(A, x, 1) * 2",
        ),
        {
            "return A @ x": "scale.half",
            "return 2 * x": None,
            "return 2 * np.diag(A) * x": None,
            "return x @ A @ x": "value",
        },
    ),
    "wls-grad-s": Variants(
        "wls_grad_s(x, s, A, W)",
        "-2 * A.T @ W @ (x - A @ s)",
        (
            "return -2 * A.T @ (W @ (x - A @ s))",
            "return 2 * A.T @ W @ A @ s - 2 * A.T @ W @ x",
            "return -A.T @ (W + W.T) @ (x - A @ s)",
            "return -2 * np.einsum('ij,ik,k->j', A, W, x - A @ s)",
            "return ((A @ s - x) @ W @ A) * 2",
        ),
        {
            "return 2 * A.T @ W @ (x - A @ s)": "sign",
            "return -2 * A.T @ (x - A @ s)": "weight-dropped",
            "return -A.T @ W @ (x - A @ s)": "scale.half",
            "return -2 * A.T @ W @ (x + A @ s)": None,
            "return 2 * W @ (x - A @ s)": "chain.inner",
        },
    ),
    "wls-grad-x": Variants(
        "wls_grad_x(x, s, A, W)",
        "2 * W @ (x - A @ s)",
        (
            "return (W + W.T) @ (x - A @ s)",
            "return 2 * W @ x - 2 * W @ A @ s",
            "return 2 * ((x - A @ s) @ W)",
            "return -2 * W @ (A @ s - x)",
        ),
        {
            "return -2 * A.T @ W @ (x - A @ s)": "wrong-variable",
            "return 2 * (x - A @ s)": None,
            "return W @ (x - A @ s)": "scale.half",
            "return 2 * W @ x": None,
            "return 2 * W @ (x + A @ s)": None,
        },
    ),
    "logdet": Variants(
        "grad_logdet(A)",
        "np.linalg.inv(A).T",
        (
            "return np.linalg.inv(A.T)",
            "return np.linalg.solve(A.T, np.eye(len(A)))",
            "return np.linalg.pinv(A).T",
            "u, s, vt = np.linalg.svd(A)\n    return u / s @ vt",
        ),
        {
            "return np.linalg.inv(A)": "inverse-untransposed",
            "return np.linalg.det(A) * np.linalg.inv(A).T": "outer.missing",
            "return np.linalg.slogdet(A)[1]": "value",
            "return 1 / A": None,
            "return np.sign(np.linalg.det(A)) * np.linalg.inv(A).T * 0.5": None,
        },
    ),
    "trace": Variants(
        "grad_trace(A, B)",
        "B.T",
        ("return B.T", "return np.einsum('ij->ji', B)", "return B.transpose().copy()", "return np.eye(len(A)) @ B.T"),
        {
            "return B": "transposed",
            "return A": "variable",
            "return A @ B": None,
            "return B.reshape(A.shape)": "layout.reshaped",
            "return np.full(A.shape, np.trace(A @ B))": None,
        },
    ),
    "chain-rule": Variants(
        "grad_chain(x)",
        "2 * np.cos(x @ x) * x",
        (
            "return np.cos(np.sum(x**2)) * (2 * x)",
            "return (x + x) * np.cos(np.dot(x, x))",
            "return np.array([2 * t * np.cos(sum(u * u for u in x)) for t in x])",
            "return 2 * x * np.sin(np.pi / 2 - x @ x)",
        ),
        {
            "return 2 * x": "chain.outer-missing",
            "return np.cos(x @ x) * np.ones_like(x)": None,
            "return 2 * np.cos(x) * x": "chain.outer-place",
            "return 2 * np.sin(x @ x) * x": "chain.outer-undifferentiated",
            "return -2 * np.cos(x @ x) * x": "sign",
        },
    ),
    "cubic": Variants(
        "cubic_derivative(x)",
        "9 * x**2 - 10 * x",
        (
            "return x * (9 * x - 10)",
            "return 9 * x * x - 10 * x",
            "return np.float64(9 * x**2 - 10 * x)",
            "return np.array(9 * x**2 - 10 * x)",
            "return np.polyval([9, -10, 0], x)",
        ),
        {
            "return 9 * x**3 - 10 * x**2": "power.exponent",
            "return 3 * x**2 - 5 * x": "power.coefficient",
            "return 3 * x**3 - 5 * x**2": "value",
            "h = 1e-6\n    f = lambda t: 3 * t**3 - 5 * t**2\n    return (f(x + h) - f(x - h)) / (2 * h)": "finite-difference",
            "return 5.25": None,
        },
        arrays=False,
    ),
}


def common_wrong(task: Variants) -> dict[str, str | None]:
    """What is wrong for every task: scaled, signed, constant, rounded, not finite, mutated; with its note."""
    bodies = {
        "return 2 * ({answer})": "scale.double",
        "return 0.5 * ({answer})": "scale.half",
        "return -({answer})": "sign",
        "return 1.001 * ({answer})": None,
        "return ({answer}) + 1e-6 * np.abs({answer}).max()": "finite-difference",
        "return 0 * ({answer})": "zero",
        "return 0 * ({answer}) + 1": None,
        "return ({answer}) * np.nan": None,
        "return np.float32({answer})": "float32",
        "return np.float64(np.float32({answer}))": "float32",
        "return None": None,
    }
    everywhere = {body.format(answer=task.answer): note for body, note in bodies.items()}
    first = task.signature.partition("(")[2].split(",")[0].rstrip(")")
    mutating = {f"answer = np.array({task.answer})\n    {first} *= 2\n    return answer": "mutates-input"}
    return {**everywhere, **(mutating if task.arrays else {})}


def all_wrong(task: Variants) -> dict[str, str | None]:
    """With the notes that students are told; what is written for the task comes last."""
    return {**common_wrong(task), **task.wrong}
