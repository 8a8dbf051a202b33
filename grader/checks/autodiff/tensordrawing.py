"""Which samples a check of a class of tensors consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from grader.checks.autodiff import descents
from grader.checks.autodiff.samples import Sample, stresses
from grader.checks.autodiff.tensors import of_entries, of_graph_of_entries, of_tensor_program
from grader.domain.assignment import Task
from grader.domain.autodiff import Autodiff
from reference.bundle import Bundle
from reference.dag import FIXED, GRADIENT, TWICE, VALUE, group_of
from reference.program import VALUE as RESULT
from reference.program import Program, Programs, derivative_in
from reference.program import group_of as group_of_case
from reference.tensorprograms.parts import TensorProgram, TensorPrograms, groups_of

Drawn = tuple[tuple[Sample, ...], tuple[Sample, ...]]
"""what is asked first, and what is asked further where that leaves it open"""

_SHAPE, _FURTHER_SHAPE = (2, 3), (5,)
"""of arrays whose entries are points of a program of scalars, the first of which are asked further"""


def draw(task: Task, asked: Autodiff, check: str, bundles: Mapping[str, Bundle], rng: np.random.Generator) -> Drawn:
    """The samples of an operation, a program or a graph of a word."""
    if check in asked.descents:
        part, bundle = task.parts[f"programs.{check}"], bundles[f"programs.{check}"]
        return descents.draw(part, asked.descents[check], bundle, rng)
    if check in asked.programs:
        return _program(asked, check, task.parts[f"programs.{check}"], bundles[f"programs.{check}"], rng)
    if check in FIXED:
        return _graphs(asked, check, bundles[f"graphs.{check}"], rng)
    part, bundle = task.parts[f"ops.{check}"], bundles[f"ops.{check}"]
    drawn = [
        _form(asked, case, form, bundle, rng)
        if isinstance(form, TensorProgram)
        else _entries(asked, case, form, bundle, rng)
        for case, form in part.cases
    ]
    assert isinstance(part, TensorPrograms | Programs)
    return tuple(s for first, _ in drawn for s in first), tuple(s for _, spare in drawn for s in spare)


def _form(task: Autodiff, case: str, form: TensorProgram, bundle: Bundle, rng: np.random.Generator) -> Drawn:
    rows = bundle.draw_together([*groups_of(case, form)], form.points + form.further, rng)
    made = [of_tensor_program(task, form, row) for row in rows]
    return tuple(made[: form.points]), tuple(made[form.points :])


def _entries(task: Autodiff, case: str, program: Program, bundle: Bundle, rng: np.random.Generator) -> Drawn:
    """One form of an operation on every entry by itself."""
    count, further = (int(np.prod(shape)) for shape in (_SHAPE, _FURTHER_SHAPE))
    quantities = (RESULT, *map(derivative_in, program.names))
    rows = bundle.draw_together([group_of_case(case, quantity) for quantity in quantities], count + further, rng)
    first = of_entries(task, case, program.f, program.names, rows[:count], _SHAPE, rng)
    return (first,), (of_entries(task, case, program.f, program.names, rows[count:], _FURTHER_SHAPE, rng),)


def _program(task: Autodiff, name: str, part: TensorPrograms, bundle: Bundle, rng: np.random.Generator) -> Drawn:
    """An author's program; its first sample comes once more at the end, and must give the same."""
    ((case, program),) = part.cases
    rows = bundle.draw_together([*groups_of(case, program)], program.points + program.further, rng)
    call = task.calls.get(name)
    made = [of_tensor_program(task, program, row, call) for row in rows]
    stressed = [of_tensor_program(task, program, rows[0], call, stress) for stress in stresses(task)]
    first = (*made[: program.points], *stressed, replace(made[0], repeats=True))
    return first, tuple(made[program.points :])


def _graphs(task: Autodiff, word: str, bundle: Bundle, rng: np.random.Generator) -> Drawn:
    twice = word == "backward-twice"
    count, further = (int(np.prod(shape)) for shape in (_SHAPE, _FURTHER_SHAPE))
    first: list[Sample] = []
    spare: list[Sample] = []
    for number, dag in enumerate(FIXED[word]):
        groups = [group_of(word, number, quantity) for quantity in (VALUE, TWICE if twice else GRADIENT)]
        rows = [(row[0], row[1]) for row in bundle.draw_together(groups, count + further, rng)]
        first += [
            of_graph_of_entries(task, dag, rows[:count], _SHAPE, rng, passes=1 + twice, stress=stress)
            for stress in ("", *stresses(task))
        ]
        spare.append(of_graph_of_entries(task, dag, rows[count:], _FURTHER_SHAPE, rng, passes=1 + twice))
    return tuple(first), tuple(spare)
