"""What a course runtime's `warm` list is for: imported once, before any student byte, and left in place afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.domain.limits import MIB, Limits
from grader.errors import SandboxRefused
from grader.sandbox.installing import Wanted, install
from grader.sandbox.launcher import Namespaces
from grader.sandbox.run import AFRESH
from grader.sandbox.slot import Slot
from tests.sandbox.running import CALL_F, returned, run
from tests.sandbox.wheels import PURE, only_these_wheels, wheel

pytestmark = pytest.mark.sandbox

IS_LOADED = "import sys\nloaded = 'tiny' in sys.modules\nimport tiny\ndef f(): return float(loaded)"


@pytest.fixture(autouse=True)
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's wheels lie."""
    only_these_wheels(monkeypatch, tmp_path)
    monkeypatch.setenv("NABLA_RUNTIMES", str(tmp_path / "runtimes"))
    return tmp_path


@pytest.mark.parametrize("warm", [(), ("tiny",)])
def test_modules_to_warm_are_there_before_the_student_and_after_loading_afresh(wheels: Path, warm: tuple[str]) -> None:
    wheel(wheels, "tiny", PURE)
    install(Wanted("course", ("tiny",), warm=warm))
    with Slot(Namespaces(), "course") as slot:
        done = run(slot, IS_LOADED, probes=[CALL_F, AFRESH, CALL_F])
    assert [bool(returned(done, probe)) for probe in (0, 2)] == [bool(warm)] * 2


def test_a_runtime_on_torch_is_as_warm_as_torch(wheels: Path) -> None:
    wheel(wheels, "tiny", PURE)
    install(Wanted("course", ("tiny",), "torch"))
    with Slot(Namespaces(), "course") as slot:
        done = run(
            slot, "import torch\ndef f(): return torch.get_num_threads()", limits=Limits(cpu=0.5, memory=64 * MIB)
        )
    assert returned(done) == 1.0


def test_a_module_that_cannot_be_warmed_is_told(wheels: Path) -> None:
    wheel(wheels, "tiny", {"tiny.py": "import nothing_like_it"})
    install(Wanted("course", ("tiny",), warm=("tiny",)))
    words = "the zygote failed: ModuleNotFoundError: No module named 'nothing_like_it'"
    with pytest.raises(SandboxRefused, match=words):
        Namespaces().launch("course")


def test_a_module_that_starts_threads_is_refused(wheels: Path) -> None:
    """A child would hold their locks and have none of them."""
    waits = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    wheel(wheels, "tiny", {"tiny.py": waits})
    install(Wanted("course", ("tiny",), warm=("tiny",)))
    with pytest.raises(SandboxRefused, match="importing numpy, tiny started threads, which a fork would not have"):
        Namespaces().launch("course")
