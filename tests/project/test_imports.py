"""Which module may import which: the trust zones as a test. Anything not listed is forbidden."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

STDLIB = set(sys.stdlib_module_names)

# the engine, and what is built on it
WITH_TORCH = {
    f"reference.{name}"
    for name in ("api", "build", "constrained_build", "deflation", "derivatives", "device", "differentiable", "engine", "irregular", "losses", "measure", "mutants", "polish",
                 "programs", "search", "secondopinion", "slope", "stationary", "stationary_build", "tangency", "tensorprograms.build", "tensors")
}  # fmt: skip

# what the two halves of the sandbox share
BOTH_HALVES = {f"grader.sandbox.{name}" for name in ("wire", "numbers", "layouts")}

# how checks say what is to be run
PROBES = {f"grader.sandbox.{name}" for name in ("run", "probes", "oracles")}

# package or module -> what it may import besides the standard library and itself; the longest match counts
ALLOWED: dict[str, set[str]] = {
    "reference": {"reference", "numpy"},
    "reference.language": {"reference.functions"},
    "reference.functions": {"reference.functions"},
    "reference.shapes": {"reference.functions", "reference.language"},
    "reference.words": set(),
    "reference.domains": {"reference.language", "reference.shapes", "reference.words"},
    "reference.constrained": {"reference.domains", "reference.language"},
    "reference.truth": {"reference", "numpy", "mpmath"},
    **{name: {"reference", "numpy", "torch"} for name in WITH_TORCH},
    "grader.errors": set(),
    "grader.domain": {"grader.domain"},
    # of the catalogue of mistakes, its words alone
    "grader.specs": {"grader.specs", "grader.domain", "grader.errors", "grader.diagnosis.catalogue", "reference", "yaml", "pydantic"},
    "grader.intake": {"grader.intake", "grader.domain", "grader.errors"},
    "grader.checks": {"grader.checks", "grader.domain", "grader.errors", *PROBES, "reference", "numpy"},
    "grader.diagnosis": {"grader.diagnosis", "grader.domain", "grader.errors", "reference", "numpy"},
    "grader.feedback.drawing": {"grader.domain.pictures", "grader.feedback", "matplotlib", "numpy"},
    "grader.feedback.graphs": {"grader.domain.pictures", "grader.feedback", "matplotlib"},
    "grader.feedback": {"grader.feedback", "grader.domain", "grader.errors", "grader.sandbox.run"},
    "grader.sandbox": {"grader", "grader.sandbox", "grader.domain", "grader.errors", "numpy"},
    **{name: {"numpy", "grader.sandbox.layouts"} for name in BOTH_HALVES},
    # the type of what is written for the inside half to read, for the type checker only
    "grader.sandbox.launcher": {"grader.domain.limits", "grader.errors", "grader.sandbox", "grader.inside.tree"},
    "grader.sandbox.runtimes": {"grader", "grader.errors", "grader.inside.tree", "grader.sandbox.course_runtimes"},
    "grader.inside": {"grader.inside", *BOTH_HALVES, "numpy"},
    "grader.inside.testing": {"grader.inside", *BOTH_HALVES, "numpy", "pytest"},
    "grader.bundles": {"grader.domain", "grader.errors", "reference"},
    "grader.grading": {
        "grader", "grader.bundles", "grader.checks", "grader.diagnosis", "grader.domain", "grader.errors",
        "grader.feedback", "grader.intake", "grader.sandbox", "grader.specs", "grader.stages", "reference", "numpy",
    },
    "grader.stages": {"grader.checks", "grader.domain"},
    "grader.gates": {"grader.checks", "grader.diagnosis", "grader.domain", "reference", "numpy"},
    "grader.archives": {"grader.domain", "grader.errors", "grader.intake", "grader.specs"},
    "grader.logs": set(),
    # the web: no sandbox, no worker, no grading, no numbers
    "grader.service": {
        "grader.service", "grader.archives", "grader.domain", "grader.errors", "grader.feedback", "grader.intake",
        "grader.logs", "celery", "dj_database_url", "django", "kombu", "markdown_it", "mdit_py_plugins", "ninja",
        "pydantic", "redis", "waitress",
    },
    "grader.worker": {
        "grader.worker", "grader.archives", "grader.bundles", "grader.domain", "grader.errors", "grader.feedback",
        "grader.gates", "grader.grading", "grader.intake", "grader.logs", "grader.sandbox", "grader.service", "reference", "celery",
        "django",
    },
    "grader.worker.build": {"grader.archives", "grader.bundles", "grader.errors", "reference.api"},
    "grader.up": {"grader.up", "grader.errors", "grader.service.environment"},
    "grader.cli": {"grader", "reference", "click", "django", "httpx", "rich"},
}  # fmt: skip

# Only these may import the engine; everybody else is handed a function that builds bundles.
ENGINE_USERS = {*WITH_TORCH, "grader.cli.grade", "grader.cli.verify", "grader.worker.build"}


def modules() -> dict[str, Path]:
    found = {}
    for package in ("grader", "reference"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[name] = path
    return found


def imports(path: Path) -> set[str]:
    """Full names that a file imports; `from a import b` counts as a.b where that is a module, else as a."""
    known = modules()
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in known else node.module for name in names}
    return found - {"__future__"}


def rule_of(name: str) -> set[str]:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        if ".".join(parts[:length]) in ALLOWED:
            return ALLOWED[".".join(parts[:length])]
    return set()


def is_allowed(target: str, rule: set[str]) -> bool:
    if target.split(".")[0] in STDLIB:
        return True
    # `grader` alone is its version, not everything below it
    return any(target == allowed or (allowed != "grader" and target.startswith(allowed + ".")) for allowed in rule)


@pytest.mark.parametrize("name", [name for name in modules() if not name.startswith("grader.cli")])
def test_a_module_imports_only_what_its_zone_allows(name: str) -> None:
    forbidden = {target for target in imports(modules()[name]) if not is_allowed(target, rule_of(name))}
    assert not forbidden, f"{name} may not import {', '.join(sorted(forbidden))}"


@pytest.mark.parametrize("name", modules())
def test_only_the_composition_root_reaches_the_engine(name: str) -> None:
    reached = imports(modules()[name]) & {*WITH_TORCH, "torch"}
    assert not reached or name in ENGINE_USERS


def test_the_rules_can_fail(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import torch\nfrom grader import grading\nfrom reference.points import Array\nimport os\n")
    found = imports(wrong)
    assert found == {"torch", "grader.grading", "reference.points", "os"}
    assert [target for target in sorted(found) if is_allowed(target, ALLOWED["grader.inside"])] == ["os"]


SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.service.settings"}


def loaded_after(statement: str, environment: dict[str, str] | None = None) -> set[str]:
    script = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={**os.environ, **(environment or {})}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    return set(done.stdout.split())


def test_the_inside_half_loads_nothing_of_the_trusted_side() -> None:
    loaded = loaded_after("import grader.inside.shim, grader.inside.zygote, grader.inside.boot")
    ours = {name for name in loaded if name.startswith(("grader.", "reference"))}
    assert {name for name in ours if not name.startswith("grader.inside")} == {"grader.sandbox", *BOTH_HALVES}
    assert not {"torch", "yaml", "pydantic", "click"} & loaded


def test_grading_loads_neither_torch_nor_numbers_of_many_digits() -> None:
    assert not {"torch", "mpmath"} & loaded_after("import grader.cli.grade, grader.grading")


@pytest.mark.parametrize("statement", ["import grader.service.wsgi", "import grader.service.urls"])
def test_the_web_loads_no_torch_no_sandbox_and_no_worker(statement: str) -> None:
    loaded = loaded_after(f"import tests.service.settings, django\ndjango.setup()\n{statement}", SETTINGS)
    assert "grader.service.models" in loaded
    assert (
        not {"torch", "numpy", "grader.sandbox.wire", "grader.sandbox.slot", "grader.worker", "reference.engine"}
        & loaded
    )


def test_a_worker_loads_no_torch() -> None:
    loaded = loaded_after("import tests.service.settings, django\ndjango.setup()\nimport grader.worker.app", SETTINGS)
    assert "grader.worker.workbench" in loaded
    assert "torch" not in loaded


def test_linting_loads_neither_torch_nor_numpy() -> None:
    loaded = loaded_after("from grader.cli.main import nabla\nimport grader.specs.load")
    assert not {"torch", "numpy", "rich"} & loaded
