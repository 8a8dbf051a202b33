"""What a course runtime is made of: chosen by pip beside the base, stripped, whole or not at all."""

from __future__ import annotations

import importlib.util
import json
import os
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from grader.errors import ConfigurationFault, SandboxRefused, UnknownRuntime
from grader.sandbox import course_runtimes, runtimes
from grader.sandbox.installing import Wanted, install, remove
from tests.sandbox.wheels import PURE, only_these_wheels, wheel


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of wheels, and an empty one of runtimes."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    only_these_wheels(monkeypatch, folder)
    monkeypatch.setenv("NABLA_RUNTIMES", str(tmp_path / "runtimes"))
    return folder


def entries(name: str) -> list[str]:
    return sorted(path.name for path in (course_runtimes.folder() / name / "packages").iterdir())


def test_what_stays_of_a_wheel(wheels: Path) -> None:
    files: dict[str, str | bytes] = {
        **PURE, "alone.py": "", "tiny.libs/libx.so": b"", "tiny.pth": "import os\n",
        "scripts/tiny": "#!python\n", "data/share/tiny.txt": "x",
    }  # fmt: skip
    wheel(wheels, "tiny", files)
    previous = os.umask(0o077)
    try:
        made = install(Wanted("course", ("tiny",)))
    finally:
        os.umask(previous)
    assert entries("course") == ["__pycache__", "alone.py", "tiny", "tiny-1.0.dist-info", "tiny.libs"]
    packages = course_runtimes.folder() / "course" / "packages"
    assert [path.name for path in (packages / "tiny-1.0.dist-info").iterdir() if path.name != "WHEEL"] == ["METADATA"]
    assert (packages / "tiny" / "__init__.py").stat().st_mode & 0o044 == 0o044, "the user of a slot reads it"
    assert course_runtimes.read("course") == made
    assert made.distributions == ("tiny 1.0",)
    assert not [path for path in course_runtimes.folder().iterdir() if path.name != "course"]


def test_the_base_is_taken_as_installed_and_nothing_else_of_this_machine_is(wheels: Path) -> None:
    """yaml and sympy are installed beside Nabla; only the latter is part of a base, that of torch."""
    wheel(wheels, "tiny", PURE, needs=("numpy>=2", "PyYAML"))
    wheel(wheels, "PyYAML", {"yaml.py": ""}, version="99")
    assert install(Wanted("one", ("tiny",))).distributions == ("PyYAML 99", "tiny 1.0")
    wheel(wheels, "symbolic", {"symbolic.py": ""}, needs=("sympy", "torch"))
    assert install(Wanted("two", ("symbolic",), "torch")).distributions == ("symbolic 1.0",)


def test_a_description_shows_the_base_and_the_packages(wheels: Path) -> None:
    path = wheel(wheels, "tiny", PURE)
    install(Wanted("course", (str(path),), warm=("tiny",)))
    described = runtimes.describe("course")
    plain = runtimes.describe("numpy")
    added = [os.path.basename(path) for path in described["packages"] if path not in plain["packages"]]
    assert added == ["tiny", "tiny-1.0.dist-info"]
    assert (described["name"], described["base"], described["warm"]) == ("course", "numpy", ["tiny"])
    assert (plain["base"], plain["warm"]) == ("numpy", [])


def test_a_relative_path_of_a_wheel_is_that_of_the_caller(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(wheels)
    made = install(Wanted("course", (wheel(wheels, "tiny", PURE).name,)))
    assert made.distributions == ("tiny 1.0",)


NUMPY = metadata.version("numpy")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted("numpy", ("tiny",)), "`numpy` cannot name a course runtime; take lower-case letters, digits and `-`"),
        (Wanted("tests", ("tiny",)), "and none of numpy, torch, tests, which are built in"),
        (Wanted("../up", ("tiny",)), "`../up` cannot name a course runtime"),
        (Wanted("c", ("git+https://example.org/tiny",)), "is neither a package such as `scipy>=1.15` nor a wheel"),
        (Wanted("c", ("./tiny",)), "`./tiny` is neither a package"),
        (Wanted("c", ("tiny-1.0.tar.gz",)), "other sources would run their own code here"),
        (Wanted("c", ("-r", "list.txt")), "`-r` is neither a package"),
        (Wanted("c", ("tiny",), warm=("tiny two",)), "`tiny two` is not a module such as `scipy.linalg`"),
        (Wanted("c", ("numpy",)), "the numpy runtime has numpy already: use `runtime: numpy`"),
        (Wanted("c", ("nothing-here",)), "pip has no wheels of nothing-here for Python 3."),
        (Wanted("c", ("old",)), f"old would put numpy 1.0 in the place of {NUMPY}, which every numpy runtime has"),
        (Wanted("c", ("deep",)), "deep needs torch: start from it with --base torch"),
        (Wanted("c", ("hides",)), "hides brings a module `numpy`, which would hide the one of the numpy runtime"),
        (Wanted("c", ("backport",)), "backport brings a module `typing`, which would hide the one of Python; leave"),
        (Wanted("c", ("ours",)), "ours brings a module `grader`, which would hide the one of Nabla"),
    ],
)
def test_refused_and_nothing_is_left(wheels: Path, wanted: Wanted, words: str) -> None:
    wheel(wheels, "tiny", PURE)
    wheel(wheels, "numpy", {"numpy/__init__.py": ""})
    wheel(wheels, "torch", {"torch/__init__.py": ""})
    wheel(wheels, "old", {"old.py": ""}, needs=("numpy<2",))
    wheel(wheels, "deep", {"deep.py": ""}, needs=("torch",))
    wheel(wheels, "hides", {"numpy/more.py": ""})
    wheel(wheels, "backport", {"typing.py": ""})
    wheel(wheels, "ours", {"grader/inside/shim.py": ""})
    with pytest.raises(ConfigurationFault) as refused:
        install(wanted)
    assert words in str(refused.value)
    assert not course_runtimes.folder().exists() or not [*course_runtimes.folder().iterdir()]


def test_what_could_only_be_built_is_not_found(wheels: Path) -> None:
    (wheels / "built-1.0.tar.gz").write_bytes(b"")
    with pytest.raises(ConfigurationFault, match="pip has no wheels of built"):
        install(Wanted("course", ("built",)))


def test_a_name_is_given_once_and_given_back(wheels: Path) -> None:
    wheel(wheels, "tiny", PURE)
    install(Wanted("course", ("tiny",)))
    with pytest.raises(ConfigurationFault, match="a runtime `course` already; remove it first: nabla runtime remove"):
        install(Wanted("course", ("tiny",)))
    remove("course")
    assert course_runtimes.names() == []
    with pytest.raises(ConfigurationFault, match="no course runtime `course` in .* to remove; there are: none"):
        remove("course")


def test_a_folder_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NABLA_RUNTIMES", "/dev/null/runtimes")
    with pytest.raises(ConfigurationFault, match="cannot be changed: Not a directory; name a folder you may write"):
        install(Wanted("course", ("tiny",)))


def test_an_environment_without_pip(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationFault, match="pip is not installed beside Nabla: run .* -m ensurepip"):
        install(Wanted("course", ("tiny",)))


def test_the_folder_is_the_users_unless_one_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NABLA_RUNTIMES", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert course_runtimes.folder() == tmp_path / "nabla" / "runtimes"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert course_runtimes.folder() == Path.home() / ".local" / "share" / "nabla" / "runtimes"


def write_record(folder: Path, **changes: Any) -> None:
    content = {"base": "numpy", "python": course_runtimes.PYTHON, "requirements": [], "distributions": [], "warm": []}
    (folder / "course" / "packages").mkdir(parents=True)
    (folder / "course" / "runtime.json").write_text(json.dumps({**content, **changes}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"python": "3.8"}, r"course was made for Python 3\.8 on numpy, and Nabla runs on Python .*; make it again: nabla"),
        ({"base": "jax"}, "course was made for Python .* on jax, and Nabla runs on Python .* with numpy and torch"),
        ({"warm": None}, r"runtime\.json is damaged \(.*\); make it again: nabla runtime remove course"),
    ],
)  # fmt: skip
def test_a_runtime_that_cannot_be_used_any_more(wheels: Path, changes: dict[str, Any], words: str) -> None:
    write_record(course_runtimes.folder(), **changes)
    with pytest.raises(SandboxRefused, match=words):
        runtimes.describe("course")


@pytest.mark.parametrize("name", ["jax", "../course", "", "course/packages"])
def test_an_unknown_runtime_names_the_known_ones(wheels: Path, name: str) -> None:
    write_record(course_runtimes.folder())
    with pytest.raises(UnknownRuntime, match="known here: numpy, torch, course; whoever runs it can add one: nabla"):
        runtimes.describe(name)
