"""A short soak of one slot, and that a soak fails where something is wrong. `make soak` holds the long one."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from grader.sandbox import slot as slot_module
from grader.sandbox.run import Program
from tests.soak import sandbox
from tests.soak.sandbox import EDGE, KINDS, AsNew, Soak

pytestmark = pytest.mark.sandbox


def test_two_hundred_runs_leave_nothing_and_are_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slot_module, "_FORKS_UNTIL_RECYCLED", 60)
    said: list[str] = []
    soak = Soak(200, said.append, report=100, is_compared=False)
    soak.hold()
    assert soak.done.total() == 200
    assert set(soak.done) == {kind.name for kind in KINDS}
    assert soak.launcher.launches >= 4
    assert not soak.launcher.left()
    assert len(said) == 2


def test_a_wrong_result_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(KINDS[0], source="def f(): return {n} + 1.0")
    monkeypatch.setattr(sandbox, "KINDS", (other,))
    with pytest.raises(AssertionError, match="run 0, honest, came back as"):
        Soak(10, print, is_compared=False).hold()


def test_a_leak_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    leaked: list[int] = []

    def leaking(kind: sandbox.Kind, number: int) -> Program:
        leaked.append(os.open("/dev/null", os.O_RDONLY))
        return sandbox_program(kind, number)

    sandbox_program = sandbox.program
    monkeypatch.setattr(sandbox, "program", leaking)
    try:
        with pytest.raises(AssertionError, match="descriptors grow by more than a slot has"):
            Soak(50, lambda text: None, report=50, is_compared=False).hold()
    finally:
        for descriptor in leaked:
            os.close(descriptor)


def test_a_run_is_compared_with_one_that_is_as_new() -> None:
    with AsNew() as as_new:
        assert 0 < as_new.honest() < 10


def test_a_drift_is_that_of_the_medians_at_both_ends() -> None:
    """Single slow runs count for nothing, nor does what lies between."""
    soak = Soak(3 * EDGE, print)
    paces = {0: 1.0, 1: 9.0, 2: 1.3}
    soak.ratios = [(number, 50.0 if number % 10 == 0 else paces[number // EDGE]) for number in range(3 * EDGE)]
    assert soak.drift() == 1.3
