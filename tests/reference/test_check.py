"""The gradient checker is itself checked: what it must reject, what it must accept, and what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from reference.check import CheckReport, GradientMismatch, NotCheckable, check_gradient, check_jvp, check_vjp
from reference.points import Array

RNG = np.random.default_rng(7)
A = RNG.standard_normal((5, 5))
X = RNG.standard_normal(5)


def quadratic(x: Array) -> float:
    return float(x @ A @ x)


def slope(x: Array) -> Array:
    return (A + A.T) @ x


def rosenbrock_slope(x: Array) -> Array:
    g = np.zeros_like(x)
    for k in range(len(x) - 1):
        g[k] += -400 * x[k] * (x[k + 1] - x[k] ** 2) - 2 * (1 - x[k])
        g[k + 1] += 200 * (x[k + 1] - x[k] ** 2)
    return g


RIGHT: dict[str, tuple[Callable[[Array], Any], Callable[[Array], Any], Array]] = {
    "quadratic": (quadratic, slope, X),
    "quadratic in loops": (
        quadratic,
        lambda x: np.array([sum((A[i, j] + A[j, i]) * x[j] for j in range(5)) for i in range(5)]),
        X,
    ),
    "log-sum-exp": (lambda x: np.log(np.sum(np.exp(x))), lambda x: np.exp(x) / np.sum(np.exp(x)), X),
    "rosenbrock": (
        lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2), rosenbrock_slope, X,
    ),
    "fast waves": (
        lambda x: np.sum(np.sin(20 * x) * np.exp(x)), lambda x: np.exp(x) * (np.sin(20 * x) + 20 * np.cos(20 * x)), X,
    ),
    "reciprocals": (lambda x: np.sum(1 / x), lambda x: -1 / x**2, np.abs(X) + 0.05),
    "direction": (lambda x: x / np.linalg.norm(x), lambda x: np.eye(5) / np.linalg.norm(x)
                  - np.outer(x, x) / np.linalg.norm(x) ** 3, X),
    "log-determinant": (
        lambda M: np.linalg.slogdet(M)[1], lambda M: np.linalg.inv(M).T, A @ A.T + np.eye(5),
    ),
    "jacobian": (lambda x: A[:3] @ np.sin(x), lambda x: A[:3] * np.cos(x), X),
    "a number": (lambda x: np.sin(x) ** 2, lambda x: np.sin(2 * x), np.array(0.7)),
    "tiny": (lambda x: np.sum(x * x), lambda x: 2 * x, 1e-150 * X),
    "huge": (lambda x: np.sum(x * x), lambda x: 2 * x, 1e150 * X),
    "scaled down": (lambda x: 1e-7 * quadratic(x), lambda x: 1e-7 * slope(x), X),
    "edge of the domain": (lambda x: np.sum(np.log(x)), lambda x: 1 / x, np.array([1e-4, 0.01, 1.0])),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_right_derivatives_agree(name: str) -> None:
    f, gradient, x = RIGHT[name]
    report = check_gradient(f, gradient, x)
    assert report.verdict == "agrees", str(report)
    assert report.resolution < 1e-7
    report.raise_if_wrong()
    assert re.fullmatch(r"agrees at \d+ components; an error of \S+ would have been noticed", str(report))


def test_rounding_of_terms_that_cancel_is_no_wrong_formula() -> None:
    """No input's rounding shows in f, nor does the size of f: only how its values scatter."""
    for shift in np.linspace(0, 1, 20):
        x = X + shift
        report = check_gradient(lambda x: (1e6 + 1e-3 * np.sum(x**3)) - 1e6, lambda x: 3e-3 * x**2, x)
        assert report.verdict == "agrees" or report.looks_like == "noise", str(report)


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("factor", [1.0005, 1.0008, 0.9995, 2.0, 0.5, -1.0, 0.0, 1 + 1e-6])
def test_a_wrong_factor_is_rejected(name: str, factor: float) -> None:
    f, gradient, x = RIGHT[name]
    report = check_gradient(f, lambda x: factor * gradient(x), x)
    assert (report.verdict, report.looks_like) == ("differs", "wrong formula")


@pytest.mark.parametrize("name", RIGHT)
def test_one_wrong_entry_is_named(name: str) -> None:
    f, gradient, x = RIGHT[name]
    largest = np.unravel_index(int(np.argmax(np.abs(gradient(x)))), np.shape(gradient(x)))

    def wrong(x: Array) -> Array:
        found = np.array(gradient(x))
        found[largest] *= 1.0005
        return found

    assert check_gradient(f, wrong, x).worst == tuple(map(int, largest))


class Claimed(torch.autograd.Function):
    """x^T A x with a gradient that is off by the factor and in the direction it is told; for torch's own check."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, scale: float, factor: float, off: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x, off)
        ctx.numbers = scale, factor
        return scale * (x @ torch.from_numpy(A) @ x)

    @staticmethod
    def backward(ctx: Any, bar: torch.Tensor) -> Any:
        x, off = ctx.saved_tensors
        scale, factor = ctx.numbers
        right = scale * torch.from_numpy(A + A.T) @ x
        return bar * (factor * right + off), None, None, None


def accepted_by_torch(scale: float, factor: float, off: Array, fast: bool) -> bool:
    x = torch.from_numpy(X.copy()).requires_grad_()
    given = (scale, factor, torch.from_numpy(off))
    claimed: Callable[..., torch.Tensor] = Claimed.apply
    return torch.autograd.gradcheck(lambda x: claimed(x, *given), x, raise_exception=False, fast_mode=fast)


def test_what_torch_accepts_by_its_tolerances_is_rejected() -> None:
    """A gradient that is off by 0.08 %, and one of twice the size of a small function's."""
    nothing = np.zeros(5)
    assert accepted_by_torch(1.0, 1.0008, nothing, fast=False)
    assert check_gradient(quadratic, lambda x: 1.0008 * slope(x), X).verdict == "differs"
    assert accepted_by_torch(1e-7, 2.0, nothing, fast=False)
    assert check_gradient(lambda x: 1e-7 * quadratic(x), lambda x: 2e-7 * slope(x), X).verdict == "differs"


def test_an_error_across_a_fixed_direction_is_seen() -> None:
    """torch's fast mode looks along one direction, always the same: it is found out here, and avoided."""
    direction = fixed_direction_of_torch()
    across = RNG.standard_normal(5)
    across -= direction * (across @ direction) / (direction @ direction)
    assert accepted_by_torch(1.0, 1.0, across, fast=True)
    report = check_gradient(quadratic, lambda x: slope(x) + across, X)
    assert report.verdict == "differs"
    assert np.max(np.abs(across)) > 0.1


def fixed_direction_of_torch() -> Array:
    """The direction that a fast check steps along, read off the points at which it evaluates."""
    seen: list[Array] = []

    def watched(x: torch.Tensor) -> torch.Tensor:
        seen.append(x.detach().numpy().copy())
        return x @ torch.from_numpy(A) @ x

    torch.autograd.gradcheck(watched, (torch.from_numpy(X.copy()).requires_grad_(),), fast_mode=True)
    moved = next(point - X for point in seen if not np.array_equal(point, X))
    return moved / np.linalg.norm(moved)


def test_a_gradient_that_is_right_for_symmetric_matrices_only_is_rejected() -> None:
    assert check_gradient(quadratic, lambda x: 2 * A @ x, X).verdict == "differs"
    symmetric = A + A.T
    assert check_gradient(lambda x: x @ symmetric @ x, lambda x: 2 * symmetric @ x, X).verdict == "agrees"


def test_a_transpose_that_ones_cannot_see_is_rejected() -> None:
    x = RNG.standard_normal((2, 3))

    def reshaped(x: Array, u: Array) -> Array:
        return u.reshape(x.shape)

    ones = np.ones((3, 2))
    assert np.array_equal(reshaped(x, ones), ones.T)
    assert check_vjp(np.transpose, reshaped, x).verdict == "differs"
    assert check_vjp(np.transpose, lambda x, u: u.T, x).verdict == "agrees"


def test_directional_derivatives() -> None:
    assert check_jvp(lambda x: A @ np.sin(x), lambda x, v: A @ (np.cos(x) * v), X).verdict == "agrees"
    assert check_jvp(lambda x: A @ np.sin(x), lambda x, v: (A * np.cos(x)).T @ v, X).verdict == "differs"


def test_a_report_says_which_entry_what_came_and_what_it_looks_like() -> None:
    report = check_gradient(quadratic, lambda x: 0.5 * slope(x), X)
    with pytest.raises(GradientMismatch) as caught:
        report.raise_if_wrong()
    form = (
        r"differs: entry \[\d\] is claimed to be \S+, differences give \S+ \+- \S+ \(half the right value\); "
        r"this looks like a wrong formula: both values are sure"
    )
    assert re.fullmatch(form, str(caught.value)), str(caught.value)


def test_a_kink_is_told_from_a_wrong_formula() -> None:
    report = check_gradient(lambda x: np.sum(np.abs(x)), np.sign, np.array([1.0, 1e-9]))
    assert (report.verdict, report.looks_like) == ("inconclusive", "kink")  # as near to it, the claim may be right
    beside = check_gradient(lambda x: np.sum(np.abs(x)), lambda x: 0.5 * np.sign(x), np.array([1.0, 0.0]))
    assert (beside.verdict, beside.looks_like) == ("differs", "kink")
    assert str(report).endswith("f has different slopes on either side, so move the point")


def test_noise_is_no_opinion() -> None:
    rough = np.random.default_rng(1)
    report = check_gradient(lambda x: float(np.sum(x)) + rough.standard_normal(), np.ones_like, X)
    assert report.verdict in ("inconclusive", "differs")
    constant: Callable[[Array], float] = lambda x: 1e16 + float(np.sum(x))  # noqa: E731
    vague = check_gradient(constant, np.ones_like, X)
    assert (vague.verdict, vague.looks_like) == ("inconclusive", "noise")


def mutating(x: Array) -> Array:
    x *= 2
    return (A + A.T) @ x / 2


def random_slope() -> Callable[[Array], Array]:
    rng = np.random.default_rng(0)
    return lambda x: slope(x) + rng.standard_normal(5)


@pytest.mark.parametrize(
    ("gradient", "looks_like"),
    [
        (mutating, "changes its argument"),
        (random_slope(), "not deterministic"),
        (lambda x: np.where(x > 0, slope(x), np.nan), "not finite"),
        (lambda x: slope(x) / 0.0, "not finite"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_other_faults_are_named(gradient: Callable[[Array], Array], looks_like: str) -> None:
    report = check_gradient(quadratic, gradient, X)
    assert (report.verdict, report.looks_like) == ("differs", looks_like)
    assert isinstance(report, CheckReport)


def test_what_cannot_be_compared_is_refused_with_a_reason() -> None:
    with pytest.raises(
        NotCheckable, match=r"^the derivative of this f has shape \(5,\), the claimed one has \(1, 5\)$"
    ):
        check_gradient(quadratic, lambda x: slope(x)[None], X)
    with (
        np.errstate(all="ignore"),
        pytest.raises(NotCheckable, match=r"^f is not finite at x; choose a point inside of its domain$"),
    ):
        check_gradient(lambda x: np.sum(np.log(x)), lambda x: 1 / x, np.array([-1.0, 1.0]))


def test_the_callers_arrays_are_left_alone() -> None:
    x = X.copy()
    check_gradient(lambda x: np.sum(np.multiply(x, x, out=x)), lambda x: 2 * x, x)
    assert np.array_equal(x, X)
