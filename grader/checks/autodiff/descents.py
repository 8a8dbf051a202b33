"""Gradient descent by a function of the student's: `train(W, b, X, Y, rate, steps)` returns where W and b end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from grader.checks import replies
from grader.checks.autodiff.instances import plain
from grader.checks.autodiff.samples import Answer, Sample
from grader.checks.endings import Finding
from grader.checks.judgement import Comparison, Judgement
from grader.domain.assignment import Signature
from grader.domain.report import Verdict
from grader.sandbox.probes import Writer
from grader.sandbox.run import Claim
from reference.bundle import Bundle, Point
from reference.program import derivative_in, group_of
from reference.tensorprograms.parts import Descent

Drawn = tuple[tuple[Sample, ...], tuple[Sample, ...]]
"""what is asked first, and what is asked further where that leaves it open"""


def draw(part: Descent, call: Signature, bundle: Bundle, rng: np.random.Generator) -> Drawn:
    """Calls at drawn points; the first comes once more at the end, and must give the same."""
    program = part.program
    groups = [group_of("", derivative_in(name)) for name in part.variables]
    rows = bundle.draw_together(groups, program.points + program.further, rng)
    made = [_sample(part, call, row) for row in rows]
    return (*made[: program.points], replace(made[0], repeats=True)), tuple(made[program.points :])


def _sample(part: Descent, call: Signature, row: Sequence[Point]) -> Sample:
    writer = Writer()
    inputs = row[0].inputs
    given = {"rate": part.rate, "steps": plain(float(part.steps))}
    arrays = {name: writer.constant(inputs[name] if inputs[name].ndim else float(inputs[name])) for name in inputs}
    arguments = [arrays[name] if name in arrays else given[name] for name in call.arguments]
    writer.elements(writer.call(writer.name(call.name), *arguments))
    for held in arrays.values():
        writer.unchanged(held)
    return Sample(str(call), writer.probe, (), (*arrays,), None, (*row,), is_descent=True, variables=part.variables)


def answer(sample: Sample, returned: Claim, unchanged: Sequence[Claim]) -> Answer | Finding:
    """The arrays that came, or what came in their place."""
    variables = sample.variables or ()
    facts: dict[str, object] = {"called": sample.text, "wanted": variables, "came": returned.description}
    if returned.form != "elements" or len(returned.elements) != len(variables):
        return Verdict.INVALID_OUTPUT, "not_the_variables", facts
    changed = replies.changed(sample.names, tuple(unchanged))
    if changed:
        return changed
    compared = []
    for point, claim in zip(sample.derivatives, returned.elements, strict=True):
        shape = point.expected.shape
        finding = replies.not_float64(claim, shape)
        if finding or claim.array is None:
            return finding or (Verdict.INVALID_OUTPUT, "violated", {})
        if claim.array.shape == shape and not np.all(np.isfinite(claim.array)):
            return replies.misshapen(claim, shape, {}) or (Verdict.INVALID_OUTPUT, "violated", {})
        compared.append(Comparison(point, np.asarray(claim.array, dtype=np.float64)))
    return Answer(sample, None, tuple(compared))


_TOLD = {
    "derivatives_passed": "descent_passed",
    "wrong_derivative": "wrong_descent",
    "shape_of_gradient": "shape_after_descent",
}


def told(judgement: Judgement) -> Judgement:
    """In words about where a descent ends, rather than about a gradient."""
    return replace(judgement, cause=_TOLD.get(judgement.cause, judgement.cause))
