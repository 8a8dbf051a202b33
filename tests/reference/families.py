"""Function families that the lines between the bands were not chosen by, each with correct programs and wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from reference.points import Array, Inputs

Answer = Callable[[Inputs], Any]
inv, det, norm = np.linalg.inv, np.linalg.det, np.linalg.norm


@dataclass(frozen=True)
class Family:
    """`f` in the language, and programs for its gradient; `losing` are right and lose digits."""

    f: str
    wrt: str
    given: Mapping[str, str]
    right: tuple[Answer, ...]
    wrong: tuple[Answer, ...]
    losing: tuple[Answer, ...] = field(default=())


def _softmax(x: Array) -> Array:
    weights: Array = np.exp(x - x.max())
    return np.asarray(weights / weights.sum())


def _cofactors(a: Array) -> Array:
    """The derivative of the determinant by its minors."""
    made = np.empty_like(a)
    for i, j in np.ndindex(*a.shape):
        minor = np.delete(np.delete(a, i, 0), j, 1)
        made[i, j] = (-1) ** (i + j) * det(minor)
    return made


def _others(x: Array) -> Array:
    """The product of all other entries, for every entry."""
    return np.array([np.prod(np.delete(x, k)) for k in range(len(x))])


def _by_loops(a: Array, x: Array) -> list[float]:
    return [sum(a[i, j] * x[j] + a[j, i] * x[j] for j in range(len(x))) for i in range(len(x))]


def _rosenbrock(x: Array, inner: float = 400.0, outer: float = 200.0, pull: float = 2.0) -> Array:
    slope = np.zeros_like(x)
    for k in range(len(x) - 1):
        slope[k] += -inner * x[k] * (x[k + 1] - x[k] ** 2) - pull * (1 - x[k])
        slope[k + 1] += outer * (x[k + 1] - x[k] ** 2)
    return slope


def _rayleigh(p: Inputs) -> Any:
    return p["x"] @ p["A"] @ p["x"] / (p["x"] @ p["x"])


def _residual(p: Inputs) -> Array:
    return p["y"] - p["A"] @ p["x"]


def _margin(p: Inputs) -> Array:
    return p["y"] * (p["A"] @ p["x"])


def _logistic(z: Array) -> Array:
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


_X = {"x": "vector[n]"}
_MATRIX_X = {"A": "matrix[m, n]", "x": "vector[n]", "y": "vector[m]"}
_SQUARE_X = {"A": "matrix[n, n] nonsymmetric", "x": "vector[n]"}
_SYMMETRIC_X = {"A": "matrix[n, n] symmetric", "x": "vector[n]"}

FAMILIES: dict[str, Family] = {
    "quadratic": Family(
        "x @ A @ x", "x", _SQUARE_X,
        (lambda p: (p["A"] + p["A"].T) @ p["x"], lambda p: _by_loops(p["A"], p["x"])),
        (lambda p: 2 * p["A"] @ p["x"], lambda p: p["A"] @ p["x"], lambda p: p["A"].T @ p["x"]),
    ),
    "least squares": Family(
        "(y - A @ x) @ (y - A @ x)", "x", _MATRIX_X,
        (lambda p: -2 * p["A"].T @ _residual(p), lambda p: 2 * (p["A"].T @ p["A"] @ p["x"] - p["A"].T @ p["y"])),
        (lambda p: 2 * p["A"].T @ _residual(p), lambda p: -p["A"].T @ _residual(p)),
    ),
    "ridge": Family(
        "norm(y - A @ x)**2 + 0.3 * (x @ x)", "x", _MATRIX_X,
        (lambda p: 0.6 * p["x"] - 2 * p["A"].T @ _residual(p),),
        (lambda p: -2 * p["A"].T @ _residual(p), lambda p: 0.3 * p["x"] - 2 * p["A"].T @ _residual(p)),
    ),
    "logdet": Family(
        "logdet(A)", "A", {"A": "matrix[n, n] invertible(100)"},
        (lambda p: inv(p["A"]).T, lambda p: np.linalg.pinv(p["A"]).T, lambda p: _cofactors(p["A"]) / det(p["A"])),
        (lambda p: inv(p["A"]), lambda p: -inv(p["A"]).T, lambda p: det(p["A"]) * inv(p["A"]).T),
    ),
    "logdet, ill-conditioned": Family(
        "logdet(A)", "A", {"A": "matrix[n, n] invertible(1e6)"},
        (lambda p: inv(p["A"]).T, lambda p: np.linalg.solve(p["A"], np.eye(len(p["A"]))).T),
        (lambda p: inv(p["A"]), lambda p: 2 * inv(p["A"]).T),
    ),
    "det": Family(
        "det(A)", "A", {"A": "matrix[n, n] invertible"},
        (lambda p: det(p["A"]) * inv(p["A"]).T, lambda p: _cofactors(p["A"])),
        (lambda p: det(p["A"]) * inv(p["A"]), lambda p: inv(p["A"]).T + np.eye(len(p["A"]))),
    ),
    "inverse trace": Family(
        "tr(B @ inv(A))", "A", {"A": "matrix[n, n] invertible", "B": "matrix[n, n] nonsymmetric"},
        (
            lambda p: -(inv(p["A"]) @ p["B"] @ inv(p["A"])).T,
            lambda p: -np.linalg.solve(p["A"], np.linalg.solve(p["A"].T, p["B"].T).T).T,
        ),
        (lambda p: -inv(p["A"]) @ p["B"] @ inv(p["A"]), lambda p: (inv(p["A"]) @ p["B"] @ inv(p["A"])).T),
    ),
    "solve": Family(
        "x @ solve(A, x)", "x", {"A": "matrix[n, n] invertible", "x": "vector[n]"},
        (
            lambda p: np.linalg.solve(p["A"], p["x"]) + np.linalg.solve(p["A"].T, p["x"]),
            lambda p: (inv(p["A"]) + inv(p["A"]).T) @ p["x"],
        ),
        (lambda p: 2 * np.linalg.solve(p["A"], p["x"]), lambda p: (p["A"] + p["A"].T) @ p["x"]),
    ),
    "matrix quadratic": Family(
        "tr(A @ B @ A.T)", "A", {"A": "matrix[m, n]", "B": "matrix[n, n] nonsymmetric"},
        (lambda p: p["A"] @ (p["B"] + p["B"].T), lambda p: p["A"] @ p["B"] + p["A"] @ p["B"].T),
        (lambda p: 2 * p["A"] @ p["B"], lambda p: p["A"] @ p["B"]),
    ),
    "softmax": Family(
        "y @ softmax(x)", "x", {"x": "vector[n]", "y": "vector[n]"},
        (
            lambda p: _softmax(p["x"]) * (p["y"] - p["y"] @ _softmax(p["x"])),
            lambda p: (np.diag(_softmax(p["x"])) - np.outer(_softmax(p["x"]), _softmax(p["x"]))) @ p["y"],
        ),
        (lambda p: _softmax(p["x"]) * (1 - _softmax(p["x"])) * p["y"], lambda p: _softmax(p["x"]) * p["y"]),
    ),
    "logsumexp": Family(
        "logsumexp(x)", "x", _X,
        (lambda p: _softmax(p["x"]), lambda p: np.exp(p["x"]) / np.exp(p["x"]).sum()),
        (lambda p: np.exp(p["x"]), lambda p: p["x"] / np.abs(p["x"]).sum()),
    ),
    "logsumexp, far out": Family(
        "logsumexp(x)", "x", {"x": "vector[n] real[600,700]"},
        (lambda p: _softmax(p["x"]),),
        (lambda p: 1.001 * _softmax(p["x"]),),
        (lambda p: np.exp(p["x"] - np.log(np.exp(p["x"]).sum())),),
    ),
    "cubic": Family(
        "3*s**3 - 5*s**2", "s", {"s": "scalar real[0,2]"},
        (lambda p: 9 * p["s"] ** 2 - 10 * p["s"], lambda p: p["s"] * (9 * p["s"] - 10)),
        (lambda p: 9 * p["s"] ** 2 - 5 * p["s"], lambda p: 3 * p["s"] ** 2 - 10 * p["s"], lambda p: 9 * p["s"] ** 2),
    ),
    "norm": Family(
        "norm(x)", "x", _X,
        (lambda p: p["x"] / norm(p["x"]), lambda p: p["x"] * (p["x"] @ p["x"]) ** -0.5),
        (lambda p: p["x"], lambda p: p["x"] / (p["x"] @ p["x"]), lambda p: 2 * p["x"] / norm(p["x"])),
    ),
    "Rosenbrock": Family(
        "sum(100*(x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)", "x", _X,
        (lambda p: _rosenbrock(p["x"]),),
        (lambda p: _rosenbrock(p["x"], 200.0), lambda p: _rosenbrock(p["x"], pull=-2.0)),
    ),
    "Rayleigh": Family(
        "(x @ A @ x) / (x @ x)", "x", _SYMMETRIC_X,
        (
            lambda p: 2 * (p["A"] @ p["x"] - _rayleigh(p) * p["x"]) / (p["x"] @ p["x"]),
            lambda p: 2 * p["A"] @ p["x"] / (p["x"] @ p["x"])
            - 2 * (p["x"] @ p["A"] @ p["x"]) * p["x"] / (p["x"] @ p["x"]) ** 2,
        ),
        (lambda p: 2 * p["A"] @ p["x"] / (p["x"] @ p["x"]), lambda p: p["A"] @ p["x"] - _rayleigh(p) * p["x"]),
    ),
    "logistic loss": Family(
        "sum(log(1 + exp(-(y * (A @ x)))))", "x", _MATRIX_X,
        (
            lambda p: -p["A"].T @ (p["y"] * _logistic(-_margin(p))),
            lambda p: p["A"].T @ (-p["y"] / (1 + np.exp(_margin(p)))),
        ),
        (lambda p: -p["A"].T @ (p["y"] * _logistic(_margin(p))), lambda p: p["A"].T @ (p["y"] * _logistic(-_margin(p)))),
    ),
    "hidden layer": Family(
        "y @ tanh(A @ x)", "x", _MATRIX_X,
        (lambda p: p["A"].T @ (p["y"] / np.cosh(p["A"] @ p["x"]) ** 2),),
        (lambda p: p["A"].T @ p["y"], lambda p: p["A"].T @ (p["y"] * (1 - np.tanh(p["A"] @ p["x"])))),
        (lambda p: p["A"].T @ (p["y"] * (1 - np.tanh(p["A"] @ p["x"]) ** 2)),),
    ),
    "waves": Family(
        "sum(sin(20*x) * exp(x))", "x", _X,
        (lambda p: (20 * np.cos(20 * p["x"]) + np.sin(20 * p["x"])) * np.exp(p["x"]),),
        (lambda p: 20 * np.cos(20 * p["x"]) * np.exp(p["x"]), lambda p: np.cos(20 * p["x"]) * np.exp(p["x"])),
    ),
    "reciprocals": Family(
        "sum(1 / x)", "x", {"x": "vector[n] real[0.05,2]"},
        (lambda p: -1 / p["x"] ** 2, lambda p: -(p["x"] ** -2.0)),
        (lambda p: 1 / p["x"] ** 2, lambda p: -1 / p["x"]),
    ),
    "product": Family(
        "prod(x)", "x", _X,
        (lambda p: _others(p["x"]), lambda p: np.prod(p["x"]) / p["x"]),
        (lambda p: np.prod(p["x"]) * np.ones_like(p["x"]), lambda p: np.prod(p["x"]) * p["x"]),
    ),
    "Gaussian": Family(
        "exp(-0.5 * (x @ A @ x))", "x", {"A": "matrix[n, n] spd(5)", "x": "vector[n]"},
        (lambda p: -np.exp(-0.5 * (p["x"] @ p["A"] @ p["x"])) * (p["A"] @ p["x"]),),
        (
            lambda p: np.exp(-0.5 * (p["x"] @ p["A"] @ p["x"])) * (p["A"] @ p["x"]),
            lambda p: -np.exp(-(p["x"] @ p["A"] @ p["x"])) * (p["A"] @ p["x"]),
        ),
    ),
    "entropy": Family(
        "-sum(x * log(x))", "x", {"x": "vector[n] simplex"},
        (lambda p: -(np.log(p["x"]) + 1), lambda p: -np.log(np.e * p["x"])),
        (lambda p: -np.log(p["x"]), lambda p: -1 / p["x"]),
    ),
    "pseudo-Huber": Family(
        "sum(sqrt(1 + x**2) - 1)", "x", _X,
        (lambda p: p["x"] / np.sqrt(1 + p["x"] ** 2), lambda p: p["x"] / np.hypot(1, p["x"])),
        (lambda p: 2 * p["x"] / np.sqrt(1 + p["x"] ** 2), lambda p: 0.5 / np.sqrt(1 + p["x"] ** 2)),
    ),
    "sigmoid": Family(
        "sigmoid(y @ x)", "x", {"x": "vector[n]", "y": "vector[n]"},
        (lambda p: _logistic(p["y"] @ p["x"]) * _logistic(-p["y"] @ p["x"]) * p["y"],),
        (lambda p: _logistic(p["y"] @ p["x"]) * p["y"], lambda p: _logistic(p["y"] @ p["x"]) ** 2 * p["y"]),
        (lambda p: _logistic(p["y"] @ p["x"]) * (1 - _logistic(p["y"] @ p["x"])) * p["y"],),
    ),
}  # fmt: skip
