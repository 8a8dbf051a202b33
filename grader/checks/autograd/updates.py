"""Checks of steps that change a leaf in place under no_grad."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from grader.checks.autograd.calling import problem_of
from grader.checks.autograd.cases import Case, Draw, Script, content_of, equal_to, is_true
from grader.domain.assignment import Task
from grader.sandbox.probes import Handle
from grader.sandbox.run import Claim
from reference.bundle import Point
from reference.numeric import evaluate
from reference.points import Array, Inputs
from reference.problem import Problem
from reference.tolerance import AMPLITUDE, PATTERNS, ROUNDING, base

_STEPS = 100
_FEW = 2
"""points at which many steps are taken"""


def step(task: Task, draw: Draw) -> Iterator[Case]:
    """One step: the numbers of the leaf are new, and the leaf is what it was."""
    name = content_of(task).wrt[0]
    for point, is_spare in draw.points("f"):
        script, leaf = _stepped(task, point, 1)
        before = point.inputs[name]
        wrong = {"update.rebound": before, "update.ascent": 2 * before - point.expected}
        script.want(leaf, replace(point, wrong=wrong), f"`{name}`, the tensor that was handed in")
        _require_grad(task, script, leaf, point)
        _require_leaf(script, name, leaf, draw, before.shape)
        script.unchanged()
        yield script.case(is_spare)


def many(task: Task, draw: Draw) -> Iterator[Case]:
    """Many steps with the same gradient, after which the leaf still is one and no graph hangs on it."""
    name = content_of(task).wrt[0]
    for point, is_spare in draw.points("f", most=_FEW):
        script, leaf = _stepped(task, point, _STEPS)
        wanted = _after(task, point, draw.rng)
        script.want(leaf, wanted, f"`{name}` after {_STEPS} steps")
        _require_leaf(script, name, leaf, draw, wanted.expected.shape)
        yield script.case(is_spare)


def _stepped(task: Task, point: Point, steps: int) -> tuple[Script, Handle]:
    content = content_of(task)
    name, script = content.wrt[0], Script(task, point)
    leaf = script.p.method(script.p.tensor(point.inputs[name]), "requires_grad_")
    function = script.p.name(task.implement.name)
    arguments = [leaf if argument == name else script.plain(argument) for argument in task.implement.arguments]
    for number in range(steps):
        if content.grad == "cleared" or not number:
            script.p.set(leaf, "grad", script.p.tensor(point.inputs[content.gradient]))
        script.call(function, arguments)
    return script, leaf


def _require_grad(task: Task, script: Script, leaf: Handle, point: Point) -> None:
    """What .grad holds after the step."""
    content = content_of(task)
    name, held = content.wrt[0], script.p.get(leaf, "grad")
    if content.grad == "cleared":
        script.require(held, _is_cleared, "grad_not_cleared", "grad.accumulated", name=name)
    else:
        script.require(held, equal_to(point.inputs[content.gradient]), "grad_changed", name=name)


def _is_cleared(claim: Claim) -> bool:
    return claim.form == "none" or (claim.array is not None and not np.any(claim.array))


def _require_leaf(script: Script, name: str, leaf: Handle, draw: Draw, shape: tuple[int, ...]) -> None:
    """It requires a gradient, and gets it: that of a sum of its entries, each times a random number."""
    script.require(
        script.p.get(leaf, "requires_grad"), is_true, "requires_grad_lost", "update.requires-grad", name=name
    )
    script.p.set(leaf, "grad", script.p.method(leaf, "new_zeros", script.p.tuple(*shape)))
    factors = draw.rng.uniform(1.0, 2.0, shape)
    words, note = f"`({name} * r).sum().backward()` after your step", "update.requires-grad"
    weights = script.p.tensor(factors)
    script.names_next(words, note)
    total = script.method(words, note, script.p.operate("mul", leaf, weights), "sum")
    script.method(words, note, total, "backward")
    script.require(script.p.get(leaf, "grad"), equal_to(factors), "not_a_leaf", "update.not-leaf", name=name)


def _after(task: Task, point: Point, rng: np.random.Generator) -> Point:
    """What is right after many steps, and how far rounding may move it there."""
    problem = problem_of(task, "f")
    iterate = _iterated(problem, content_of(task).wrt[0])
    reference = iterate(point.inputs)
    moved = np.stack([iterate(_moved(problem, point.inputs, rng)) for _ in range(PATTERNS)])
    unit = base(reference[None], moved[:, None])[0]
    size = float(np.max(np.abs(reference), initial=float(np.max(np.abs(point.inputs[content_of(task).wrt[0]])))))
    rounding = np.full_like(reference, _STEPS * ROUNDING * size)
    wrong = {"update.rebound": point.inputs[content_of(task).wrt[0]], "update.once": point.expected}
    return replace(point, expected=reference, base=np.asarray(unit), error=rounding, wrong=wrong)


def _iterated(problem: Problem, variable: str) -> Callable[[Inputs], Array]:
    def iterate(inputs: Inputs) -> Array:
        names = {**problem.sizes(inputs), **inputs, "_t": np.array(1.0)}
        for _ in range(_STEPS):
            for name, expression in problem.lets:
                names[name] = evaluate(expression, names, np)
            names[variable] = np.asarray(evaluate(problem.f, names, np), dtype=np.float64)
        return np.asarray(names[variable])

    return iterate


def _moved(problem: Problem, inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """Every input moved a little, as one rounding would."""
    exact = {name for name, domain in problem.given if domain.exact}
    signs = {name: rng.choice((-1.0, 1.0), values.shape) for name, values in inputs.items()}
    return {
        name: values if name in exact else np.asarray(values * (1 + AMPLITUDE * signs[name]))
        for name, values in inputs.items()
    }
