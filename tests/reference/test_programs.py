"""Programs of scalars: every quantity at the same points, right by autograd, with mistakes that lie far away."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from reference import domains, language
from reference.bundle import Bundle, from_bytes, key, to_bytes
from reference.numeric import evaluate
from reference.operations import OPERATIONS, is_constant, operation_of
from reference.problem import ProblemFault
from reference.program import ALONG, VALUE, Program, Programs, derivative_in, group_of, groups_of, tangent_of
from reference.programs import build_programs
from reference.tolerance import EXACT_UNITS, SEPARATION, units


def program(f: str, **given: str) -> Program:
    return Program(tuple((name, domains.parse(text, {})) for name, text in given.items()), language.parse(f), 6)


def by_autograd(made: Program, inputs: dict[str, float]) -> tuple[float, dict[str, float]]:
    leaves = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in inputs.items()}
    value = evaluate(made.f, leaves, torch)
    value.backward()
    return value.item(), {name: float(leaf.grad) for name, leaf in leaves.items() if leaf.grad is not None}


def require_right(bundle: Bundle, case: str, made: Program) -> None:
    groups = [*groups_of(case, made)]
    rows = bundle.draw_together(groups, 100, np.random.default_rng(0))
    assert len(rows) >= made.stored
    for value, along, *each in rows:
        inputs = {name: float(value.inputs[name]) for name in made.names}
        expected, slopes = by_autograd(made, inputs)
        assert units(np.asarray(expected), value.expected, value.unit) <= EXACT_UNITS
        direction = [float(along.inputs[tangent_of(name)]) for name in made.names]
        for name, point in zip(made.names, each, strict=True):
            assert {n: float(v) for n, v in point.inputs.items()} == inputs
            assert units(np.asarray(slopes[name]), point.expected, point.unit) <= EXACT_UNITS
        moved = sum(t * slopes[name] for t, name in zip(direction, made.names, strict=True))
        assert units(np.asarray(moved), along.expected, along.unit) <= EXACT_UNITS


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name: str) -> None:
    part = OPERATIONS[name].programs()
    bundle, audit = build_programs(part)
    for case, made in part.cases:
        require_right(bundle, case, made)
    measured = [group for name, group in audit.groups.items()]
    assert all(apart >= SEPARATION or not apart for group in measured for apart in group.apart.values() if apart)


def test_an_authors_program() -> None:
    made = program("log(a*a + 1) / (1 + exp(-b)) - a**3", a="scalar positive", b="scalar real[-2,2]")
    bundle, audit = build_programs(Programs((("", made),)))
    require_right(bundle, "", made)
    group = audit.groups[group_of("", derivative_in("a"))]
    assert group.drawn == group.used == 24
    assert group.library_units < EXACT_UNITS
    assert {"product.first:mul", "not-accumulated:first", "power.exponent:pow"} <= set(group.apart)


def test_what_overwrites_and_what_squares_epsilon() -> None:
    made = program("a*(a + b)", a="scalar nonzero", b="scalar nonzero")
    bundle, _ = build_programs(Programs((("", made),)))
    point = next(bundle.groups[group_of("", derivative_in("a"))][0].points())
    a, b = (float(point.inputs[name]) for name in "ab")
    assert float(point.expected) == pytest.approx(2 * a + b)
    assert float(point.wrong["not-accumulated:first"]) == pytest.approx(a), "by way of the sum"
    assert float(point.wrong["not-accumulated:last"]) == pytest.approx(a + b)
    assert float(point.wrong["incoming-ignored"]) == pytest.approx(1 + a + b)
    along = next(bundle.groups[group_of("", ALONG)][0].points())
    da, db = (float(along.inputs[tangent_of(name)]) for name in "ab")
    assert float(along.wrong["eps-squared"]) == pytest.approx(float(along.expected) + da * (da + db))
    assert "not-accumulated:first" not in along.wrong


def test_a_bundle_survives_its_bytes_and_is_the_same_again() -> None:
    part = OPERATIONS["mul"].programs()
    first, again = (to_bytes(build_programs(part)[0]) for _ in range(2))
    assert first == again
    assert set(from_bytes(first).groups) == {group for case, made in part.cases for group in groups_of(case, made)}


def test_other_programs_have_other_names() -> None:
    parts = [row.programs() for row in OPERATIONS.values()]
    assert len({key(part) for part in parts}) == len(parts)
    assert key(Programs((("", program("a*a", a="scalar")),))) != key(
        Programs((("", program("a*a", a="scalar positive")),))
    )


def test_points_are_drawn_together() -> None:
    bundle, _ = build_programs(OPERATIONS["add"].programs())
    groups = [group_of("x + y", VALUE), group_of("x + y", derivative_in("x"))]
    rows = bundle.draw_together(groups, 5, np.random.default_rng(1))
    assert len(rows) == 5
    assert all(np.array_equal(first.inputs["x"], second.inputs["x"]) for first, second in rows)


def test_a_derivative_that_is_zero_everywhere_says_nothing() -> None:
    with pytest.raises(ProblemFault, match="the derivative in `b` is zero at 24 of 24 points, so it says little"):
        build_programs(Programs((("", program("a + 0*b", a="scalar", b="scalar")),)))


def test_what_cannot_be_evaluated() -> None:
    with pytest.raises(
        ProblemFault, match="points f or a derivative is not finite; narrow the domains of `args`"
    ) as raised:
        build_programs(Programs((("", program("log(a)", a="scalar real[-2,2]")),)))
    assert raised.value.where == "args"


def test_which_operation_a_call_needs() -> None:
    calls = [language.parse(text).root for text in ("x**2", "x**y", "x*y", "sin(x)", "-x")]
    assert [operation_of(call) for call in calls if isinstance(call, language.Call)] == [
        "pow",
        "powv",
        "mul",
        "sin",
        "neg",
    ]
    assert is_constant(language.parse("2*pi").root)
    assert not is_constant(language.parse("2*x").root)
