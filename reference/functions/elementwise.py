"""Functions of every entry by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference.functions.row import POWER, Function, Mutation, Rule, Written


def _each(
    name: str,
    value: Callable[..., Any],
    rule: Rule,
    written: Written | None = None,
    *,
    wrong: tuple[Mutation, ...] = (),
    kink: Callable[..., Any] | None = None,
    hazard: str = "",
) -> Function:
    undifferentiated = Mutation("function.undifferentiated", (lambda xp, bar, out, a: bar * out,))
    written = written or Written(rf"\{name}\left({{0:0}}\right)")
    return Function(
        name, ("... -> ...",), value, (rule,), written, kink=kink, hazard=hazard,
        mutations=(*wrong, undifferentiated), elementwise=True,
    )  # fmt: skip


def _wrong(note: str, rule: Rule) -> tuple[Mutation, ...]:
    return (Mutation(note, (rule,)),)


def _sigmoid(xp: Any, a: Any) -> Any:
    """1 / (1 + exp(-a)) without its overflow, and with a derivative that keeps its digits far to the left."""
    return xp.exp(-xp.logaddexp(xp.zeros_like(a), -a))


def _tanh(xp: Any, bar: Any, out: Any, a: Any) -> Any:
    """1 / cosh(a)^2, whose cosh would overflow, and which 1 - tanh(a)^2 loses where tanh is nearly one."""
    return 4 * bar * _sigmoid(xp, 2 * a) * _sigmoid(xp, -2 * a)


def _kept(xp: Any, a: Any, condition: Any, values: Any) -> Any:
    return xp.where(condition, values, xp.zeros_like(a))


def _half_at_tie(xp: Any, bar: Any, first: Any, second: Any) -> Any:
    """The adjoint of the greater one of two; at a tie both get half."""
    bar = bar * xp.ones_like(first)
    zero = xp.zeros_like(bar)
    return xp.where(first > second, bar, zero) + xp.where(first == second, bar / 2, zero)


def _spread(xp: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """Both of the same shape: a scalar beside an array is repeated."""
    return a + xp.zeros_like(b), b + xp.zeros_like(a)


def _greater(xp: Any, bar: Any, out: Any, a: Any, b: Any) -> Any:
    return _half_at_tie(xp, bar, *_spread(xp, a, b))


def _less(xp: Any, bar: Any, out: Any, a: Any, b: Any) -> Any:
    return _half_at_tie(xp, bar, *_spread(xp, -a, -b))


_BOTH = (Mutation("maximum.both", (lambda xp, bar, *_: bar, lambda xp, bar, *_: bar)),)


def _pair(name: str, value: Callable[..., Any], rule: Rule, latex: str) -> Function:
    def other(xp: Any, bar: Any, out: Any, a: Any, b: Any) -> Any:
        return rule(xp, bar, out, b, a)

    return Function(
        name, ("+, + -> +",), value, (rule, other), Written(rf"\{latex}\left({{0:0}}, {{1:0}}\right)"),
        kink=lambda xp, a, b: a - b, hazard="no derivative where its arguments are equal", mutations=_BOTH,
    )  # fmt: skip


ELEMENTWISE = (
    _each("sin", lambda xp, a: xp.sin(a), lambda xp, bar, out, a: bar * xp.cos(a),
          wrong=_wrong("trig.sign", lambda xp, bar, out, a: -bar * xp.cos(a))),
    _each("cos", lambda xp, a: xp.cos(a), lambda xp, bar, out, a: -bar * xp.sin(a),
          wrong=_wrong("trig.sign", lambda xp, bar, out, a: bar * xp.sin(a))),
    _each("tan", lambda xp, a: xp.tan(a), lambda xp, bar, out, a: bar / xp.cos(a) ** 2,
          hazard="poles at odd multiples of pi/2",
          wrong=_wrong("trig.unsquared", lambda xp, bar, out, a: bar / xp.cos(a))),
    _each("exp", lambda xp, a: xp.exp(a), lambda xp, bar, out, a: bar * out, hazard="overflows beyond 709",
          wrong=_wrong("exp.power-rule", lambda xp, bar, out, a: bar * a * xp.exp(a - 1))),
    _each("log", lambda xp, a: xp.log(a), lambda xp, bar, out, a: bar / a, Written(r"\ln\left({0:0}\right)"),
          hazard="takes positive numbers only"),
    _each("sqrt", lambda xp, a: xp.sqrt(a), lambda xp, bar, out, a: bar / (2 * out), Written(r"\sqrt{{0:0}}", POWER),
          hazard="takes positive numbers only; at zero its slope is infinite",
          wrong=_wrong("sqrt.half", lambda xp, bar, out, a: bar / out)),
    _each("tanh", lambda xp, a: xp.tanh(a), _tanh,
          wrong=_wrong("tanh.unsquared", lambda xp, bar, out, a: bar * (1 - out))),
    _each("sigmoid", _sigmoid, lambda xp, bar, out, a: bar * out * _sigmoid(xp, -a),
          Written(r"\operatorname{sigmoid}\left({0:0}\right)"),
          wrong=_wrong("sigmoid.sign", lambda xp, bar, out, a: -bar * out * _sigmoid(xp, -a))),
    _each("relu", lambda xp, a: _kept(xp, a, a > 0, a), lambda xp, bar, out, a: _kept(xp, a, a > 0, bar),
          Written(r"\operatorname{relu}\left({0:0}\right)"), kink=lambda xp, a: a, hazard="no derivative at zero",
          wrong=_wrong("relu.negative", lambda xp, bar, out, a: bar * xp.ones_like(a))),
    _each("abs", lambda xp, a: xp.abs(a), lambda xp, bar, out, a: bar * xp.sign(a),
          # Bars around a matrix would be its determinant.
          Written(r"\left|{0:0}\right|", matrices=Written(r"\operatorname{abs}\left({0:0}\right)")),
          kink=lambda xp, a: a, hazard="no derivative at zero",
          wrong=_wrong("abs.sign", lambda xp, bar, out, a: bar * xp.ones_like(a))),
    _pair("maximum", lambda xp, a, b: xp.maximum(*_spread(xp, a, b)), _greater, "max"),
    _pair("minimum", lambda xp, a, b: xp.minimum(*_spread(xp, a, b)), _less, "min"),
)  # fmt: skip
