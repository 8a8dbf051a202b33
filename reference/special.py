"""Points of a special character: extreme sizes, bad conditioning, near zeros, kinks and ties of an expression.

`zero` and `ones` set every entry of the inputs they name, `tiny` and `huge` multiply it. `ill` spreads the singular
values of a matrix over six decimal orders. The other words name an expression and move inputs, by the shortest way,
to where its value is

    at_zero    a millionth of what it was (at zero itself nothing could be told apart),
    kink       10^-9 away from zero in every entry, on either side,
    ties       equal in all entries but for multiples of 10^-9,

and `near_null` turns the variable into the direction that the matrix it names makes shortest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.language import Expression
from reference.points import BLOCK, Array, Inputs, draw_point, draw_sizes
from reference.problem import Group, Problem, ProblemFault
from reference.tape import Tape

CONDITION = 1e6
NEAR = 2.0**-20
DISTANCE = 1e-9
_FACTORS = {"tiny": 1e-150, "huge": 1e150}
_SETTINGS = {"zero": 0.0, "ones": 1.0}
_MAX_STEPS = 40
_MAX_TRIES = 10


def draw_block(problem: Problem, group: Group, rng: np.random.Generator) -> Inputs:
    """BLOCK points of a group, all of the same sizes. Raises ProblemFault where none of its character are found."""
    sizes = draw_sizes(problem, rng)
    drawn: list[Inputs] = []
    for _ in range(_MAX_TRIES * BLOCK):
        point = make_special(problem, group, draw_point(problem, sizes, rng), rng)
        if point is not None:
            drawn.append({**point, **{copy: point[of] for copy, of in problem.copies}})
        if len(drawn) == BLOCK:
            return {name: np.stack([point[name] for point in drawn]) for name, _ in problem.given}
    raise ProblemFault(
        f"groups.{group.id}",
        f"of {_MAX_TRIES * BLOCK} points only {len(drawn)} could be moved to where {_wish(group)}; has it a solution?",
    )


def _wish(group: Group) -> str:
    """What the words of a group ask for."""
    parts = [f"{word}: {item.text}" for word, items in group.special for item in items if isinstance(item, Expression)]
    return f"`{', '.join(parts)}` holds"


def make_special(problem: Problem, group: Group, inputs: Inputs, rng: np.random.Generator) -> Inputs | None:
    """The inputs of one point with the character of a group; None where they could not be moved there."""
    for word, items in group.special:
        for item in items:
            moved = _apply(problem, word, item, inputs, rng)
            if moved is None:
                return None
            inputs = {**inputs, **moved}
    return inputs


def require_movable(problem: Problem, group: Group) -> None:
    """Raises ProblemFault where an expression depends on nothing that may be moved."""
    for word, items in group.special:
        for item in items:
            if isinstance(item, Expression) and word != "near_null" and not _movable(problem, item):
                text = f"`{word}: {item.text}` depends on no input that can be moved there"
                text += "; inputs with a structure such as spd, and whole numbers, stay as they are drawn"
                raise ProblemFault(f"groups.{group.id}", text)


def _apply(
    problem: Problem, word: str, item: str | Expression, inputs: Inputs, rng: np.random.Generator
) -> Inputs | None:
    if isinstance(item, Expression):
        return _near_null(problem, item, inputs) if word == "near_null" else _steer(problem, word, item, inputs, rng)
    values = inputs[item]
    if word in _SETTINGS:
        return {item: np.full_like(values, _SETTINGS[word])}
    return {item: values * _FACTORS[word] if word in _FACTORS else _ill(values)}


def _ill(values: Array) -> Array:
    """The same singular vectors, and for a symmetric matrix the same signs, with a condition of CONDITION."""
    left, singular, right = np.linalg.svd(values, full_matrices=False)
    spread = CONDITION ** -(np.arange(len(singular)) / max(1, len(singular) - 1))
    made = (left * (spread * singular[0])) @ right
    return np.asarray((made + made.T) / 2 if np.array_equal(values, values.T) else made)


def _tape(problem: Problem, expression: Expression, inputs: Inputs) -> Tape:
    return Tape(problem.lets, expression, {**problem.sizes(inputs), **inputs}, np)


def _near_null(problem: Problem, expression: Expression, inputs: Inputs) -> Inputs:
    """The variable along the last right singular vector, with a little of what it was."""
    variable = inputs[problem.wrt]
    direction = np.linalg.svd(np.asarray(_tape(problem, expression, inputs).value))[2][-1]
    return {problem.wrt: np.linalg.norm(variable) * direction.reshape(variable.shape) + NEAR * variable}


def _movable(problem: Problem, expression: Expression) -> list[str]:
    """Inputs that an expression depends on and that may have any value near theirs."""
    used = Tape(problem.lets, expression, _ones(problem), np)
    free = {name for name, domain in problem.given if domain.structure is None and not domain.exact}
    return [name for name, index in used.named.items() if name in free and used.result in used.dependent(index)]


def _ones(problem: Problem) -> dict[str, Any]:
    """A value of every name, to see what depends on what; sizes are the smallest there are."""
    sizes = {name: low for name, (low, _) in problem.dims}
    rng = np.random.default_rng(0)
    return {**sizes, **{name: domain.draw(np, rng, sizes) for name, domain in problem.given}}


def _target(word: str, value: Array, rng: np.random.Generator) -> Array:
    if word == "at_zero":
        return NEAR * value
    if word == "kink":
        return np.asarray(DISTANCE * rng.choice((-1.0, 1.0), value.shape))
    offsets = rng.permutation(value.size) - (value.size - 1) / 2
    moved: Array = np.mean(value) + DISTANCE * offsets.reshape(value.shape)
    return moved


def _steer(
    problem: Problem, word: str, expression: Expression, inputs: Inputs, rng: np.random.Generator
) -> Inputs | None:
    """Newton's method with least-norm steps on the inputs that may be moved."""
    names = _movable(problem, expression)
    target = _target(word, np.asarray(_tape(problem, expression, inputs).value), rng)
    close = 1e-3 * (DISTANCE if word != "at_zero" else float(np.max(np.abs(target), initial=0.0)))
    for _ in range(_MAX_STEPS):
        tape = _tape(problem, expression, inputs)
        missing = (target - np.asarray(tape.value)).ravel()
        if not np.all(np.isfinite(missing)):
            return None
        if np.max(np.abs(missing)) <= close:
            return inputs
        step = np.linalg.lstsq(_jacobian(tape, names), missing, rcond=None)[0]
        inputs = _moved(inputs, names, step)
    return None


def _jacobian(tape: Tape, names: list[str]) -> Array:
    """(entries of the value, entries of all inputs)."""
    shape = np.shape(tape.value)
    bars = np.eye(int(np.prod(shape, dtype=int))).reshape(-1, *shape)
    return np.stack([np.concatenate([np.ravel(tape.adjoint(name, bar)) for name in names]) for bar in bars])


def _moved(inputs: Inputs, names: list[str], step: Array) -> Inputs:
    ends = np.cumsum([inputs[name].size for name in names])
    parts = np.split(step, ends[:-1])
    return {**inputs, **{n: inputs[n] + part.reshape(inputs[n].shape) for n, part in zip(names, parts, strict=True)}}
