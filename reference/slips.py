"""Typical wrong answers about Lagrangians: what a misunderstood multiplier, constraint or sign gives at a point."""

from __future__ import annotations

import numpy as np

from reference.lagrangian import Constrained
from reference.language import Call, Expression, Name, Node, walk
from reference.numeric import evaluate
from reference.points import Array


def constants(problem: Constrained) -> Array:
    """What every constraint adds that does not depend on x, (m,): -2 in `x @ x - 2`."""
    return np.array([_constant(problem, constraint.root) for constraint in problem.constraints], dtype=np.float64)


def _constant(problem: Constrained, node: Node) -> float:
    match node:
        case Call("add", (left, right)):
            return _constant(problem, left) + _constant(problem, right)
        case Call("sub", (left, right)):
            return _constant(problem, left) - _constant(problem, right)
        case Call("neg", (inner,)):
            return -_constant(problem, inner)
    return 0.0 if _depends(problem, node) else _number(problem, node)


def _depends(problem: Constrained, node: Node) -> bool:
    lets = dict(problem.lets)
    used = {inner.name for inner in walk(node) if isinstance(inner, Name)}
    return problem.unknown in used or any(_depends(problem, lets[name].root) for name in used if name in lets)


def _number(problem: Constrained, node: Node) -> float:
    """The value of a part that does not depend on x."""
    values: dict[str, object] = {problem.unknown: np.ones(problem.size)}
    with np.errstate(all="ignore"):
        for name, expression in problem.lets:
            values[name] = evaluate(expression, values, np)
        return float(np.asarray(evaluate(Expression("", node), values, np)).item())


def of_lagrangian(problem: Constrained, x: Array, lam: Array) -> dict[str, Array]:
    """Wrong values of L."""
    f, *rest = problem.values(x)
    g, signed = np.array(rest), problem.sign * lam
    wrong = {
        "lambda.sign": f - signed @ g,
        "constraint.missing": f,
        "constraint.constant": f + signed @ (g - constants(problem)),
        "constraint.squared": f + signed @ (g * g),
        "objective.missing": signed @ g,
    }
    if problem.count > 1:
        wrong["lambda.shared"] = f + signed[0] * np.sum(g)
        wrong |= {f"constraint.missing:{k}": f + signed @ g - signed[k] * g[k] for k in range(problem.count)}
    return {name: np.array(value) for name, value in wrong.items()}


def of_system(problem: Constrained, x: Array, lam: Array) -> dict[str, Array]:
    """Wrong systems; some have another shape."""
    slope, jacobian = problem.gradients(x)
    g, pull = problem.values(x)[1:], problem.sign * lam @ jacobian
    upper = slope + pull

    def joined(above: Array, below: Array) -> Array:
        return np.concatenate([above, below])

    wrong = {
        "lambda.sign": joined(slope - pull, g),
        "constraint.missing": joined(slope, g),
        "constraint.constant": joined(upper, g - constants(problem)),
        "system.sign": joined(upper, -g),
        "system.negated": joined(-upper, g),
        "system.halved": joined(upper / 2, g),
        "system.order": joined(g, upper),
        "system.order:sign": joined(-g, upper),
        "system.incomplete": upper,
        "system.incomplete:below": g,
        "objective.missing": joined(pull, g),
    }
    if problem.count > 1:
        wrong["lambda.shared"] = joined(slope + problem.sign * lam[0] * np.sum(jacobian, axis=0), g)
    return wrong


def of_multipliers(problem: Constrained, x: Array, lam: Array) -> dict[str, Array]:
    """Wrong multipliers at a stationary point."""
    slope, jacobian = problem.gradients(x)
    with np.errstate(all="ignore"):
        wrong = {"lambda.sign": -lam, "lambda.inverse": 1 / lam}
        if problem.count > 1:
            lengths = np.sum(jacobian**2, axis=1)
            whole = np.sum(jacobian, axis=0)
            wrong["lambda.separate"] = -problem.sign * (jacobian @ slope) / lengths
            wrong["lambda.shared"] = np.full(problem.count, -problem.sign * (whole @ slope) / (whole @ whole))
    return wrong


def of_types(problem: Constrained, x: Array, lam: Array, kind: str) -> dict[str, str]:
    """Wrong types of a stationary point."""
    other = {"minimum": "maximum", "maximum": "minimum"}.get(kind, kind)
    hessian = problem.system_jacobian(x, lam)[: problem.size, : problem.size]
    unlagged = problem.system_jacobian(x, np.zeros(problem.count))[: problem.size, : problem.size]
    return {
        "classify.unconstrained": _by_signs(hessian),
        "classify.unconstrained:objective": _by_signs(unlagged),
        "classify.bordered" if problem.count % 2 == 0 else "classify.swapped": other,
    }


def _by_signs(matrix: Array) -> str:
    """What the signs of a Hessian's eigenvalues would say without any constraint."""
    values = np.linalg.eigvalsh((matrix + matrix.T) / 2)
    least = 1e-8 * float(np.max(np.abs(values), initial=0.0))
    positive, negative = np.sum(values > least), np.sum(values < -least)
    if positive and negative:
        return "saddle"
    if positive + negative < len(values):
        return "inconclusive"
    return "maximum" if negative else "minimum"
