"""Checks of a class of the student's that inherits from torch.autograd.Function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from grader.checks.autograd.calling import problem_of
from grader.checks.autograd.cases import FEW, Case, Draw, Script, content_of, times
from grader.checks.autograd.raising import BASE
from grader.domain.assignment import Task
from grader.domain.autograd import ALONG
from grader.sandbox.probes import Handle
from grader.sandbox.run import Claim
from reference.bundle import Point

_BACKWARD = "`y.backward(v)` for y = apply(...)"
_SECOND = "the derivative of your backward"


def forward(task: Task, draw: Draw) -> Iterator[Case]:
    """What apply returns is f."""
    for point, is_spare in draw.points("f"):
        script = Script(task, point)
        result, _ = _applied(task, script, *content_of(task).wrt)
        script.want(result, replace(point, wrong={}), "what `apply` returned")
        script.unchanged()
        yield script.case(is_spare)


def backward(task: Task, draw: Draw) -> Iterator[Case]:
    """What arrives at each input is v^T J, for random v."""
    for name in content_of(task).wrt:
        for point, is_spare in draw.points(f"wrt.{name}"):
            script = Script(task, point)
            result, inputs = _applied(task, script, *content_of(task).wrt)
            values = point.inputs[_cotangent(task, name)]
            cotangent = script.p.tensor(values)
            script.sent("v, the gradient that your backward receives", cotangent, values)
            _pull_back(script, result, cotangent, name, inputs, point)
            script.unchanged()
            yield script.case(is_spare)


def strides(task: Task, draw: Draw) -> Iterator[Case]:
    """The same with inputs and cotangents that lie in memory with gaps, or repeat one number."""
    for name in content_of(task).wrt:
        for point, is_spare in draw.points(f"wrt.{name}", most=FEW):
            script = Script(task, point)
            result, inputs = _applied(task, script, *content_of(task).wrt, strided=True)
            _pull_back(script, result, script.strided(point.inputs[_cotangent(task, name)]), name, inputs, point)
            yield script.case(is_spare)
        for point, is_spare in draw.points(f"wrt.{name}", "ones", FEW):
            yield _repeated(task, draw, point, name, is_spare)


def _repeated(task: Task, draw: Draw, point: Point, name: str, is_spare: bool) -> Case:
    """A cotangent as that of a sum: one number in memory, repeated."""
    script = Script(task, point)
    result, inputs = _applied(task, script, *content_of(task).wrt)
    factor = float(draw.rng.uniform(1.25, 2.75))
    shape = point.inputs[_cotangent(task, name)].shape
    single = script.p.tensor(np.array(factor))
    repeated = script.p.method(single, "expand", script.p.tuple(*shape))
    _pull_back(script, result, repeated, name, inputs, times(point, factor))
    return script.case(is_spare)


def needs(task: Task, draw: Draw) -> Iterator[Case]:
    """Where one input alone requires a gradient, the others get None. What backward returns is asked of the graph's
    node: torch itself would drop what nobody needs."""
    for name in content_of(task).wrt:
        for point, is_spare in draw.points(f"wrt.{name}", most=FEW):
            script = Script(task, point)
            result, inputs = _applied(task, script, name)
            cotangent = script.p.tensor(point.inputs[_cotangent(task, name)])
            words = "your backward, where one input requires a gradient"
            script.names_next(words, "function.needs")
            node = _node(script, result)
            raw = script.method(words, "function.needs", node, "apply", cotangent)
            position = content_of(task).inputs.index(name)
            script.require_elements(raw, _only(position), "function_needs", "function.needs", name=name)
            _pull_back(script, result, cotangent, name, inputs, point)
            yield script.case(is_spare)


def second(task: Task, draw: Draw) -> Iterator[Case]:
    """What backward computes can itself be differentiated."""
    for name in (name for name in content_of(task).wrt if f"wrt.{name}.second" in task.parts):
        variable = problem_of(task, f"wrt.{name}.second").wrt
        for point, is_spare in draw.points(f"wrt.{name}.second"):
            script = Script(task, point)
            result, inputs = _applied(task, script, name, variable)
            first = _differentiated(script, result, inputs[name], script.p.tensor(point.inputs[_cotangent(task, name)]))
            along = script.p.tensor(point.inputs[ALONG])
            script.names_next(_SECOND, "function.once")
            weighed = script.p.operate("mul", first, along)
            total = script.method(_SECOND, "function.once", weighed, "sum")
            _node(script, result)
            what = f"what your backward gives to `{name}`, differentiated by `{variable}`"
            script.want(_differentiated(script, total, inputs[variable], None), point, what, absent="function.once")
            yield script.case(is_spare)


def _differentiated(script: Script, result: Handle, variable: Handle, cotangent: Handle | None) -> Handle:
    """The gradient as a tensor with a graph of its own."""
    weight = script.p.tensor(np.array(1.0)) if cotangent is None else cotangent
    gradient, yes = script.p.torch("autograd.grad"), script.p.constant(True)
    script.names_next(*((_SECOND, "function.once") if cotangent is None else (_BACKWARD, "")))
    return script.p.item(script.p.call(gradient, result, variable, weight, yes, yes), 0)


def _cotangent(task: Task, name: str) -> str:
    return problem_of(task, f"wrt.{name}").along


def _applied(task: Task, script: Script, *leaves: str, strided: bool = False) -> tuple[Handle, dict[str, Handle]]:
    """What apply returns, and what it was applied to; `leaves` require a gradient."""
    inputs = {
        name: script.leaf(name, strided=strided) if name in leaves else script.plain(name)
        for name in content_of(task).inputs
    }
    made = script.p.name(task.implement.name)
    script.names_next(f"looking for `{task.implement.name}.apply`", BASE)
    apply = script.p.get(made, "apply")
    return script.call(apply, [*inputs.values()]), inputs


def _pull_back(
    script: Script, result: Handle, cotangent: Handle, name: str, inputs: dict[str, Handle], point: Point
) -> None:
    script.method(_BACKWARD, "", result, "backward", cotangent)
    _node(script, result)
    script.want(script.p.get(inputs[name], "grad"), point, f"the gradient that arrives at `{name}`", "function.lost")


def _node(script: Script, result: Handle) -> Handle:
    """The graph's node of a class can be applied. One of torch's own cannot, and then the derivatives are torch's."""
    node = script.p.get(result, "grad_fn")
    script.names_next("looking for the backward of your class in the graph of its result", BASE)
    script.p.get(node, "apply")
    return node


def _only(position: int) -> Callable[[Claim], bool]:
    """Of a tuple of gradients, whether this one alone is there."""

    def holds(claim: Claim) -> bool:
        return claim.form == "elements" and all(
            (item.form == "none") == (k != position) for k, item in enumerate(claim.elements)
        )

    return holds
