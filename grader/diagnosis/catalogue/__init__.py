"""The misconceptions that are recognised without the author's help: stable note -> hint.

A hint asks a question and never gives the answer away. There is a module for each way of recognising: `expressions`
from wrong numbers alone (which numbers belong to a note is mathematics and stands in `reference`: in the rows of the
function table, in `mutants` and in `hypotheses`), the others by the checks of a kind of task.
"""

from __future__ import annotations

from grader.diagnosis.catalogue import answers, autodiff, autograd, expressions, lagrangian, numerical, operators

HINTS = {
    **expressions.HINTS,
    **numerical.FROM_NUMBERS,
    **lagrangian.HINTS,
    **operators.FROM_NUMBERS,
    **autograd.FROM_NUMBERS,
    **autodiff.HINTS,
}
"""of notes that `match` finds from numbers"""

FAKED = ("finite-difference", "complex-step", "imported-autograd")
"""notes of methods that a task does not ask for: nothing is learnt about derivatives by them"""

_OF_NUMBERS = {*expressions.HINTS, *answers.HINTS}
OF_KIND = {
    "derivative": {*_OF_NUMBERS, "cotangent.ones", "cotangent.pushed"},
    "numerical": {*_OF_NUMBERS, *numerical.FROM_NUMBERS, *numerical.HINTS},
    "lagrangian": {*_OF_NUMBERS, *lagrangian.HINTS, *lagrangian.CONDITIONS},
    "autodiff": {*_OF_NUMBERS, *autodiff.HINTS, *autodiff.CONDITIONS},
    "autodiff.operator": {*_OF_NUMBERS, *operators.FROM_NUMBERS, *operators.HINTS, *autodiff.HINTS},
    "autograd": {*_OF_NUMBERS, *autograd.HINTS},
}
"""the notes that a kind of task can give"""

CONDITIONS = {
    **answers.HINTS,
    **numerical.HINTS,
    **lagrangian.CONDITIONS,
    **operators.HINTS,
    **autograd.HINTS,
    **autodiff.CONDITIONS,
}
"""of notes that the checks find by themselves"""
