"""What came of one sample: a finding where there are no numbers to look at, else numbers beside what is right."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.checks import endings
from grader.checks.autodiff import descents
from grader.checks.autodiff.drawing import content
from grader.checks.autodiff.samples import Answer, Sample
from grader.checks.endings import Finding
from grader.checks.judgement import Comparison
from grader.domain.assignment import Task
from grader.domain.autodiff import FORWARD
from grader.domain.report import Verdict
from grader.sandbox.run import Claim, Missing, Raised, Replies, Response, Run


def read(task: Task, sample: Sample, response: Response | None, run: Run) -> Answer | Finding:
    """The numbers that came, or what came in their place."""
    match response:
        case None:
            return endings.no_response(run, task.limits)
        case Missing():
            return _missing(task, response, run)
        case Raised():
            return _Failure(task, sample, response, run).finding()
        case Replies((returned, *unchanged)) if sample.is_descent:
            return descents.answer(sample, returned, unchanged)
        case Replies(claims) if len(claims) == 1 + sample.count + len(sample.leaves):
            return _numbers(task, sample, claims)
    return Verdict.INVALID_OUTPUT, "violated", {}


def without_numbers(sample: Sample) -> Answer:
    """As if a stressed sample had come without digits: it raised, where an ordinary one gave numbers."""
    nothing = tuple(Comparison(point, np.full_like(point.expected, np.nan)) for point in sample.derivatives)
    return Answer(sample, None, nothing)


def forbidden(task: Task, kind: str, message: str) -> Finding | None:
    """An import of what the task forbids; the runtime does not have it."""
    names = content(task).forbidden
    found = [name for name in names if kind == "ModuleNotFoundError" and f"'{name.partition('.')[0]}" in message]
    if not found:
        return None
    return Verdict.FORBIDDEN, "forbidden_import", {"package": found[0], "note": "imported-autograd"}


def _missing(task: Task, response: Missing, run: Run) -> Finding:
    verdict, _, facts = endings.missing(response, run)
    is_class = response.name == task.implement.name
    return verdict, "missing_class" if is_class else "missing", facts


class _Failure:
    """An exception, and which step of the sample it came from."""

    def __init__(self, task: Task, sample: Sample, response: Raised, run: Run) -> None:
        self._task = task
        self._sample = sample
        self._response = response
        self._run = run
        self._step = sample.probe[min(response.instruction, len(sample.probe) - 1)]

    def finding(self) -> Finding:
        response = self._response
        banned = forbidden(self._task, response.kind, response.message)
        if banned:
            return banned
        if response.kind == "MemoryError":
            return endings.raised(response, (), self._run, self._task.limits)
        facts: dict[str, object] = {
            "text": self._sample.text, "kind": response.kind, "message": response.message, "lines": response.lines,
        }  # fmt: skip
        if response.kind == "RecursionError" and self._sample.is_long:
            return Verdict.CRASHED, "recursion", {**facts, "note": "recursion-depth"}
        if self._step[0] == "get" and response.kind == "AttributeError" and not response.lines:
            return Verdict.CRASHED, "no_member", {**facts, "member": self._step[2]}
        if self._step[0] == "call" and response.kind == "TypeError" and not response.lines:
            return self._wrong_call(facts)
        note = self._note()
        return Verdict.CRASHED, "computing_raised", {**facts, "note": note} if note else facts

    def _wrong_call(self, facts: dict[str, object]) -> Finding:
        called, *arguments = self._step[1:]
        target = self._sample.probe[called]
        facts |= {"called": target[-1], "count": len(arguments), "signature": self._response.signature}
        return Verdict.CRASHED, "wrong_call", facts

    def _note(self) -> str | None:
        """A constant beside a number, or a number in an exponent, is what many a class forgets; and numpy refuses to
        add to an array in its place what is larger."""
        if self._sample.variables is not None and self._response.message.startswith("non-broadcastable output operand"):
            return "not-unbroadcast"
        if self._step[0] != "operate" or len(self._step) != 4:
            return None
        _, name, first, second = self._step
        constants = [self._sample.probe[slot][0] == "constant" for slot in (first, second)]
        if name == "pow" and not constants[1]:
            return "power-rules"
        return "constants-not-lifted" if any(constants) and name != "pow" else None


def _numbers(task: Task, sample: Sample, claims: tuple[Claim, ...]) -> Answer | Finding:
    asked = content(task)
    members = [str(asked.interface.value)] + [str(asked.interface.derivative)] * sample.count
    members += [str(asked.interface.value)] * len(sample.leaves)
    for position, (member, claim) in enumerate(zip(members, claims, strict=True)):
        finding = _defect(sample, member, claim, position)
        if finding:
            name = _owner(sample, position, forward=asked.mode == FORWARD)
            return finding[0], finding[1], {**finding[2], "member": member, "text": sample.text, "of": name}
    arrays = [np.asarray(claim.array, dtype=np.float64) for claim in claims]
    if sample.variables is None:
        arrays = [array.reshape(()) for array in arrays]
    kept = zip(sample.names, sample.leaves, arrays[1 + sample.count :], strict=True)
    changed = [name for name, was, now in kept if not np.array_equal(was, now)]
    if changed:
        facts: dict[str, object] = {"names": changed, "text": sample.text, "note": "mutates-operand"}
        return Verdict.FAILED, "mutates_operand", facts
    return Answer(sample, _compared(sample, arrays[0]), _derivatives(sample, arrays[1 : 1 + sample.count]))


def _owner(sample: Sample, position: int, *, forward: bool) -> str:
    """Which number a reply is about, in words."""
    if position == 0 or (forward and position <= sample.count):
        return "the result"
    is_gradient = position <= sample.count
    names = sample.variables if is_gradient and sample.variables is not None else sample.names
    index = position - 1 if is_gradient else position - 1 - sample.count
    return f"`{names[index]}`" if index < len(names) else "a number"


def _compared(sample: Sample, value: Any) -> Comparison | None:
    return None if sample.value is None else Comparison(sample.value, value)


def _derivatives(sample: Sample, arrays: list[Any]) -> tuple[Comparison, ...]:
    if sample.variables is not None:
        return tuple(map(Comparison, sample.derivatives, arrays))
    found = []
    start = 0
    for point in sample.derivatives:
        size = point.expected.size
        found.append(Comparison(point, np.array(arrays[start : start + size]).reshape(point.expected.shape)))
        start += size
    return tuple(found)


def _defect(sample: Sample, member: str, claim: Claim, position: int) -> Finding | None:
    """What is wrong with one reply apart from its size; the shapes of gradients are judged later."""
    is_gradient = 1 <= position <= sample.count
    if claim.form == "none" and is_gradient:
        return Verdict.INVALID_OUTPUT, "no_gradient", {"note": "gradient-missing"}
    array = claim.array
    if array is None or array.dtype.kind not in "fiu" or claim.form == "list":
        return Verdict.INVALID_OUTPUT, _EXPECTED[sample.variables is not None], {"came": claim.description}
    if sample.variables is None and array.size != 1:
        return Verdict.INVALID_OUTPUT, "not_a_number", {"came": claim.description}
    if sample.variables is not None and not is_gradient and array.shape != _shape(sample, position):
        facts: dict[str, object] = {"came": array.shape, "shape": _shape(sample, position)}
        return Verdict.INVALID_OUTPUT, "shape_of_value", facts
    if array.dtype.kind == "f" and array.dtype.itemsize < 8:
        return Verdict.FAILED, "float32", {"came": str(array.dtype), "note": "float32"}
    if not np.all(np.isfinite(array)) and not sample.stress:
        bad = np.ravel(array)[~np.isfinite(np.ravel(array))]
        facts = {"came": f"{float(bad[0]):g}"}
        return Verdict.INVALID_OUTPUT, "infinite", {**facts, "note": "overflow"} if sample.is_large else facts
    return None


_EXPECTED = {False: "not_a_number", True: "not_an_array"}


def _shape(sample: Sample, position: int) -> tuple[int, ...]:
    """Of a reply about a value: that of the result, or of a leaf."""
    if position:
        return np.shape(sample.leaves[position - 1 - sample.count])
    return () if sample.value is None else sample.value.expected.shape
