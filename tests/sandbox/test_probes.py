"""Straight-line programs on the student's objects, in the real sandbox, and what their writer refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.domain.limits import MIB, Limits
from grader.sandbox.probes import MAX_REPLIES, MAX_TIMES, Writer
from grader.sandbox.run import AFRESH, Call, Claim, Ending, Missing, Probe, Raised, Replies, Run, Steps
from grader.sandbox.slot import Slot
from tests.sandbox.running import run

DUAL = """
class Dual:
    made = 0
    def __init__(self, value, derivative=0.0):
        Dual.made += 1
        self.value, self.derivative = value, derivative
        self._secret = 7.0
    @staticmethod
    def lift(other):
        return other if isinstance(other, Dual) else Dual(other)
    def __add__(self, other):
        other = Dual.lift(other)
        return Dual(self.value + other.value, self.derivative + other.derivative)
    __radd__ = __add__
    def __neg__(self): return Dual(-self.value, -self.derivative)
    def __sub__(self, other): return self + -Dual.lift(other)
    def __rsub__(self, other): return Dual.lift(other) + -self
    def __mul__(self, other):
        other = Dual.lift(other)
        return Dual(self.value * other.value, self.value * other.derivative + self.derivative * other.value)
    __rmul__ = __mul__
    def __lt__(self, other): return self.value < Dual.lift(other).value
    def scaled(self, factor, shift=0.0): return factor * self + shift

def pairs(): return [(Dual(1.0), [2.0, 3.0]), (Dual(4.0), [])]
def many(count): return [Dual(float(k)) for k in range(count)]
def total(values): return sum(value.value for value in values)
def kind(value): return type(value).__name__
"""


def claims(done: Run, probe: int = 0) -> tuple[Claim, ...]:
    response = done.responses[probe]
    assert isinstance(response, Replies), (response, done)
    return response.claims


def numbers(done: Run, probe: int = 0) -> list[Any]:
    return [None if claim.array is None else claim.array.tolist() for claim in claims(done, probe)]


def raised(done: Run) -> Raised:
    response = done.responses[0]
    assert isinstance(response, Raised), done
    return response


@pytest.mark.sandbox
def test_operators_attributes_and_methods(slot: Slot) -> None:
    p = Writer()
    x = p.call(p.name("Dual"), 3.0, 1.0)
    square = p.operate("mul", x, x)
    p.reply(p.get(square, "derivative"))
    p.reply(p.get(p.operate("sub", 1.0, x), "derivative"))
    p.reply(p.get(p.operate("sub", x, 1.0), "value"))
    p.reply(p.get(p.operate("neg", x), "value"))
    p.reply(p.operate("lt", x, 4.0))
    p.reply(p.get(p.method(x, "scaled", 10.0, 1.0), "value"))
    p.reply(p.get(x, "_secret"))
    p.reply(x)
    done = run(slot, DUAL, probes=[p.probe])
    assert numbers(done) == [6.0, -1.0, 2.0, -3.0, True, 31.0, 7.0, None]
    assert claims(done)[-1] == Claim("object", None, "Dual")


@pytest.mark.sandbox
def test_attributes_are_set_and_objects_told_apart(slot: Slot) -> None:
    p = Writer()
    x = p.call(p.name("Dual"), 3.0)
    p.set(x, "derivative", 5.0)
    p.reply(p.get(x, "derivative"))
    both = p.list(x, x, 2.0)
    p.reply(p.same(p.item(both, 0), x))
    p.reply(p.same(p.operate("add", x, 0.0), x))
    p.reply(p.length(both))
    p.reply(p.call(p.name("kind"), p.tuple(x)))
    p.forget(x)
    p.reply(x)
    assert [*numbers(run(slot, DUAL, probes=[p.probe]))] == [5.0, True, False, 3, None, None]


@pytest.mark.sandbox
def test_lists_of_objects_go_in_and_out(slot: Slot) -> None:
    p = Writer()
    three = p.call(p.name("many"), 3)
    p.elements(three)
    p.reply(p.call(p.name("total"), p.list(*(p.item(three, k) for k in (2, 2, 1)))))
    p.elements(p.call(p.name("pairs")), depth=2)
    p.elements(p.call(p.name("pairs")))
    p.elements(p.call(p.name("many"), 101))
    p.elements(p.get(p.item(three, 0), "value"))
    found = claims(run(slot, DUAL, probes=[p.probe]))
    assert found[0] == Claim("elements", None, "list of 3", (Claim("object", None, "Dual"),) * 3)
    assert found[1].array == 5.0
    first, second = found[2].elements
    assert [claim.form for claim in first.elements] == ["object", "list"]
    assert [claim.array.tolist() for claim in (first.elements[1], second.elements[1]) if claim.array is not None] == [
        [2.0, 3.0],
        [],
    ]
    assert [claim.form for claim in found[3].elements] == ["object", "object"]
    assert found[4] == Claim("too-large", None, "list of more than 100")
    assert found[5].array == 0.0


@pytest.mark.sandbox
def test_a_list_without_end_costs_its_time_only(slot: Slot) -> None:
    source = "class Endless(list):\n    def __iter__(self):\n        while True: yield 1.0\ndef f(): return Endless()"
    p = Writer()
    p.elements(p.call(p.name("f")))
    assert claims(run(slot, source, probes=[p.probe])) == (Claim("too-large", None, "Endless of more than 100"),)


@pytest.mark.sandbox
def test_long_chains_are_one_instruction(slot: Slot) -> None:
    p = Writer()
    x = p.call(p.name("Dual"), 1.0, 1.0)
    p.reply(p.get(p.iterate("add", x, x, 10_000), "derivative"))
    p.reply(p.get(p.iterate("add", x, None, 40), "derivative"))
    p.reply(p.get(p.iterate("sub", x, 0.5, 3), "value"))
    p.reply(p.get(p.iterate("mul", x, x, 0), "value"))
    p.reply(p.get(p.name("Dual"), "made"))
    assert numbers(run(slot, DUAL, probes=[p.probe])) == [10_001.0, 2.0**40, -0.5, 1.0, 1 + 10_000 + 40 + 9]


@pytest.mark.sandbox
def test_what_is_forgotten_is_freed(slot: Slot) -> None:
    source = "import numpy as np\ndef big(): return [np.ones(3 << 20)]"
    p = Writer()
    for _ in range(12):
        p.forget(p.call(p.name("big")))
    p.reply(p.constant(1.0))
    done = run(slot, source, probes=[p.probe], limits=Limits(memory=96 * MIB))
    assert numbers(done) == [1.0]
    assert done.usage.memory < 60 * MIB


@pytest.mark.sandbox
def test_an_exception_is_told_with_its_instruction(slot: Slot) -> None:
    p = Writer()
    x = p.call(p.name("Dual"), 1.0)
    p.reply(x)
    p.operate("truediv", x, 2.0)
    response = raised(run(slot, DUAL, probes=[p.probe]))
    assert response.kind == "TypeError"
    assert p.probe[response.instruction][0] == "operate"
    q = Writer()
    q.get(q.call(q.name("Dual"), 1.0), "grad")
    response = raised(run(slot, DUAL, probes=[q.probe]))
    assert (response.kind, response.instruction) == ("AttributeError", 3)
    assert "no attribute 'grad'" in response.message


@pytest.mark.sandbox
def test_programs_stand_beside_each_other(slot: Slot) -> None:
    missing, made = Writer(), Writer()
    missing.call(missing.name("nothing"))
    made.reply(made.get(made.name("Dual"), "made"))
    probes: list[Probe] = [missing.probe, made.probe, AFRESH, made.probe]
    one = Writer()
    one.call(one.name("Dual"), 1.0)
    done = run(slot, DUAL, probes=[one.probe, *probes])
    assert done.responses[1] == Missing("nothing")
    assert (numbers(done, 2), numbers(done, 4)) == ([1], [0])
    assert done.calls == ((),) * 5


@pytest.mark.sandbox
def test_constants_are_the_students_own_and_compared_with_what_was_sent(slot: Slot) -> None:
    source = "def f(x):\n    x += 1\n    return x\ndef g(x): return x"
    p = Writer()
    one, other = p.constant(np.ones(3)), p.constant(np.ones(3))
    p.reply(p.call(p.name("f"), one))
    p.call(p.name("g"), other)
    p.unchanged(one)
    p.unchanged(other)
    assert numbers(run(slot, source, probes=[p.probe])) == [[2.0, 2.0, 2.0], False, True]


@pytest.mark.sandbox
def test_a_reply_that_was_not_asked_for_is_a_violation(slot: Slot) -> None:
    source = "import grader.inside.shim as s\ns.respond = lambda *_: ['replies', []]\ndef f(): return 1.0"
    p = Writer()
    p.reply(p.call(p.name("f")))
    assert run(slot, source, probes=[p.probe]).ending is Ending.VIOLATED


@pytest.mark.parametrize(
    "name", ["__class__", "__dict__", "__private", "", "a.b", "a b", "1a", "größe", "a\n"], ids=repr
)
def test_names_lead_to_the_students_things_only(name: str) -> None:
    p = Writer()
    x = p.constant(1.0)
    writes: list[Any] = [lambda: p.name(name), lambda: p.get(x, name), lambda: p.set(x, name, 1.0)]
    for write in writes:
        with pytest.raises(ValueError, match="is no name that a student defines"):
            write()


def test_what_makes_no_program_is_refused_where_it_is_written() -> None:
    p = Writer(operands=1)
    with pytest.raises(ValueError, match="no operator 'neg' of 2 operands"):
        p.operate("neg", 1.0, 2.0)
    with pytest.raises(ValueError, match="no operator 'add' of 3 operands"):
        p.operate("add", 1.0, 2.0, 3.0)
    with pytest.raises(ValueError, match="no operator 'call' of 1 operands"):
        p.operate("call", 1.0)
    for operator, times in (("neg", 1), ("add", -1), ("add", MAX_TIMES + 1)):
        with pytest.raises(ValueError, match=f"not '{operator}' {times} times"):
            p.iterate(operator, 1.0, None, times)
    with pytest.raises(ValueError, match="taken apart once or twice, not 3 times"):
        p.elements(p.constant(1.0), depth=3)
    for held in (p.operands[0], p.name("f")):
        with pytest.raises(ValueError, match="only a constant can be compared"):
            p.unchanged(held)


def test_a_program_replies_so_often_and_no_more() -> None:
    p = Writer()
    held = p.constant(1.0)
    assert [p.reply(held) for _ in range(MAX_REPLIES)] == [*range(MAX_REPLIES)]
    with pytest.raises(ValueError, match="replies at most 100 times"):
        p.reply(held)
    with pytest.raises(ValueError, match="replies nothing: it returns one object"):
        p.steps(held)


TORCH_LIMITS = Limits(wall=8.0, cpu=6.0, memory=512 * MIB)
TENSORS = """
import torch
def doubled(x):
    x.mul_(2.0)
    return x
def inside(f, x):
    return torch.func.grad(lambda t: f(t))(x)
"""


@pytest.mark.sandbox
def test_a_tensor_is_reported_as_it_was_at_that_moment(torch_slot: Slot) -> None:
    p = Writer()
    x = p.tensor(np.array([1.0, 2.0]))
    p.reply(x)
    p.reply(p.call(p.name("doubled"), x))
    p.unchanged(x)
    assert numbers(run(torch_slot, TENSORS, probes=[p.probe], limits=TORCH_LIMITS)) == [[1.0, 2.0], [2.0, 4.0], False]


@pytest.mark.sandbox
def test_leaves_and_gradients_need_methods_and_one_function_of_torch(torch_slot: Slot) -> None:
    p = Writer()
    x = p.method(p.tensor(np.array([1.0, 2.0])), "requires_grad_")
    cube = p.operate("pow", x, 3.0)
    yes, ones = p.constant(True), p.tensor(np.ones(2))
    first = p.item(p.call(p.torch("autograd.grad"), cube, x, ones, yes, yes), 0)
    second = p.item(p.call(p.torch("autograd.grad"), first, x, ones), 0)
    p.reply(first)
    p.reply(second)
    p.reply(p.get(x, "grad"))
    assert numbers(run(torch_slot, TENSORS, probes=[p.probe], limits=TORCH_LIMITS)) == [[3.0, 12.0], [6.0, 12.0], None]


@pytest.mark.sandbox
def test_a_scalar_tensor_has_the_precision_of_an_array(torch_slot: Slot) -> None:
    p = Writer()
    p.reply(p.tensor(np.array([0.1])[0]))
    (claim,) = claims(run(torch_slot, TENSORS, probes=[p.probe], limits=TORCH_LIMITS))
    assert (claim.form, claim.description) == ("tensor", "Tensor of dtype float64 and shape ()")


@pytest.mark.sandbox
def test_tensors_that_hold_no_numbers_reach_an_oracle(torch_slot: Slot) -> None:
    """As inside of torch.func.grad, where they stand for numbers."""
    seen = []

    def square(call: Call) -> Steps:
        seen.append(call.arguments[0])
        steps = Writer(operands=1)
        return steps.steps(steps.method(steps.operate("mul", *steps.operands * 2), "sum"))

    p = Writer()
    p.reply(p.call(p.name("inside"), p.oracle(square), p.tensor(np.array([1.0, 2.0]))))
    assert numbers(run(torch_slot, TENSORS, probes=[p.probe], limits=TORCH_LIMITS)) == [[2.0, 4.0]]
    assert [(claim.form, claim.array) for claim in seen] == [("tensor", None)]


@pytest.mark.sandbox
def test_without_torch_there_are_no_functions_of_it(slot: Slot) -> None:
    p = Writer()
    p.reply(p.torch("autograd.grad"))
    assert raised(run(slot, "x = 1", probes=[p.probe])).kind == "KeyError"


def test_few_functions_of_torch_are_used() -> None:
    with pytest.raises(ValueError, match=r"'os.system' of torch is not among those that probes use"):
        Writer().torch("os.system")
