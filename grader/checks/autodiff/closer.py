"""A closer look at a sample whose derivatives are wrong: it is computed once more, and every number of it is read.

It decides nothing. What comes of it is a figure of the computational graph with the first wrong derivative marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks.autodiff.drawing import content
from grader.checks.autodiff.instances import Instances
from grader.checks.autodiff.samples import Sample
from grader.checks.judgement import Judgement
from grader.domain.assignment import Task, Visibility
from grader.domain.autodiff import FORWARD
from grader.domain.pictures import GraphOfPass, PassEdge, PassNode
from grader.domain.report import Verdict
from grader.sandbox.probes import Handle
from grader.sandbox.run import Claim, Probe, Replies, Run
from reference.dag import Dag
from reference.domains import parse
from reference.firstwrong import Fault, Held, first_wrong
from reference.graph import Graph, graph, graph_of_dag
from reference.language import Call, walk
from reference.operations import is_constant
from reference.program import Program

CAUSE = "looked_closer"
"""of judgements that carry a picture and nothing else"""
TELLING = "telling"
"""the fact that holds the sample to look at"""
AGAIN = "again"
"""how a pass goes wrong that is not the first one; which edge is to blame cannot be told from what is left"""
_MOST_NODES = 25
_DEEPEST = 6
"""operations one after another, so that what is written can be read where the figure fills a page"""


@dataclass(frozen=True)
class Look:
    """One check, the sample that is computed again, and where its probes begin among those of the plan."""

    check: str
    sample: Sample
    first_probe: int = 0


def telling(wrong: Sequence[Sample]) -> Sample | None:
    """The first one that can be drawn: simple ones come first."""
    return next((item for item in wrong if item.made_of is not None and _count(item) <= _MOST_NODES), None)


def looks(task: Task, judgements: Sequence[Judgement]) -> list[Look]:
    """One for the first wrong check of each family, if its inputs are ever shown to students."""
    asked = content(task)
    found: dict[str, Look] = {}
    for item in judgements:
        sample = item.facts.get(TELLING)
        if isinstance(sample, Sample) and task.visibility[item.check] is not Visibility.HIDDEN:
            family = "op" if item.check in asked.ops else "program" if item.check in asked.programs else "graph"
            found.setdefault(family, Look(item.check, sample))
    return [*found.values()]


def probes(task: Task, look: Look) -> tuple[Probe, Probe]:
    """One that reads all numbers, and one that reads those which every class keeps, should the first one fail."""
    return _probe(task, look.sample, whole=True), _probe(task, look.sample, whole=False)


def _probe(task: Task, sample: Sample, *, whole: bool) -> Probe:
    asked = content(task)
    numbers = Instances(asked)
    result = _computed(numbers, sample)
    for _ in range(sample.passes if asked.mode != FORWARD else 0):
        numbers.backward(result)
    kept = [result] if asked.mode == FORWARD else numbers.leaves
    for number in numbers.met if whole else kept:
        numbers.writer.reply(numbers.derivative(number))
    return numbers.writer.probe


def _computed(numbers: Instances, sample: Sample) -> Handle:
    leaves = [numbers.leaf(value, tangent) for value, tangent in zip(sample.leaves, sample.directions, strict=True)]
    if isinstance(sample.made_of, Dag):
        return numbers.graph(sample.made_of, leaves)
    assert sample.made_of is not None
    return numbers.evaluate(sample.made_of, dict(zip(sample.names, leaves, strict=True)))


def judged(task: Task, look: Look, run: Run) -> Judgement:
    """A judgement that has the picture, if there is something to be seen."""
    forward = content(task).mode == FORWARD
    made = Judgement(look.check, 0.0, Verdict.FAILED, CAUSE)
    drawn = graph_of(look.sample)
    if _depth(drawn) > _DEEPEST:
        return made
    right = _right(drawn, look.sample, forward=forward)
    held = _held(look, drawn, run, forward=forward)
    fault = first_wrong(drawn, right, held, forward=forward) if held else None
    if fault and look.sample.passes > 1:
        fault = Fault(fault.node, (), AGAIN)
    return made if fault is None else replace(made, picture=_picture(look.sample, drawn, right, held, fault, forward))


def graph_of(sample: Sample) -> Graph:
    """The computational graph, its nodes in the order in which the student's numbers are met."""
    if isinstance(sample.made_of, Dag):
        return graph_of_dag(sample.made_of, sample.names, [*map(float, sample.leaves)])
    assert sample.made_of is not None
    anything = parse("scalar real", {})
    given = tuple((name, anything) for name in sample.names)
    problem = Program(given, sample.made_of, 1).problem(sample.names[0])
    point = {name: np.asarray(value) for name, value in zip(sample.names, sample.leaves, strict=True)}
    return graph(problem, point, sample.made_of.text)


def _depth(drawn: Graph) -> int:
    """Operations on the longest way from an input to the result."""
    depths = [0] * len(drawn.nodes)
    for edge in drawn.edges:
        depths[edge.target] = max(depths[edge.target], depths[edge.source] + 1)
    return max(depths)


def _right(drawn: Graph, sample: Sample, *, forward: bool) -> list[float]:
    """What each number should hold; an input adds up several passes, the numbers between do not."""
    if forward:
        return [float(x) for x in drawn.tangents(dict(zip(sample.names, sample.directions, strict=True)))]
    inputs = _inputs(drawn)
    return [float(x) * (sample.passes if k in inputs else 1) for k, x in enumerate(drawn.adjoints())]


def _inputs(drawn: Graph) -> set[int]:
    return {node.id for node in drawn.nodes if not node.formula}


def _held(look: Look, drawn: Graph, run: Run, *, forward: bool) -> list[float | None]:
    """By node; empty where nothing is known."""
    whole, ends = (run.responses[look.first_probe + k] for k in range(2))
    count = len(drawn.nodes)
    if isinstance(whole, Replies) and len(whole.claims) == count:
        held = [_number(claim) for claim in whole.claims]
        return held if forward else _kept(held, drawn)
    known = [drawn.result] if forward else [drawn.node(name).id for name in look.sample.names]
    if not isinstance(ends, Replies) or len(ends.claims) != len(known):
        return []
    came = dict(zip(known, map(_number, ends.claims), strict=True))
    return [came.get(k) for k in range(count)]


def _kept(held: list[float | None], drawn: Graph) -> list[float | None]:
    """Some classes keep gradients in their leaves only, and zeros everywhere else."""
    inputs = _inputs(drawn)
    keeps_between = any(held[k] for k in range(len(held)) if k not in inputs)
    return held if keeps_between else [x if k in inputs else None for k, x in enumerate(held)]


def _number(claim: Claim) -> float | None:
    array = claim.array
    if array is None or array.dtype.kind not in "fiu" or array.size != 1 or not np.all(np.isfinite(array)):
        return None
    return float(array.reshape(()))


def _picture(
    sample: Sample, drawn: Graph, right: Sequence[float], held: Held, fault: Fault, forward: bool
) -> GraphOfPass:
    nodes = tuple(
        PassNode(node.label, float(node.value), mine, true)
        for node, mine, true in zip(drawn.nodes, held, right, strict=True)
    )
    edges = tuple(
        PassEdge(edge.source, edge.target, float(edge.derivative), place in fault.edges)
        for place, edge in enumerate(drawn.edges)
    )
    return GraphOfPass(sample.text, nodes, edges, forward, fault.node, fault.how, fault.acts, sample.passes)


def _count(sample: Sample) -> int:
    """Of the nodes of its graph."""
    made_of = sample.made_of
    if isinstance(made_of, Dag):
        return made_of.leaves + len(made_of.steps)
    assert made_of is not None
    results = [node for node in walk(made_of.root) if isinstance(node, Call) and not is_constant(node)]
    return len(sample.names) + len(results)
