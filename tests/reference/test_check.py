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
    assert np.max(report.bar) < 1e-7 * np.max(np.abs(report.measured))
    assert report.resolution < 1e-6
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


def absolute(x: Array) -> float:
    return float(np.sum(np.abs(x)))


@pytest.mark.parametrize(
    ("f", "claim"),
    [(absolute, 0.0), (absolute, 0.7), (lambda x: np.maximum(x, 0.0), 0.5), (lambda x: np.maximum(x, 0.0), 0.0)],
)
def test_no_claim_agrees_at_a_kink(f: Callable[[Array], Any], claim: float) -> None:
    report = check_gradient(f, lambda x: claim, np.array(0.0))
    assert (report.verdict, report.looks_like) == ("inconclusive", "kink")
    assert str(report).endswith("f has different slopes on either side, so move the point")


def test_a_kink_elsewhere_is_no_excuse() -> None:
    report = check_gradient(absolute, lambda x: 0.5 * np.sign(x), np.array([1.0, 0.0]))
    assert (report.verdict, report.looks_like, report.worst) == ("differs", "wrong formula", (0,))
    outside = check_gradient(absolute, lambda x: 5.0 + 0 * x, np.array(0.0))
    assert (outside.verdict, outside.looks_like) == ("differs", "kink")


def test_steps_become_smaller_than_the_distance_from_a_kink() -> None:
    x = np.array([1.0, 1e-9])
    assert check_gradient(absolute, np.sign, x).verdict == "agrees"
    assert check_gradient(absolute, lambda x: np.array([1.0, 0.0]), x).verdict == "differs"


def plus(slope: float, gradient: Callable[[Array], Any] = lambda x: 20 * np.cos(20 * x)) -> Callable[[Array], Any]:
    return lambda x: gradient(x) + slope


@pytest.mark.parametrize("size", [0.1, 2e-3, 1e-5])
def test_nothing_is_sure_beside_a_kink(size: float) -> None:
    """A billionth away from it, where rounding hides which side is which."""

    def f(x: Array) -> Any:
        return np.sin(20 * x) + size * np.abs(x - 1 - 1e-9)

    right = check_gradient(f, plus(-size), np.array(1.0))
    assert right.verdict == "agrees" or right.looks_like == "kink", str(right)
    for side in (0.0, 1.0):
        wrong = check_gradient(f, plus(side * size), np.array(1.0))
        assert wrong.verdict == "differs" or wrong.looks_like == "kink", str(wrong)


@pytest.mark.parametrize("f", [np.sqrt, lambda x: x**1.5])
def test_an_edge_of_the_domain_is_told(f: Callable[[Array], Any]) -> None:
    report = check_gradient(f, np.ones_like, np.array(0.0))
    assert (report.verdict, report.looks_like) == ("inconclusive", "edge of the domain")
    assert "differences settle on nothing; this looks like the edge of the domain" in str(report)


BESIDE_A_POLE: dict[str, tuple[Callable[[Array], Any], Callable[[Array], Any]]] = {
    "log": (np.log, lambda x: 1 / x),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2),
    "inverse square": (lambda x: x**-2.0, lambda x: -2 * x**-3.0),
    "power": (lambda x: x**1.5, lambda x: 1.5 * x**0.5),
    "entropy": (lambda x: -np.sum(x * np.log(x)), lambda x: -np.log(x) - 1),
}


@pytest.mark.parametrize("name", BESIDE_A_POLE)
def test_right_derivatives_agree_beside_a_pole(name: str) -> None:
    f, gradient = BESIDE_A_POLE[name]
    for exponent in [*RNG.uniform(-8, -6, 60), -9.0, -12.0, -20.0]:
        x = np.array(10.0**exponent)
        assert check_gradient(f, gradient, x).verdict == "agrees", (name, exponent)
        assert check_gradient(f, lambda x: 1.0005 * gradient(x), x).verdict == "differs"


def test_a_probability_beside_zero_is_no_trouble_for_the_others() -> None:
    f, gradient = BESIDE_A_POLE["entropy"]
    for small in (1e-4, 1e-6, 1e-9):
        report = check_gradient(f, gradient, np.array([0.7, 0.3 - small, small]))
        assert report.verdict == "agrees", str(report)


def scaled(gradient: Callable[[Array], Any], factor: Any) -> Callable[[Array], Any]:
    return lambda x: factor * gradient(x)


def wave(rate: float) -> tuple[Callable[[Array], Any], Callable[[Array], Any]]:
    return lambda x: np.sum(np.sin(rate * x)), lambda x: rate * np.cos(rate * x)


@pytest.mark.parametrize(
    ("rate", "x"),
    [(2 * np.pi, 100.3), (2 * np.pi, 1000.3), (512 * np.pi, 1.0), (2 * np.pi, [100.3, 203.7]), (1.0, 1e5), (1e7, 1.3)],
)
def test_steps_are_no_multiples_of_a_period(rate: float, x: Any) -> None:
    f, gradient = wave(rate)
    assert check_gradient(f, gradient, x).verdict == "agrees"
    for factor in (0.0, 1.0005):
        wrong = check_gradient(f, scaled(gradient, factor), x)
        assert (wrong.verdict, wrong.looks_like) == ("differs", "wrong formula")


def test_fast_waves_are_no_kink() -> None:
    """Whose second differences at the first steps are anything at all."""
    for x in (48325.172192787446, 29817.43382005009, 61737.96532575311, 12345.678):
        report = check_gradient(lambda x: np.sin(x * x), lambda x: 2 * x * np.cos(x * x), np.array(x))
        assert report.verdict == "agrees", str(report)


def test_a_gradient_that_vanishes_is_compared_with_slopes_around_it() -> None:
    for _ in range(10):
        B, b = RNG.standard_normal((20, 5)), RNG.standard_normal(20)
        x = np.linalg.lstsq(B, b, rcond=None)[0]

        def f(x: Array, B: Array = B, b: Array = b) -> Any:
            return (B @ x - b) @ (B @ x - b)

        def gradient(x: Array, B: Array = B, b: Array = b) -> Array:
            return np.asarray(2 * B.T @ (B @ x - b))

        def expanded(x: Array, B: Array = B, b: Array = b) -> Array:
            return np.asarray(2 * B.T @ B @ x - 2 * B.T @ b)

        report = check_gradient(f, gradient, x)
        assert report.verdict == "agrees", str(report)
        assert check_gradient(f, expanded, x).verdict == "agrees"
        assert re.fullmatch(r"agrees at 5 components; an error of \de-1[0-9] would have been noticed", str(report))
        wrong = check_gradient(f, plus(1e-6, gradient), x)
        assert (wrong.verdict, wrong.looks_like) == ("differs", "wrong formula")


@pytest.mark.parametrize(("f", "at"), [(lambda x: np.sum((x - 1) ** 2), 1.0), (lambda x: np.sum(np.cos(x)), 0.0)])
def test_a_minimum_is_no_kink(f: Callable[[Array], Any], at: float) -> None:
    report = check_gradient(f, lambda x: 0 * x + 0.01, np.full(3, at))
    assert (report.verdict, report.looks_like) == ("differs", "wrong formula")


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(x.astype(np.float32) ** 2),
        lambda x: np.round(np.sum(x**2), 6),
        lambda x: np.round(np.sum(x**2), 4),
        lambda x: np.round(np.sum(x**2), 3),
    ],
)
def test_coarse_values_are_noise_and_no_kink(f: Callable[[Array], Any]) -> None:
    x = np.array([1.3, 2.4])
    for factor in (1.0, 1.1):
        report = check_gradient(f, scaled(lambda x: x, 2 * factor), x)
        right = "agrees" if factor == 1 else "differs"
        assert report.verdict == right or report.looks_like == "noise", str(report)


def test_a_constant_function_has_an_absolute_resolution() -> None:
    for f in (lambda x: 3.0, lambda x: np.floor(x[0])):
        report = check_gradient(f, np.zeros_like, np.array([1.3, 2.0]))
        assert re.fullmatch(r"agrees at 2 components; an error of \de-1\d would have been noticed", str(report))
        assert report.resolution < 1e-11
    assert check_gradient(lambda x: 3.0, lambda x: 0 * x + 1e-9, X).verdict == "differs"
    all_but = check_gradient(np.cos, lambda x: -np.sin(x), np.array(1e-9))
    assert re.fullmatch(r"agrees at 1 components; an error of \de-1\d would have been noticed", str(all_but))
    partly = check_gradient(lambda x: x[0] ** 2 + (x[1] - 1) ** 2, lambda x: 2 * x - [0, 2], np.ones(2))
    assert re.fullmatch(
        r"agrees at 2 components; an error of \S+, where it is all but zero one of \S+, would have been noticed",
        str(partly),
    )


@pytest.mark.parametrize("large", [1e8, 1e12, 1e16])
def test_a_component_that_was_not_checked_is_named(large: float) -> None:
    """Beside the large terms the last one is rounded away: a claim of twice its slope cannot be told from the right."""
    small = 1e-6 * large / 1e8

    def f(x: Array) -> Any:
        return large * x[0] ** 2 + small * 1e-2 * x[1] ** 2

    for factor in (2.0, 4.0):
        claim = np.array([2 * large, factor * small * 1e-2])
        report = check_gradient(f, scaled(lambda x: x, claim), np.ones(2))
        assert (report.verdict, report.looks_like, report.worst) == ("inconclusive", "noise", (1,))


def difference(f: Callable[[Array], Any], step: float, central: bool) -> Callable[[Array], Any]:
    if central:
        return lambda x: (f(x + step) - f(x - step)) / (2 * step)
    return lambda x: (f(x + step) - f(x)) / step


@pytest.mark.parametrize(
    ("step", "central"), [(1e-8, False), (1e-11, False), (1e-12, False), (1e-13, False), (1e-15, False), (6e-6, True)]
)
def test_differences_are_no_derivative(step: float, central: bool) -> None:
    """Their noise must not earn them tolerance."""

    def f(x: Array) -> Any:
        return np.exp(x) * np.sin(x)

    for _ in range(100):
        report = check_gradient(f, difference(f, step, central), np.array(RNG.standard_normal()))
        assert report.verdict == "differs", str(report)


def test_rounding_of_constants_is_not_called_a_wrong_formula() -> None:
    """Nobody sees from outside that the two ways of solving differ by what the condition of a matrix allows."""
    hilbert = 1.0 / (np.arange(8)[:, None] + np.arange(8) + 1)
    inverse = np.linalg.inv(hilbert)
    report = check_gradient(
        lambda x: x @ np.linalg.solve(hilbert, x), lambda x: (inverse + inverse.T) @ x, np.ones(8) + 0.1 * np.arange(8)
    )
    assert report.verdict == "agrees" or report.looks_like == "small error", str(report)
    report = check_gradient(quadratic, lambda x: (1 + 1e-9) * slope(x), X)
    assert (report.verdict, report.looks_like) == ("differs", "small error")
    assert "sure" not in str(report)
    assert "an approximation or a formula that loses digits, or else rounding of constants" in str(report)


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


def forgetful() -> Callable[[Array], Array]:
    """Another gradient from the third call on."""
    calls: list[int] = []

    def gradient(x: Array) -> Array:
        calls.append(1)
        return slope(x) * (1.0 if len(calls) < 3 else 1.1)

    return gradient


def random_slope() -> Callable[[Array], Array]:
    rng = np.random.default_rng(0)
    return lambda x: slope(x) + rng.standard_normal(5)


@pytest.mark.parametrize(
    ("gradient", "looks_like"),
    [
        (mutating, "changes its argument"),
        (random_slope(), "not deterministic"),
        (forgetful(), "not deterministic"),
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


@pytest.mark.parametrize(
    ("f", "gradient", "x", "words"),
    [
        (np.sum, np.ones_like, [], "x is empty, so there is nothing to differentiate by"),
        (np.sum, np.ones_like, None, "x is None; is a `return` missing?"),
        (np.sum, np.ones_like, [np.nan], "x is not finite"),
        (np.sum, np.ones_like, [1j], "x is complex; only real functions of real variables are checked"),
        (np.sum, np.ones_like, "abc", "x is no array of numbers: could not convert"),
        (lambda x: None, np.ones_like, [1.0], "f is None; is a `return` missing?"),
        (lambda x: np.sum(x) * 1j, np.ones_like, [1.0], "f is complex; only real functions"),
        (np.sum, lambda x: None, [1.0], "the claimed derivative is None; is a `return` missing?"),
        (np.sum, lambda x: x + 0j, [1.0], "the claimed derivative is complex; only real functions"),
        (np.sum, lambda x: [[1.0], [1.0, 2.0]], [1.0], "the claimed derivative is no array of numbers: setting an"),
    ],
)
def test_what_holds_no_real_numbers_is_refused(f: Any, gradient: Any, x: Any, words: str) -> None:
    with pytest.raises(NotCheckable, match=f"^{re.escape(words)}"):
        check_gradient(f, gradient, x)
    with pytest.raises(NotCheckable, match=f"^{re.escape(words)}"):
        check_vjp(f, lambda x, u: gradient(x), x)


def test_tensors_that_are_differentiated_are_taken_as_numbers() -> None:
    def f(x: Array) -> Any:
        return torch.tensor(x, requires_grad=True).pow(2).sum()

    def gradient(x: Array) -> Any:
        return 2 * torch.tensor(x, requires_grad=True)

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    assert check_gradient(f, gradient, x).verdict == "agrees"
    assert check_vjp(f, lambda x, u: torch.tensor(u) * gradient(x), x).verdict == "agrees"
    assert check_jvp(f, lambda x, v: gradient(x) @ torch.tensor(v), np.ones(2)).verdict == "agrees"


def test_the_callers_arrays_are_left_alone() -> None:
    x = X.copy()
    check_gradient(lambda x: np.sum(np.multiply(x, x, out=x)), lambda x: 2 * x, x)
    assert np.array_equal(x, X)
