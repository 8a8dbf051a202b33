"""Judging how a derivative was computed: where f was looked at, how often, and how fast the error falls."""

from __future__ import annotations

import numpy as np

from grader.checks import positions
from grader.checks.blame import blaming_the_author
from grader.checks.convergence import differences, noise, observed_order
from grader.checks.endings import Finding
from grader.checks.positions import Move
from grader.checks.quotients import Answered, halvings
from grader.domain.report import Verdict
from reference.differencing import allowed_evaluations, best_step, quotient
from reference.points import Array
from reference.schemes import Differencing
from reference.tolerance import ALLOWED_UNITS

_ORDER_WITHIN = 0.15
_ROUGHLY = 0.25
_FACTOR = 16.0
_FAR = 30.0
"""A step so many times off the best one is called too large or too small."""


def scheme_used(content: Differencing, answered: list[Answered]) -> Finding:
    """Whether f was looked at where the scheme says, with the step that was given."""
    for one in answered:
        found = positions.moves(one.calls, one.asked.x)
        if _scheme(found, one) != content.scheme:
            return Verdict.FAILED, *_instead(content, found, one)
    return Verdict.PASSED, "scheme_used", {"scheme": content.scheme}


def _scheme(found: list[Move], one: Answered) -> str:
    if one.asked.step is not None:
        return positions.scheme_of(found, one.asked.x, one.asked.step)
    own = positions.own_step(found, one.asked.x)
    return own[0] if own else ""


def _instead(content: Differencing, found: list[Move], one: Answered) -> tuple[str, dict[str, object]]:
    """What was done in place of the scheme."""
    facts: dict[str, object] = {"scheme": content.scheme, "step": one.asked.step, "count": len(one.calls)}
    if not found:
        return "never_evaluated", facts
    if not any(move.entries for move in found):
        return "never_moved", {**facts, "note": "step.lost"}
    if any(len(move.entries) > 1 for move in found):
        return "moved_together", {**facts, "note": "perturbation.kept"}
    name = _scheme(found, one)
    own = None if name else positions.own_step(found, one.asked.x)
    if not name and own is None:
        return "no_scheme", facts
    if own is not None and own[0] == content.scheme:
        return "other_step", {**facts, "own": own[1], "note": "step.ignored"}
    came = own[0] if own else name
    return "other_scheme", {**facts, "came": came, "note": _note(content.scheme, came)}


def _note(asked: str, came: str) -> str:
    if came == "central with half the step":
        return "step.ignored"
    return "forward-for-central" if (asked, came) == ("central", "forward") else "scheme.other"


def too_often(content: Differencing, answered: list[Answered]) -> Finding:
    """Whether f was called more often than the scheme needs."""
    with blaming_the_author():
        counts = [
            (len(one.calls), allowed_evaluations(content, one.asked.x.size), one.asked.x.size) for one in answered
        ]
    worst = max(counts, key=lambda count: count[0] / max(1, count[1]))
    facts: dict[str, object] = {"count": worst[0], "allowed": worst[1], "size": worst[2]}
    if not min(counts)[0]:
        return Verdict.FAILED, "never_evaluated", facts
    if worst[0] > worst[1]:
        return Verdict.FAILED, "too_often", {**facts, "note": "evaluations"}
    return Verdict.PASSED, "seldom_enough", facts


def order_reached(content: Differencing, answered: list[Answered]) -> Finding:
    """The observed order of convergence, in every program."""
    assert content.order is not None
    by_program: dict[str, list[float | None]] = {}
    for levels in halvings(answered):
        by_program.setdefault(levels[0].asked.program, []).append(_order(levels))
    facts: dict[str, object] = {"order": content.order}
    observed = [_middle(orders) for orders in by_program.values()]
    seen = [order for order in observed if order is not None]
    if len(seen) < len(observed):
        return Verdict.FAILED, "order_hidden", facts
    worst = max(seen, key=lambda order: abs(order - (content.order or 0)))
    facts["observed"] = worst
    # Only where the scheme is said would a higher order be that of another one.
    if abs(worst - content.order) <= _ORDER_WITHIN or (worst > content.order and not content.has_quotient):
        return Verdict.PASSED, "order_reached", facts
    if worst > content.order:
        return Verdict.FAILED, "order_higher", facts
    return Verdict.FAILED, *(("diverges", facts) if worst < 0 else ("order_lower", {**facts, "note": "order.lower"}))


def _middle(orders: list[float | None]) -> float | None:
    """The median of a program's points, None where most show no order at all."""
    seen = [order for order in orders if order is not None]
    return float(np.median(seen)) if 2 * len(seen) > len(orders) else None


def _order(levels: list[Answered]) -> float | None:
    return observed_order(*_changes(levels))


def _changes(levels: list[Answered]) -> tuple[list[float], list[float]]:
    """The differences between neighbouring steps, and how much of them is rounding."""
    first, values = levels[0].asked, [one.value for one in levels]
    steps = [one.asked.step or 0.0 for one in levels]
    return differences(values), noise(first.f, first.x, steps, values)


def is_about_f(content: Differencing, answered: list[Answered]) -> bool:
    """Whether the values are, but for one factor, roughly what was asked for, in some program at least: looking at f in
    the right places and making something else of it is no differentiation. Dividing by h for 2h still is."""
    by_program: dict[str, list[Answered]] = {}
    for one in answered:
        by_program.setdefault(one.asked.program, []).append(one)
    return any(_in_proportion(content, of_one) for of_one in by_program.values())


def _in_proportion(content: Differencing, answered: list[Answered]) -> bool:
    wanted = np.concatenate([_wanted(content, one).ravel() for one in answered])
    values = np.concatenate([one.value.ravel() for one in answered])
    size = float(wanted @ wanted)
    factor = float(values @ wanted) / size if size else 0.0
    near = float(np.linalg.norm(values - factor * wanted)) <= _ROUGHLY * abs(factor) * size**0.5
    return near and 1 / _FACTOR <= abs(factor) <= _FACTOR


def _wanted(content: Differencing, one: Answered) -> Array:
    if content.has_quotient and one.asked.step is not None:
        return quotient(content.scheme, one.asked.f, one.asked.x, one.asked.step)
    return one.asked.point.expected


def converges(answered: list[Answered]) -> Finding:
    """Whether the values come as near to the derivative as the last halving of the step says."""
    worst = 0.0
    for levels in halvings(answered):
        last, point = levels[-1], levels[-1].asked.point
        changes, rounded = _changes(levels)
        error = float(np.linalg.norm(last.value - point.expected))
        size = float(np.linalg.norm(point.expected))
        worst = max(worst, error / size if size else error)
        if not error <= 4 * changes[-1] + ALLOWED_UNITS * rounded[-1]:
            return Verdict.FAILED, "converges_elsewhere", {"relative": worst}
    return Verdict.PASSED, "converges", {"relative": worst}


def close_enough(content: Differencing, answered: list[Answered]) -> Finding:
    """Whether the student's own choice of a step comes near enough to the derivative."""
    assert content.accuracy is not None
    errors = [relative_error(one) for one in answered]
    worst = int(np.argmax(errors))
    facts: dict[str, object] = {"relative": errors[worst], "accuracy": content.accuracy, "of": len(errors)}
    if errors[worst] <= content.accuracy:
        return Verdict.PASSED, "close_enough", facts
    one = answered[worst]
    taken = positions.steps(positions.moves(one.calls, one.asked.x))
    best = best_step(content.scheme, one.asked.x)
    if taken and min(taken) < best / _FAR:
        return Verdict.FAILED, "step_too_small", {**facts, "step": min(taken), "note": "step.too-small"}
    if taken and min(taken) > best * _FAR:
        return Verdict.FAILED, "step_too_large", {**facts, "step": min(taken), "note": "step.too-large"}
    return Verdict.FAILED, "not_close", facts


def relative_error(one: Answered) -> float:
    """By the largest entry of the derivative."""
    size = float(np.max(np.abs(one.asked.point.expected), initial=0.0))
    error = float(np.max(np.abs(one.value - one.asked.point.expected), initial=0.0))
    return error / size if size else error
