"""Functions of whole vectors and matrices: sums, norms, determinants, inverses, and arrays made from sizes."""

from __future__ import annotations

from typing import Any

from reference.functions.row import POWER, Function, Mutation, Rule, Size, Written, nothing

_NUMBER = ("... ->",)
_SQUARE_TO_NUMBER = ("n n ->",)


def _named(name: str) -> Written:
    return Written(rf"\operatorname{{{name}}}\left({{0:0}}\right)")


def _wrong(note: str, *rules: Rule | None) -> Mutation:
    return Mutation(note, rules)


def _all(xp: Any, bar: Any, out: Any, a: Any) -> Any:
    return bar * xp.ones_like(a)


def _average(xp: Any, bar: Any, out: Any, a: Any) -> Any:
    return bar * xp.ones_like(a) / xp.sum(xp.ones_like(a))


def _others(xp: Any, bar: Any, out: Any, a: Any) -> Any:
    """Each entry gets the product of all others; no division, so that zeros do no harm."""
    flat = a.reshape(-1)
    unit = xp.diag(xp.ones_like(flat))
    table = xp.outer(xp.ones_like(flat), flat) * (1 - unit) + unit
    return bar * xp.prod(table, 1).reshape(a.shape)


def _trace(xp: Any, bar: Any, out: Any, a: Any) -> Any:
    return bar * xp.diag(xp.ones_like(xp.diag(a)))


def _inverse(xp: Any, bar: Any, out: Any, a: Any) -> Any:
    return -(out.T @ bar @ out.T)


def _cofactors(xp: Any, bar: Any, out: Any, a: Any) -> Any:
    return bar * out * xp.linalg.inv(a).T


def _solve_matrix(xp: Any, bar: Any, out: Any, a: Any, b: Any) -> Any:
    g = xp.linalg.solve(a.T, bar)
    return -xp.outer(g, out) if out.ndim == 1 else -g @ out.T


def _shifted(xp: Any, a: Any) -> tuple[Any, Any]:
    """The largest entry of every row, and exp(a - largest)."""
    top = xp.amax(a, -1, keepdims=True)
    return top, xp.exp(a - top)


def _log_sum_exp(xp: Any, a: Any) -> Any:
    top, shifted = _shifted(xp, a)
    return xp.squeeze(top, -1) + xp.log(xp.sum(shifted, -1))


def _softmax(xp: Any, a: Any) -> Any:
    shifted = _shifted(xp, a)[1]
    return shifted / xp.sum(shifted, -1, keepdims=True)


def _rows(bar: Any) -> Any:
    """One weight for every row, to be multiplied with the rows of an array."""
    return bar[..., None] if bar.ndim else bar


def _normalised(xp: Any, bar: Any, out: Any, a: Any) -> Any:
    return out * (bar - xp.sum(bar * out, -1, keepdims=True))


def _cubic(a: Size, *others: Size) -> int:
    return 2 * a[0] ** 3 + sum(2 * a[0] * a[0] * (other[1] if len(other) == 2 else 1) for other in others)


_DOT = (
    _wrong("product.first", None, nothing),
    _wrong("product.second", nothing, None),
)

ARRAYS = (
    Function("sum", _NUMBER, lambda xp, a: xp.sum(a), (_all,), _named("sum"), linear=((0,),),
             mutations=(_wrong("scale.mean", _average),)),
    Function("mean", _NUMBER, lambda xp, a: xp.mean(a), (_average,), _named("mean"), linear=((0,),),
             mutations=(_wrong("scale.sum", _all),)),
    Function("prod", _NUMBER, lambda xp, a: xp.prod(a), (_others,), _named("prod"),
             mutations=(_wrong("product.all", lambda xp, bar, out, a: bar * out * xp.ones_like(a)),)),
    Function("tr", _SQUARE_TO_NUMBER, lambda xp, a: xp.trace(a), (_trace,), _named("tr"), linear=((0,),)),
    Function("det", _SQUARE_TO_NUMBER, lambda xp, a: xp.linalg.det(a), (_cofactors,),
             Written(r"\det\left({0:0}\right)"), hazard="a singular matrix has no inverse", cost=_cubic, factored=True,
             mutations=(
                 _wrong("det.factor", lambda xp, bar, out, a: bar * xp.linalg.inv(a).T),
                 _wrong("inverse.untransposed", lambda xp, bar, out, a: bar * out * xp.linalg.inv(a)),
             )),
    Function("logdet", _SQUARE_TO_NUMBER, lambda xp, a: xp.linalg.slogdet(a)[1],
             (lambda xp, bar, out, a: bar * xp.linalg.inv(a).T,), Written(r"\ln\left|\det\left({0:0}\right)\right|"),
             hazard="a singular matrix has no logarithm of its determinant", cost=_cubic, factored=True,
             mutations=(
                 _wrong("inverse.untransposed", lambda xp, bar, out, a: bar * xp.linalg.inv(a)),
                 _wrong("outer.missing", lambda xp, bar, out, a: bar * xp.linalg.det(a) * xp.linalg.inv(a).T),
             )),
    Function("inv", ("n n -> n n",), lambda xp, a: xp.linalg.inv(a), (_inverse,), Written("{0:6}^{-1}", POWER),
             hazard="a singular matrix has no inverse", cost=_cubic, factored=True,
             mutations=(
                 _wrong("inverse.sign", lambda xp, bar, out, a: out.T @ bar @ out.T),
                 _wrong("inverse.one-factor", lambda xp, bar, out, a: -(out.T @ bar)),
                 _wrong("inverse.entries", lambda xp, bar, out, a: -bar / (a * a)),
             )),
    Function("solve", ("n n, n -> n", "n n, n k -> n k"), lambda xp, a, b: xp.linalg.solve(a, b),
             (_solve_matrix, lambda xp, bar, out, a, b: xp.linalg.solve(a.T, bar)),
             Written("{0:6}^{-1} {1:4.}", POWER, lies="-c"), hazard="a singular matrix has no inverse", cost=_cubic,
             factored=True, linear=((1,),),
             mutations=(
                 _wrong("inverse.sign", lambda *arguments: -_solve_matrix(*arguments), None),
                 _wrong("inverse.untransposed", None, lambda xp, bar, out, a, b: xp.linalg.solve(a, bar)),
             )),
    Function("dot", ("n, n ->",), lambda xp, a, b: xp.dot(a, b),
             (lambda xp, bar, out, a, b: bar * b, lambda xp, bar, out, a, b: bar * a),
             Written(r"\left\langle {0:0}, {1:0}\right\rangle"), mutations=_DOT,
             linear=((0,), (1,))),
    Function("outer", ("m, n -> m n",), lambda xp, a, b: xp.outer(a, b),
             (lambda xp, bar, out, a, b: bar @ b, lambda xp, bar, out, a, b: a @ bar),
             Written("{0:3} {1:4.}", POWER, lies="cr"), mutations=_DOT, cost=lambda a, b: a[0] * b[0],
             linear=((0,), (1,))),
    Function("norm", _NUMBER, lambda xp, a: xp.linalg.vector_norm(a), (lambda xp, bar, out, a: bar * (a / out),),
             Written(r"\left\|{0:0}\right\|", matrices=Written(r"\left\|{0:0}\right\|_{F}")),
             kink=lambda xp, a: xp.linalg.vector_norm(a), hazard="no derivative at zero",
             mutations=(
                 _wrong("norm.squared", lambda xp, bar, out, a: 2 * bar * a),
                 _wrong("norm.undivided", lambda xp, bar, out, a: bar * a),
             )),
    Function("diag", ("n -> n n", "n n -> n"), lambda xp, a: xp.diag(a), (lambda xp, bar, *_: xp.diag(bar),),
             _named("diag"), linear=((0,),)),
    Function("logsumexp", ("n ->", "m n -> m"), _log_sum_exp, (lambda xp, bar, out, a: _rows(bar) * _softmax(xp, a),),
             _named("logsumexp"), mutations=(
                 _wrong("softmax.normaliser", lambda xp, bar, out, a: _rows(bar) * xp.exp(a)),
                 _wrong("logsumexp.first", lambda xp, bar, out, a: bar / xp.sum(xp.exp(a)) * xp.ones_like(a)),
             )),
    Function("softmax", ("n -> n", "m n -> m n"), _softmax, (_normalised,), _named("softmax"), mutations=(
                 _wrong("softmax.diagonal", lambda xp, bar, out, a: bar * out * (1 - out)),
                 _wrong("softmax.normaliser", lambda xp, bar, out, a: bar * out),
             )),
    Function("eye", ("n -> n n",), lambda xp, n: xp.eye(n, dtype=xp.float64), (nothing,), Written(r"\mathbf{I}_{{*}}"),
             makes_shape=True),
    Function("zeros", ("n -> n", "m, n -> m n"), lambda xp, *shape: xp.zeros(shape, dtype=xp.float64),
             (nothing, nothing), Written(r"\mathbf{0}_{{*}}"), makes_shape=True),
    Function("ones", ("n -> n", "m, n -> m n"), lambda xp, *shape: xp.ones(shape, dtype=xp.float64),
             (nothing, nothing), Written(r"\mathbf{1}_{{*}}"), makes_shape=True),
)  # fmt: skip
