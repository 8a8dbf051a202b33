"""Judging the numbers of one check of an autodiff task: values, then derivatives, then what gives a method away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.checks.autodiff import closer
from grader.checks.autodiff.drawing import content
from grader.checks.autodiff.samples import DIMINISHED, SHIFTED, Answer
from grader.checks.judgement import Comparison, Judgement
from grader.checks.values import compared, settled
from grader.domain.assignment import Task
from grader.domain.autodiff import FORWARD
from grader.domain.report import Verdict
from reference.bundle import Point
from reference.replay import NOT_ACCUMULATED
from reference.separation import resembles
from reference.tensorprograms.parts import COTANGENT_ONES
from reference.tolerance import Band, band, units

_KINK = "beside its kink"
_MOST_TEXTS = 3


def judged(task: Task, check: str, share: float, answers: Sequence[Answer], known: Mapping[str, bool]) -> Judgement:
    """The judgement on numbers alone; of some operations it is `known` already whether they are right."""
    ordinary = [answer for answer in answers if not answer.sample.stress]
    wrong = [a for a in ordinary if a.value is not None and not _is_right(a.value)]
    if wrong:
        facts = _facts(wrong) | {"came": _shown(wrong[0])}
        return Judgement(check, share, Verdict.FAILED, "wrong_result", facts)
    changed = _changed(answers)
    if changed:
        cause, note = changed
        return Judgement(check, share, Verdict.FAILED, cause, _facts(answers), note)
    misshapen = [answer for answer in ordinary if _misshapen(answer)]
    if misshapen:
        return _of_shapes(check, share, misshapen)
    judgement = compared(task, check, share, _comparisons(ordinary), listed=False)
    if judgement.credit == 0 and not judgement.inconclusive:
        return _wrong(judgement, ordinary, known)
    stressed = [answer for answer in answers if answer.sample.stress and not _stands(answer)]
    if content(task).mode != FORWARD:
        stressed = [answer for answer in stressed if known.get(_STRESSING[answer.sample.stress], True)]
    if stressed and not judgement.inconclusive:
        return _stepping(judgement, stressed)
    return _told(judgement, answers)


_STRESSING = {SHIFTED: "add", DIMINISHED: "mul"}
"""the operation that it takes in reverse mode; where that one is wrong, nothing can be said"""


def _stands(answer: Answer) -> bool:
    numbers = (*answer.derivatives, *([answer.value] if answer.value else []))
    return all(map(_is_right, numbers))


def _stepping(judgement: Judgement, stressed: Sequence[Answer]) -> Judgement:
    """Right where everything is of an ordinary size, and not where that gives away a step."""
    shifted = any(answer.sample.stress == SHIFTED for answer in stressed)
    cause, note = ("not_shifted", "finite-difference") if shifted else ("not_linear", "complex-step")
    return replace(
        judgement,
        verdict=Verdict.FAILED,
        credit=0.0,
        cause=cause,
        facts=_facts(stressed),
        note=note,
        remark=None,
        comparisons=(),
    )


def _comparisons(answers: Sequence[Answer]) -> tuple[Comparison, ...]:
    return tuple(comparison for answer in answers for comparison in answer.derivatives)


def _misshapen(answer: Answer) -> list[Comparison]:
    """The gradients that have another shape than their variables."""
    return [item for item in answer.derivatives if item.answer.shape != item.point.expected.shape]


def _of_shapes(check: str, share: float, answers: Sequence[Answer]) -> Judgement:
    """Gradients of a wrong shape; what was not summed, or along the wrong axes, shows in their numbers."""
    item = _misshapen(answers[0])[0]
    place = next(k for k, found in enumerate(answers[0].derivatives) if found is item)
    name = (answers[0].sample.variables or answers[0].sample.names)[place]
    facts = _facts(answers) | {"name": name, "came": item.answer.shape, "shape": item.point.expected.shape}
    found = tuple(item for answer in answers for item in _misshapen(answer))
    return Judgement(check, share, Verdict.INVALID_OUTPUT, "shape_of_gradient", facts, comparisons=found)


def telling(answers: Sequence[Answer], known: Mapping[str, bool]) -> tuple[Comparison, ...]:
    """Wrong derivatives among the answers of a check of which another sample came to no end."""
    ordinary = [answer for answer in answers if not answer.sample.stress]
    wrong = [item for item in _comparisons(ordinary) if not _is_right(item)]
    return tuple(replace(item, point=_ordered(item, known)) for item in wrong)


def _units(item: Comparison) -> float:
    if item.answer.shape != item.point.expected.shape:
        return np.inf
    return units(item.answer.astype(np.float64), item.point.expected, item.point.unit)


def _is_right(item: Comparison) -> bool:
    return _band(item) in (Band.EXACT, Band.CANCELLING)


def _band(item: Comparison) -> Band:
    return band(_units(item), item.point.separation)


def _facts(answers: Sequence[Answer]) -> dict[str, object]:
    texts = [*dict.fromkeys(answer.sample.text for answer in answers)]
    return {"texts": texts[:_MOST_TEXTS], "more": len(texts) - len(texts[:_MOST_TEXTS])}


def _shown(answer: Answer) -> dict[str, float]:
    """The leaves of a sample by name, where they are numbers."""
    leaves = zip(answer.sample.names, answer.sample.leaves, strict=False)
    return {name: float(value) for name, value in leaves if np.ndim(value) == 0}


def _changed(answers: Sequence[Answer]) -> tuple[str, str] | None:
    """What the same program gives the second time, where it was right the first time and is not any more.

    The last bits may differ: a class that keeps its operands in a set adds them up in whatever order they have there.
    """
    repeated = [answer for answer in answers if answer.sample.repeats]
    if not repeated or all(map(_is_right, repeated[0].derivatives)) or not all(map(_is_right, answers[0].derivatives)):
        return None
    pairs = zip(answers[0].derivatives, repeated[0].derivatives, strict=True)
    with np.errstate(all="ignore"):
        ratios = [
            again.answer / first.answer
            for first, again in pairs
            if again.answer.shape == first.answer.shape and np.all(first.answer != 0)
        ]
    grown = bool(ratios) and all(np.allclose(ratio, np.round(ratio)) and np.all(ratio > 1.5) for ratio in ratios)
    return ("kept_gradients", "not-reset") if grown else ("nondeterministic", "nondeterministic")


def _wrong(judgement: Judgement, answers: Sequence[Answer], known: Mapping[str, bool]) -> Judgement:
    """Derivatives that are wrong: only those are diagnosed, and in the order of what is likely."""
    wrong = [answer for answer in answers if not all(map(_is_right, answer.derivatives))]
    far = [answer for answer in wrong if any(_band(item) is Band.WRONG for item in answer.derivatives)]
    # Reflected operators may hand their operands on in the other order, and so show one rule as another.
    telling = [answer for answer in wrong if not answer.sample.has_constant] or wrong
    comparisons = tuple(item for item in _comparisons(telling) if not _is_right(item))
    if all(map(_is_beside_kink, far)) and not any(map(_is_explained, _comparisons(far))):
        return replace(judgement, cause="beside_kink", facts=_facts(far), note="finite-difference", comparisons=())
    ordered = tuple(replace(item, point=_ordered(item, known)) for item in comparisons)
    shown = closer.telling([answer.sample for answer in telling])
    facts = {**judgement.facts, **_facts(wrong), "names": _names(wrong), closer.TELLING: shown}
    return replace(judgement, cause="wrong_derivative", facts=facts, comparisons=ordered, picture=None)


def _is_beside_kink(answer: Answer) -> bool:
    return answer.sample.text.endswith(_KINK)


def _is_explained(item: Comparison) -> bool:
    point = item.point
    return any(resembles(item.answer, wrong, point.expected, point.unit) for wrong in point.wrong.values())


def _ordered(item: Comparison, known: Mapping[str, bool]) -> Point:
    """The point with one wrong answer for each note, the one that came if there is one: in several graphs one fault may
    take several forms. Some give the same numbers: a rule that is known to be wrong explains before a backward pass
    does, and one that is known to be right explains nothing."""
    point = item.point
    likely: dict[str, dict[str, np.ndarray[Any, Any]]] = {"wrong": {}, "pass": {}, "other": {}}
    for name, wrong in point.wrong.items():
        note, _, variant = name.partition(":")
        variant = variant.partition(".")[0]
        if known.get(variant):
            continue
        is_wrong = variant in known or note == COTANGENT_ONES
        chosen = likely["pass" if note == NOT_ACCUMULATED else "wrong" if is_wrong else "other"]
        if note not in chosen or resembles(item.answer, wrong, point.expected, point.unit):
            chosen[note] = wrong
    return replace(point, wrong={**likely["wrong"], **likely["pass"], **likely["other"]})


def _names(wrong: Sequence[Answer]) -> list[str]:
    """The arguments in which derivatives are wrong, where each has one of its own."""
    found: dict[str, None] = {}
    for answer in wrong:
        variables = answer.sample.names if answer.sample.variables is None else answer.sample.variables
        if len(answer.derivatives) == len(variables) > 1:
            pairs = zip(variables, answer.derivatives, strict=True)
            found |= {name: None for name, item in pairs if not _is_right(item)}
    return [*found]


_TOLD = {"passed": "derivatives_passed"}


def _told(judgement: Judgement, answers: Sequence[Answer]) -> Judgement:
    """In the words of this kind."""
    numbers = sum(item.answer.size for item in judgement.comparisons)
    facts = {**judgement.facts, **_facts(answers), "numbers": numbers}
    return replace(judgement, cause=_TOLD.get(judgement.cause, judgement.cause), facts=facts)


def settled_derivatives(first: Judgement, more: Judgement, task: Task) -> Judgement:
    """What the samples that came first and further ones say together."""
    plain = {told: cause for cause, told in _TOLD.items()}
    decided = settled(first, replace(more, cause=plain.get(more.cause, more.cause)), task)
    numbers = sum(item.answer.size for item in decided.comparisons)
    cause = _TOLD.get(decided.cause, decided.cause)
    return replace(decided, cause=cause, facts={"numbers": numbers, **decided.facts})
