"""The operators: sums, products, quotients, powers, matrix products, transposes."""

from __future__ import annotations

from typing import Any

from reference.functions.row import CHAIN, POWER, PRODUCT, SCALED, SUM, Function, Mutation, Size, Written, nothing

_PAIR = ("+, + -> +",)
_PRODUCT = (
    Mutation("product.first", (None, nothing)),
    Mutation("product.second", (nothing, None)),
)


def _minus(xp: Any, bar: Any, out: Any, a: Any, b: Any) -> Any:
    return -bar


def _denominator(xp: Any, bar: Any, out: Any, a: Any, b: Any) -> Any:
    return -bar * a / (b * b)


def _exponent(xp: Any, bar: Any, out: Any, a: Any, b: Any) -> Any:
    return bar * out * xp.log(a)


def _left(xp: Any, bar: Any, out: Any, a: Any, b: Any) -> Any:
    """Adjoint of the left factor of a matrix product, for each of its four signatures."""
    if b.ndim == 2:
        return bar @ b.T if a.ndim == 2 else b @ bar
    return xp.outer(bar, b) if a.ndim == 2 else bar * b


def _right(xp: Any, bar: Any, out: Any, a: Any, b: Any) -> Any:
    if a.ndim == 2:
        return a.T @ bar
    return xp.outer(a, bar) if b.ndim == 2 else bar * a


def _left_untransposed(xp: Any, bar: Any, out: Any, a: Any, b: Any) -> Any:
    if b.ndim == 2:
        return bar @ b
    return _left(xp, bar, out, a, b)


def _right_untransposed(xp: Any, bar: Any, out: Any, a: Any, b: Any) -> Any:
    return a @ bar if a.ndim == 2 else _right(xp, bar, out, a, b)


def _product_cost(a: Size, b: Size) -> int:
    rows, columns = (a[0] if len(a) == 2 else 1), (b[1] if len(b) == 2 else 1)
    return 2 * rows * columns * a[-1]


def _transpose(xp: Any, a: Any) -> Any:
    return a.T if a.ndim == 2 else a


OPERATORS = (
    Function(
        "add", _PAIR, lambda xp, a, b: a + b, (lambda xp, bar, *_: bar, lambda xp, bar, *_: bar),
        Written("{0:1} + {1:2}", SUM), "+", linear=((0, 1),),
    ),
    Function(
        "sub", _PAIR, lambda xp, a, b: a - b, (lambda xp, bar, *_: bar, _minus), Written("{0:1} - {1:2}", SUM), "-",
        linear=((0, 1),), mutations=(Mutation("minus", (None, lambda xp, bar, *_: bar)),),
    ),
    Function(
        "mul", _PAIR, lambda xp, a, b: a * b, (lambda xp, bar, out, a, b: bar * b, lambda xp, bar, out, a, b: bar * a),
        Written("{0:3} {1:5.}", SCALED, Written(r"{0:2} \odot {1:3}", PRODUCT)), "*", mutations=_PRODUCT,
        linear=((0,), (1,)),
    ),
    Function(
        "truediv", _PAIR, lambda xp, a, b: a / b, (lambda xp, bar, out, a, b: bar / b, _denominator),
        Written(r"\frac{{0:0}}{{1:0}}", POWER, Written(r"{0:2} \oslash {1:3}", PRODUCT)), "/",
        hazard="a denominator may not be zero", linear=((0,),),
        mutations=(
            Mutation("quotient.first", (None, nothing)),
            Mutation("quotient.sum", (None, lambda *arguments: -_denominator(*arguments))),
            Mutation("quotient.unsquared", (lambda xp, bar, *_: bar, lambda xp, bar, out, a, b: -bar * a / b)),
            Mutation("quotient.swapped", (lambda xp, bar, out, a, b: -bar / b, lambda *args: -_denominator(*args))),
        ),
    ),
    Function(
        "pow", ("..., -> ...",), lambda xp, a, b: xp.pow(a, b),
        (lambda xp, bar, out, a, b: bar * b * xp.pow(a, b - 1), _exponent),
        Written(r"{0:6}^{{1:0}}", POWER, Written(r"{0:6}^{\circ {1:0}}", POWER)), "**",
        hazard="a negative base takes whole exponents only, zero no negative ones, and large powers overflow",
        mutations=(
            Mutation("power.exponent", (lambda xp, bar, out, a, b: bar * b * out, None)),
            Mutation("power.coefficient", (lambda xp, bar, out, a, b: bar * xp.pow(a, b - 1), None)),
            Mutation("power.integral", (lambda xp, bar, out, a, b: bar * xp.pow(a, b + 1) / (b + 1), None)),
            Mutation("power.unreduced", (lambda xp, bar, out, a, b: bar * (b - 1) * xp.pow(a, b - 1), None)),
        ),
    ),
    Function(
        "matmul", ("m k, k n -> m n", "m k, k -> m", "k, k n -> n", "k, k ->"), lambda xp, a, b: a @ b, (_left, _right),
        Written("{0:3} {1:4.}", CHAIN, lies="rc"), "@", cost=_product_cost, linear=((0,), (1,)),
        mutations=(*_PRODUCT, Mutation("product.untransposed", (_left_untransposed, _right_untransposed))),
    ),
    Function("neg", ("... -> ...",), lambda xp, a: -a, (lambda xp, bar, *_: -bar,), Written("-{0:3}", SCALED), "-",
             linear=((0,),)),
    Function(
        "transpose", ("m n -> n m", "n -> n", "->"), _transpose, (lambda xp, bar, *_: _transpose(xp, bar),),
        Written(r"{0:6}^{\top}", POWER), ".T", linear=((0,),),
        mutations=(Mutation("transpose.dropped", (lambda xp, bar, *_: bar,)),),
    ),
)  # fmt: skip
