"""Functions that are answered outside: what came, from where, and what a student can make of the way there."""

from __future__ import annotations

import math
import os
import resource
import statistics
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.domain.limits import Limits
from grader.inside.pipes import Pipes
from grader.sandbox import wire
from grader.sandbox.oracles import of_numbers
from grader.sandbox.probes import Writer
from grader.sandbox.run import Answer, Call, Ending, Oracle, Probe, Program, Refused, Replies, Run, Steps
from grader.sandbox.slot import Slot
from tests.sandbox.running import LIMITS, returned, run
from tests.sandbox.test_probes import DUAL, numbers, raised


def asking(name: str, *arguments: Any) -> Probe:
    """A probe that replies what the student's function returns, and whether its constants are as they were."""
    p = Writer()
    slots = [p.oracle(item) if callable(item) else p.constant(item) for item in arguments]
    p.reply(p.call(p.name(name), *slots))
    for slot, item in zip(slots, arguments, strict=True):
        if not callable(item):
            p.unchanged(slot)
    return p.probe


def positions(done: Run, probe: int = 0) -> list[Any]:
    return [call.arguments[0].array.tolist() for call in done.calls[probe] if call.arguments[0].array is not None]


DIFFERENCES = """
import numpy as np
def central(f, x, h):
    result = np.empty_like(x)
    for i in range(len(x)):
        step = np.zeros(len(x))
        step[i] = h
        result[i] = (f(x + step) - f(x - step)) / (2 * h)
    return result
def forward(f, x, h): return (f(x + h) - f(x)) / h
def complex_step(f, x): return f(x + 1e-30j).imag / 1e-30
"""


@pytest.mark.sandbox
def test_number_and_places_of_evaluations_are_facts(slot: Slot) -> None:
    x, h = np.array([1.0, -2.0, 3.0]), 2.0**-10
    done = run(slot, DIFFERENCES, probes=[asking("central", of_numbers(lambda x: x @ x, (3,)), x, h)])
    assert np.allclose(returned(done), 2 * x)
    expected = [(x + sign * h * step).tolist() for step in np.eye(3) for sign in (1, -1)]
    assert positions(done) == expected
    assert numbers(done)[1:] == [True, True]


@pytest.mark.sandbox
def test_floats_and_complex_numbers_are_answered_as_such(slot: Slot) -> None:
    cube = of_numbers(lambda x: x**3, ())
    complex_cube = of_numbers(lambda x: x**3, (), complex_too=True)
    source = DIFFERENCES + "def kind(f, x): return type(f(x)) is type(x) is float\ndef back(f, x): return f(x)"
    kinds: dict[float, Any] = {1.0: np.float64(5.0), 2.0: np.array(6.0), 3.0: 7, 4.0: math.inf, 5.0: -0.0}
    odd = of_numbers(kinds.__getitem__, ())
    probes = [
        asking("forward", cube, 2.0, 0.5),
        asking("complex_step", complex_cube, 2.0),
        asking("kind", cube, 2.0),
        *(asking("back", odd, float(k)) for k in range(1, 6)),
    ]
    done = run(slot, source, probes=probes)
    assert [returned(done, k).item() for k in range(3)] == [15.25, pytest.approx(12.0), True]
    assert positions(done) == [2.5, 2.0]
    assert positions(done, 1) == [2 + 1e-30j]
    assert [repr(returned(done, k).item()) for k in range(3, 8)] == ["5.0", "6.0", "7", "inf", "-0.0"]
    assert done.calls[0][0].oracle is cube


@pytest.mark.sandbox
def test_an_answer_is_memory_of_the_students_own(slot: Slot) -> None:
    source = "def f(g, x):\n    y = g(x)\n    y += 1\n    return g(x)"
    done = run(slot, source, probes=[asking("f", of_numbers(lambda x: 2 * x, (2,)), np.ones(2))])
    assert numbers(done) == [[2.0, 2.0], True]


@pytest.mark.sandbox
def test_a_million_numbers_go_out_and_back(slot: Slot) -> None:
    x = np.arange(1e6)
    done = run(slot, "def f(g, x): return g(x + 1)", probes=[asking("f", of_numbers(lambda x: 2 * x, (10**6,)), x)])
    assert np.array_equal(returned(done), 2 * (x + 1))
    assert positions(done) == [(x + 1).tolist()]


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("f()", "this function takes one argument, 0 given"),
        ("f(1.0, 2.0)", "this function takes one argument, 2 given"),
        ("f(x=1.0)", "unexpected keyword argument 'x'"),
        ("f('1')", "argument 1 of this function must be a number, not str"),
        ("f(None)", "argument 1 of this function must be a number, not NoneType"),
        ("f(f)", "argument 1 of this function must be a number, not function"),
        ("f(np.ones(2))", "argument 1 of this function must be a number, and has the shape (2,)"),
        ("f([1.0, 2.0])", "argument 1 of this function must be a number, and has the shape (2,)"),
        ("f(1j)", "argument 1 of this function must be real, and is complex"),
        ("f(np.zeros(2_000_000))", "must be a number, not ndarray of dtype float64 and shape (2000000,)"),
        ("f(*[1] * 17)", "17 arguments; the functions given to you take 16 at most"),
        ("f(*[np.ones(900_000)] * 3)", "the arguments of one call hold more than 12 MiB of numbers"),
    ],
)
def test_a_call_that_makes_no_sense_raises_a_sentence(slot: Slot, call: str, sentence: str) -> None:
    source = f"import numpy as np\ndef g(f): return {call}"
    response = raised(run(slot, source, probes=[asking("g", of_numbers(lambda x: x, ()))]))
    assert response.kind == "TypeError"
    assert sentence in response.message
    assert [place.line for place in response.lines] == [2]


@pytest.mark.sandbox
def test_integers_and_lists_are_numbers_as_well(slot: Slot) -> None:
    source = "import numpy as np\ndef g(f): return f(1, [1, 2]) + f(np.float32(1), (1.0, 2.0)) + f(np.int64(1), np.arange(1, 3))"
    done = run(slot, source, probes=[asking("g", of_numbers(lambda a, b: a + b.sum() / 3, (), (2,)))])
    assert numbers(done) == [6.0]
    assert [call.arguments[0].description for call in done.calls[0]] == [
        "int of dtype int64 and shape ()",
        "float32 of dtype float32 and shape ()",
        "int64 of dtype int64 and shape ()",
    ]


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("function", "kind", "message"),
    [
        (lambda x: 1 / (x - 1), "ZeroDivisionError", "float division by zero"),
        (lambda x: math.exp(1000 * x), "OverflowError", "math range error"),
        (lambda x: Refused("too far", "ValueError"), "ValueError", "too far"),
    ],
)
def test_what_a_function_cannot_answer_raises_in_the_students_code(
    slot: Slot, function: Any, kind: str, message: str
) -> None:
    response = raised(run(slot, "def g(f): return f(1.0)", probes=[asking("g", of_numbers(function, ()))]))
    assert (response.kind, response.message) == (kind, message)


@pytest.mark.sandbox
def test_a_fault_of_ours_is_no_students(slot: Slot) -> None:
    def broken(call: Call) -> Answer:
        raise LookupError("a fault in an oracle")

    with pytest.raises(LookupError, match="a fault in an oracle"):
        run(slot, "def g(f): return f(1.0)", probes=[asking("g", broken)])
    assert returned(run(slot, "def f(): return 4.0")) == 4.0


def polynomial(call: Call) -> Steps:
    """x * x + 3 * x, on whatever object the student's code hands over"""
    p = Writer(len(call.arguments))
    (x,) = p.operands
    return p.steps(p.operate("add", p.operate("mul", x, x), p.operate("mul", 3.0, x)))


DERIVATIVE = DUAL + "def derivative(f, x): return f(Dual(x, 1.0)).derivative\n"


@pytest.mark.sandbox
def test_a_students_own_objects_flow_through_an_oracle(slot: Slot) -> None:
    done = run(slot, DERIVATIVE, probes=[asking("derivative", polynomial, 2.0)])
    assert numbers(done) == [7.0, True]
    (call,) = done.calls[0]
    assert (call.oracle, call.arguments[0].form, call.arguments[0].description) == (polynomial, "object", "Dual")


@pytest.mark.sandbox
def test_an_oracle_is_told_what_a_list_of_objects_holds(slot: Slot) -> None:
    def product(call: Call) -> Steps:
        p = Writer(1)
        return p.steps(p.operate("mul", p.item(p.operands[0], 0), p.item(p.operands[0], 1)))

    source = DUAL + (
        "import numpy as np\n"
        "def gradient(f, x):\n"
        "    seeds = [[Dual(v, float(i == k)) for i, v in enumerate(x)] for k in range(len(x))]\n"
        "    return [f(seeds[0]).derivative, f(np.array(seeds[1])).derivative]\n"
    )
    done = run(slot, source, probes=[asking("gradient", product, np.array([2.0, 5.0]))])
    assert numbers(done)[0] == [5.0, 2.0]
    assert [call.arguments[0].description for call in done.calls[0]] == ["list of 2", "list of 2"]
    assert [claim.description for claim in done.calls[0][1].arguments[0].elements] == ["Dual", "Dual"]


@pytest.mark.sandbox
def test_derivatives_are_nested_over_oracles_that_capture(slot: Slot) -> None:
    """d/dx [x * d/dy (x + y) at y = 1]: an oracle whose answer calls the student's code, which calls another oracle,
    which uses the first one's operand. It is 1; whoever confuses the two perturbations says 2."""

    def inner(call: Call) -> Steps:
        p = Writer(2)
        x, y = p.operands
        return p.steps(p.operate("add", x, y))

    def outer(call: Call) -> Steps:
        p = Writer(1)
        (x,) = p.operands
        slope = p.call(p.name("derivative"), p.oracle(inner, x), 1.0)
        return p.steps(p.operate("mul", x, slope))

    done = run(slot, DERIVATIVE, probes=[asking("derivative", outer, 1.0)])
    assert numbers(done)[0] == 2.0  # this class has one kind of perturbation only
    assert [call.oracle for call in done.calls[0]] == [outer, inner]
    assert [claim.description for claim in done.calls[0][1].captured] == ["Dual"]


@pytest.mark.sandbox
def test_an_exception_inside_an_answer_is_the_students(slot: Slot) -> None:
    def quotient(call: Call) -> Steps:
        p = Writer(1)
        return p.steps(p.operate("truediv", 1.0, p.operands[0]))

    def absent(call: Call) -> Steps:
        p = Writer(1)
        return p.steps(p.call(p.name("sine"), p.operands[0]))

    done = run(slot, DERIVATIVE, probes=[asking("derivative", quotient, 2.0), asking("derivative", absent, 2.0)])
    response = raised(done)
    assert response.kind == "TypeError"
    assert "unsupported operand" in response.message
    assert response.instruction == 3
    assert repr(done.responses[1]) == "Missing(name='sine')"


@pytest.mark.sandbox
def test_an_endless_loop_of_calls_meets_the_time_limit_and_the_worker_stays_flat(slot: Slot) -> None:
    source = "def g(f):\n    while True:\n        try: f(1.0)\n        except RuntimeError: pass\n"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    p = asking("g", of_numbers(lambda x: x, ()))
    limits = Limits(wall=1.5, cpu=5.0)
    done = slot.run(Program("solution", (("solution.py", source.encode()),), [p], limits, max_calls=2000))
    assert done.ending is Ending.TIME
    assert len(done.calls[0]) == 2000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 << 10
    assert done.usage.wall < 2 * limits.wall


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("bounds", "argument", "sentence"),
    [
        ({"max_calls": 3}, 1.0, "your code has called the functions given to it 3 times, and may not call them again"),
        ({"max_recorded": 40_000}, np.ones(1000), "with more numbers than a run may hold"),
    ],
)
def test_calls_beyond_the_bounds_of_a_run_raise(
    slot: Slot, bounds: dict[str, int], argument: Any, sentence: str
) -> None:
    source = b"def g(f, x):\n    while True: f(x)"
    probe = asking("g", of_numbers(lambda x: 1.0, np.shape(argument)), argument)
    program = Program("solution", (("solution.py", source),), [probe], LIMITS)
    done = slot.run(replace(program, **bounds))  # type: ignore[arg-type] # one of the two bounds
    response = raised(done)
    assert response.kind == "RuntimeError"
    assert sentence in response.message
    assert len(done.calls[0]) in (3, 4)


@pytest.mark.sandbox
def test_nesting_without_end_is_refused_with_a_sentence(slot: Slot) -> None:
    def again(call: Call) -> Steps:
        p = Writer(1)
        return p.steps(p.call(p.name("g"), p.oracle(again), p.operands[0]))

    done = run(slot, "def g(f, x): return f(x)", probes=[asking("g", again, 1.0)])
    response = raised(done)
    assert response.kind == "RecursionError"
    assert response.message == "calls of the functions given to you are nested more than 16 deep"
    assert len(done.calls[0]) == 17


@pytest.mark.sandbox
def test_an_oracle_that_is_kept_is_counted_where_it_is_called(slot: Slot) -> None:
    source = "kept = []\ndef keep(f):\n    kept.append(f)\n    return f(1.0)\ndef use(f): return kept[0](2.0)"
    twice, thrice = of_numbers(lambda x: 2 * x, ()), of_numbers(lambda x: 3 * x, ())
    done = run(slot, source, probes=[asking("keep", twice), asking("use", thrice)])
    assert [returned(done, k).item() for k in (0, 1)] == [2.0, 4.0]
    assert (positions(done, 0), positions(done, 1)) == ([1.0], [2.0])
    assert done.calls[1][0].oracle is twice


@pytest.mark.sandbox
def test_threads_may_call_an_oracle(slot: Slot) -> None:
    source = """
import threading
def g(f):
    found = []
    def work(start):
        for k in range(start, start + 100): found.append(f(float(k)) == 2.0 * k)
    threads = [threading.Thread(target=work, args=(1000 * k,)) for k in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return all(found) and len(found)
"""
    done = run(slot, source, probes=[asking("g", of_numbers(lambda x: 2 * x, ()))])
    assert numbers(done) == [800]
    assert sorted(positions(done)) == [1000.0 * start + k for start in range(8) for k in range(100)]


@pytest.mark.sandbox
def test_a_thread_that_calls_on_belongs_to_the_probes_that_follow(slot: Slot) -> None:
    source = """
import threading
def g(f):
    def work():
        while True: f(1.0)
    threading.Thread(target=work, daemon=True).start()
    return 1.0
def h(f):
    for _ in range(100): f(2.0)
    return 2.0
"""
    f = of_numbers(lambda x: x, ())
    done = run(slot, source, probes=[asking("g", f), asking("h", f)])
    assert done.ending is Ending.FINISHED
    assert set(positions(done, 0)) <= {1.0}
    assert positions(done, 1).count(2.0) == 100


@pytest.mark.sandbox
def test_an_alarm_in_the_middle_of_a_call_confuses_nobody(slot: Slot) -> None:
    source = """
import signal
class Late(Exception): pass
def late(*_): raise Late
def g(f):
    signal.signal(signal.SIGALRM, late)
    right = interrupted = 0
    for k in range(300):
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.00002 + 0.0000003 * k)
            right += f(float(k)) == 2.0 * k
        except Late:
            interrupted += 1
        finally:
            try: signal.setitimer(signal.ITIMER_REAL, 0)
            except Late: pass
    return [right, interrupted, f(1e6)]
"""
    done = run(slot, source, probes=[asking("g", of_numbers(lambda x: 2 * x, ()))])
    if done.responses[0] is not None:  # an alarm may also have hit the protocol itself, which costs the student's run
        assert isinstance(done.responses[0], Replies)
        right, interrupted, last = returned(done).tolist()
        assert right <= 300
        assert interrupted > 0
        assert last == 2e6
    assert returned(run(slot, "def f(): return 4.0")) == 4.0


FORGED = """
import os, struct, sys, time
from grader.sandbox import numbers, wire
def asked(ticket, oracle, *values):
    os.write(4, wire.framed(wire.Kind.CALL_NUMBERS, numbers.pack(ticket, oracle, values)))
"""


@pytest.mark.sandbox
def test_a_forged_call_claims_what_a_real_one_could(slot: Slot) -> None:
    source = FORGED + "def g(f):\n    asked(900, 0, 3.0)\n    return f(1.0) + f(2.0)"
    done = run(slot, source, probes=[asking("g", of_numbers(lambda x: x, ()))])
    assert numbers(done) == [3.0]
    assert positions(done) == [3.0, 1.0, 2.0]


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("body", "ending"),
    [
        pytest.param("asked(0, 0, 1.0)", Ending.VIOLATED, id="while it is imported"),
        pytest.param("def g(f): asked(0, 1, 1.0)", Ending.VIOLATED, id="of the next probe's oracle"),
        pytest.param("def g(f): asked(0, 2**32 - 1, 1.0)", Ending.VIOLATED, id="of no oracle"),
        pytest.param("def g(f):\n    while True: asked(0, 0, 1.0)", Ending.TIME, id="whose answers nobody reads"),
        pytest.param("def g(f):\n    while True: asked(0, 0, 1.0), os.read(3, 1 << 16)", Ending.TIME, id="and read"),
        pytest.param(
            "def g(f):\n    asked(0, 0, 1.0)\n    os.read(3, 9)\n    f(1.0)", Ending.FINISHED, id="cut answer"
        ),
        pytest.param("def g(f): os.close(3); f(1.0)", Ending.FINISHED, id="no way back"),
        pytest.param("def g(f): os.write(4, wire.frame(wire.Kind.ANSWER, [0]))", Ending.VIOLATED, id="an answer"),
        pytest.param(
            "def g(f): os.write(4, wire.frame(wire.Kind.CALL, [-1, 0, [], []]))", Ending.VIOLATED, id="ticket"
        ),
        pytest.param("def g(f): os.write(4, wire.framed(wire.Kind.CALL_NUMBERS, b'x'))", Ending.VIOLATED, id="nothing"),
    ],
)
def test_no_forgery_does_more_than_end_its_run(slot: Slot, body: str, ending: Ending) -> None:
    f, g = of_numbers(lambda x: x, ()), of_numbers(lambda x: 2 * x, ())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = run(slot, FORGED + body, probes=[asking("g", f), asking("g", g)], limits=Limits(wall=0.5, cpu=3.0))
    # Who writes on and on may also be refused before the time is over.
    assert done.ending is ending or (ending is Ending.TIME and done.ending is Ending.VIOLATED)
    assert done.usage.wall < 1.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10
    assert returned(run(slot, "def f(): return 4.0")) == 4.0


@pytest.mark.sandbox
def test_calls_whose_large_answers_nobody_reads_are_a_violation(slot: Slot) -> None:
    large: Oracle = lambda call: np.zeros(1 << 20)  # noqa: E731
    source = FORGED + "def g(f):\n    for _ in range(1000): asked(0, 0, 1.0)\n    time.sleep(60)"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = run(slot, source, probes=[asking("g", large)])
    assert done.ending is Ending.VIOLATED
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10


@pytest.mark.sandbox
def test_a_slow_oracle_takes_the_students_time_and_no_more(slot: Slot) -> None:
    """However many calls were written at once, each of which takes us a while."""
    paused = threading.Event()
    slow: Oracle = lambda call: float(paused.wait(0.05))  # noqa: E731
    source = FORGED + "def g(f):\n    for _ in range(500): asked(0, 0, 1.0)\n    time.sleep(60)"
    done = run(slot, source, probes=[asking("g", slow)], limits=Limits(wall=0.5))
    assert done.ending is Ending.TIME
    assert done.usage.wall < 1.0


def test_a_child_whose_worker_is_gone_is_told() -> None:
    programs, theirs = os.pipe()
    answers, ours = os.pipe()
    os.close(theirs)
    pipes = Pipes(programs, ours)
    with pytest.raises(EOFError, match="nobody answers any more"):
        pipes.ask(pipes.new_ticket(), wire.frame(wire.Kind.CALL, [0, 0, [], []]))
    assert pipes.receive() is None
    for descriptor in (programs, answers, ours):
        os.close(descriptor)


@pytest.mark.sandbox
def test_a_call_takes_microseconds(slot: Slot) -> None:
    """Some 35 on a quiet machine; this bound holds on a busy one."""
    source = """
import time
def g(f):
    times = []
    for _ in range(2000):
        started = time.perf_counter()
        f(1.0)
        times.append(time.perf_counter() - started)
    return times
"""
    done = run(slot, source, probes=[asking("g", of_numbers(lambda x: x, ()))], limits=Limits())
    assert statistics.median(returned(done).tolist()) < 500e-6
    assert len(done.calls[0]) == 2000
