"""A course's own packages inside the real sandbox: there where they are wanted, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.bundles import Bundles
from grader.domain.assignment import Assignment
from grader.domain.limits import MIB, Limits
from grader.errors import SpecError
from grader.grading import Grader
from grader.sandbox import course_runtimes
from grader.sandbox.installing import Wanted, install
from grader.sandbox.launcher import Namespaces
from grader.sandbox.run import Raised
from grader.sandbox.slot import Slot
from tests.conftest import submission_of
from tests.sandbox.running import returned, run
from tests.sandbox.wheels import PURE, compiled, only_these_wheels, wheel

pytestmark = pytest.mark.sandbox

ROOMY = Limits(wall=30.0, cpu=30.0, memory=1024 * MIB)
DO_IT_YOURSELF = ("torch", "jax", "autograd", "sympy")
"""what makes a task about implementing derivatives trivial"""


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two runtimes, on numpy and on torch, of a pure and a compiled package."""
    folder = tmp_path_factory.mktemp("runtimes")
    wheels = tmp_path_factory.mktemp("wheels")
    wheel(wheels, "tiny", {**PURE, "tiny.pth": "import sys; sys.tiny_pth = 1\n"}, needs=("numpy",))
    compiled(wheels)
    with pytest.MonkeyPatch.context() as patch:
        only_these_wheels(patch, wheels)
        patch.setenv("NABLA_RUNTIMES", str(folder))
        install(Wanted("tiny", ("tiny", "tinyext")))
        install(Wanted("tiny-torch", ("tiny",), "torch"))
        yield folder


@pytest.fixture(scope="module")
def own(folder: Path) -> Iterator[Slot]:
    """A warm slot of the course's runtime on numpy."""
    with Slot(Namespaces(), "tiny") as warm:
        yield warm


def missing(slot: Slot, name: str) -> str:
    """The exception that importing a module ends with."""
    response = run(slot, f"def f():\n    import {name}").responses[0]
    assert isinstance(response, Raised), f"{name} can be imported"
    return f"{response.kind}: {response.message}"


def test_its_packages_can_be_imported_and_know_their_version(own: Slot) -> None:
    source = "import tiny, numpy\ndef f(): return tiny.two() + (tiny.__version__ == '1.0') + numpy.ones(2)"
    assert returned(run(own, source)).tolist() == [4.0, 4.0]


def test_compiled_packages_as_well(own: Slot) -> None:
    source = "from tinyext import _speedups\ndef f(): return float(hasattr(_speedups, '_escape_inner'))"
    done = run(own, source)
    assert [unit.status for unit in done.units] == ["ok"], done.units
    assert returned(done) == 1.0


def test_they_cannot_be_written_and_their_pth_files_are_gone(own: Slot) -> None:
    done = run(own, "import sys, tiny\ndef f():\n    assert not hasattr(sys, 'tiny_pth')\n    open(tiny.__file__, 'a')")
    assert isinstance(done.responses[0], Raised)
    assert done.responses[0].kind in ("PermissionError", "OSError")


def test_no_path_of_the_machine_is_told(own: Slot, folder: Path) -> None:
    source = "import os\ndef f():\n    import pathlib\n    for p in pathlib.Path('/nabla/packages').rglob('*-1.0.dist-info/*'):\n        assert {!r} not in p.read_text(), p\n    return 1.0"
    assert returned(run(own, source.format(str(folder.parent)))) == 1.0


@pytest.mark.parametrize("name", DO_IT_YOURSELF)
def test_what_would_do_the_task_is_not_there(slot: Slot, own: Slot, name: str) -> None:
    expected = f"ModuleNotFoundError: No module named '{name}'"
    assert missing(slot, name) == missing(own, name) == expected


def test_nor_does_any_file_of_it_lie_around(own: Slot) -> None:
    """A path to it could be put on sys.path."""
    source = f"""
import os
def f():
    names = {DO_IT_YOURSELF!r}
    found = [os.path.join(top, name) for top, folders, files in os.walk('/') for name in names
             if not top.startswith('/proc') and (name in folders or name + '.py' in files)]
    assert not found, found
    return 1.0
"""
    assert returned(run(own, source, limits=ROOMY)) == 1.0


def test_other_runtimes_do_not_have_them(slot: Slot) -> None:
    assert missing(slot, "tiny") == "ModuleNotFoundError: No module named 'tiny'"


def test_a_runtime_on_torch_has_both(folder: Path) -> None:
    source = "import torch, tiny\ndef f(): return tiny.two() * torch.ones(1, dtype=torch.float64)"
    with Slot(Namespaces(), "tiny-torch") as slot:
        assert returned(run(slot, source, limits=ROOMY)) == 2.0


def test_an_assignment_is_graded_in_it(assignment: Assignment, own: Slot, bundles: Bundles) -> None:
    tasks = tuple(task for task in assignment.tasks if task.id == "dot")
    grader = Grader(replace(assignment, runtime="tiny", tasks=tasks), own, bundles)
    report = grader.grade(submission_of("import tiny\ndef grad_dot(x, a): return a * tiny.two() / 2\n"))
    assert report.environment.runtime == "tiny"
    assert report.score == report.max_score, report.tasks


def test_an_assignment_whose_runtime_is_not_here_is_its_authors_to_change(
    assignment: Assignment, slot: Slot, bundles: Bundles
) -> None:
    elsewhere = replace(assignment, runtime="pytorch", places={"runtime": (7, 10)})
    with pytest.raises(SpecError) as refused:
        Grader(elsewhere, slot, bundles).grade(submission_of("x = 1"))
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (7, 10)
    assert problem.text.startswith(
        "there is no runtime `pytorch` on this machine; known here: numpy, torch, tiny, tiny-t"
    )
    assert problem.text.endswith("nabla runtime add pytorch PACKAGE...")


def test_tensors_need_a_runtime_on_torch(assignment: Assignment) -> None:
    tasks = (replace(assignment.tasks[0], arguments="torch", places={"arguments": (3, 4)}),)
    on_numpy = replace(assignment, runtime="tiny", tasks=tasks)
    (problem,) = course_runtimes.problems(on_numpy)
    assert str(problem).endswith(":3:4: `arguments: torch` needs a runtime with torch; `tiny` starts from numpy")
    kind = replace(on_numpy, tasks=(replace(tasks[0], kind="autograd", places={"kind": (5, 6)}),))
    (problem,) = course_runtimes.problems(kind)
    assert str(problem).endswith(":5:6: `kind: autograd` needs a runtime with torch; `tiny` starts from numpy")
    assert not course_runtimes.problems(replace(on_numpy, runtime="tiny-torch"))
