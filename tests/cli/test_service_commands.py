"""`nabla user`, `publish`, `submit`, `status` against a running service, and what they say when something is wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.service.demo import OPEN, SOLUTION
from tests.specs.writing import write
from tests.up.conftest import demo_folder, shared_cache
from tests.up.furnishing import furnish
from tests.up.running import Running, clean, nabla, running

__all__ = ["demo_folder", "shared_cache"]

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, demo_folder: Path, shared_cache: Path) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("cli") / "data", NABLA_CACHE=str(shared_cache)) as started:
        yield furnish(started, demo_folder)


def as_(service: Running, name: str) -> dict[str, str]:
    return {"NABLA_SERVER": service.url, "NABLA_TOKEN": service.tokens[name]}


@pytest.fixture
def solution(tmp_path: Path) -> Path:
    path = tmp_path / "solution.py"
    path.write_bytes(SOLUTION)
    return path


def test_publish(service: Running, demo_folder: Path) -> None:
    done = nabla("publish", str(demo_folder), **as_(service, "ada"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"demo: revision 1 is in use at {service.url}/courses/calculus/assignments/demo"


def test_publish_something_wrong(service: Running, tmp_path: Path) -> None:
    faulty = write(tmp_path, OPEN.replace("title: Demo", "titel: Demo"))
    done = nabla("publish", str(faulty), **as_(service, "ada"))
    assert done.returncode == 2
    assert f"{faulty}/assignment.yaml:3:1: " in done.stderr
    refused = nabla("publish", str(write(tmp_path / "b", OPEN)), **as_(service, "ada"))
    assert refused.returncode == 2
    assert "solution/: task `square`, check `generic` ended with missing" in refused.stderr


def test_students_do_not_publish(service: Running, demo_folder: Path) -> None:
    done = nabla("publish", str(demo_folder), **as_(service, "emmy"))
    assert (done.returncode, done.stderr) == (2, "Only TAs and instructors of the course publish assignments.\n")


def test_submit_and_status(service: Running, solution: Path) -> None:
    done = nabla("submit", "demo", str(solution), **as_(service, "emmy"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Received solution.py at 20")
    assert "SHA-256 " in done.stdout
    number = done.stdout.splitlines()[0].rpartition(" ")[2]
    listed = nabla("status", **as_(service, "emmy"))
    assert number in listed.stdout
    waited = nabla("submit", "demo", str(solution), "--wait", **as_(service, "emmy"))
    assert waited.returncode == 0
    assert "Score 3 / 3" in waited.stdout
    one = nabla("status", number, "--json", **as_(service, "emmy"))
    assert json.loads(one.stdout)["id"] == number
    assert json.loads(nabla("status", "--json", **as_(service, "emmy")).stdout)[-1]["id"] == number


def test_submit_what_cannot_be_graded(service: Running, tmp_path: Path) -> None:
    (tmp_path / "solution.py").write_text("def f(:\n")
    done = nabla("submit", "demo", str(tmp_path / "solution.py"), "--wait", **as_(service, "emmy"))
    assert done.returncode == 3
    assert "solution.py line 1: this is not Python" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["submit", "nothing", "FILE"],
            "There is no assignment nothing in the course calculus, or it has not opened yet.",
        ),
        (["submit", "demo", "missing.py"], "missing.py cannot be read: No such file or directory"),
        (["status", "no-number"], "There is no submission no-number: numbers look like"),
        (["status", "00000000-0000-4000-8000-000000000000"], "There is no such thing, or it is not yours to see."),
    ],
)
def test_what_is_not_there(service: Running, solution: Path, arguments: list[str], words: str) -> None:
    given = [str(solution) if argument == "FILE" else argument for argument in arguments]
    done = nabla(*given, **as_(service, "emmy"))
    assert done.returncode == 2
    assert words in done.stderr


def test_an_empty_file_is_refused(service: Running, tmp_path: Path) -> None:
    (tmp_path / "solution.py").write_text("")
    done = nabla("submit", "demo", str(tmp_path / "solution.py"), **as_(service, "emmy"))
    assert (done.returncode, done.stderr) == (2, "solution.py is empty; hand in the file with your solution.\n")


def test_work_of_others_is_not_there(service: Running, solution: Path) -> None:
    number = nabla("submit", "demo", str(solution), **as_(service, "ada")).stdout.splitlines()[0].rpartition(" ")[2]
    assert nabla("status", number, **as_(service, "emmy")).returncode == 2


def test_without_a_token_or_a_server(service: Running, solution: Path) -> None:
    done = nabla("status")
    assert done.returncode == 4
    assert "no token: make one with `nabla user token NAME`" in done.stderr
    done = nabla("status", "--token", "nabla_wrong", "--server", service.url)
    assert "the token is not valid" in done.stderr
    done = nabla("status", "--token", "x", "--server", "http://127.0.0.1:9")
    assert "http://127.0.0.1:9 does not answer: " in done.stderr
    assert "is `nabla up` running?" in done.stderr


def test_accounts(service: Running) -> None:
    data = str(service.data)
    made = nabla("user", "add", "amalie", "--data", data, "--password-stdin", stdin="for-amalie-only\n")
    assert made.stdout == "account amalie can sign in now\n"
    weak = nabla("user", "add", "carl", "--data", data, "--password-stdin", stdin="1234\n")
    assert weak.returncode == 4
    assert "the account carl cannot be made: This password is too short." in weak.stderr
    strange = nabla("user", "add", "a b", "--data", data, "--password-stdin", stdin="for-nobody-at-all\n")
    assert "the account a b cannot be made: Enter a valid username." in strange.stderr
    nobody = nabla("user", "token", "carl", "--data", data)
    assert "there is no account carl; make it with `nabla user add carl`" in nobody.stderr
    assert nabla("user", "token", "amalie", "--data", data).stdout.startswith("nabla_")
    link = nabla("user", "link", "amalie", "--data", data, "--url", service.url).stdout.strip()
    assert "Choose a password" in httpx.get(link, follow_redirects=True).text


def test_a_role_is_one_in_a_course(service: Running) -> None:
    data = str(service.data)
    done = nabla("user", "add", "carl", "--role", "ta", "--data", data)
    assert "A role is one in a course: name it with --course." in done.stderr
    done = nabla("user", "add", "carl", "--course", "typo", "--data", data, "--password-stdin", stdin="for-carl-only\n")
    assert "there is no course typo; there are: calculus" in done.stderr


def test_a_course_and_its_roster(service: Running, tmp_path: Path) -> None:
    data = str(service.data)
    done = nabla("course", "add", "physics", "--title", "Physics", "--zone", "Europe/Berlin", "--data", data)
    assert done.stdout == "course physics is there; its times are those of Europe/Berlin\n"
    (tmp_path / "people.csv").write_text("name,e-mail,username,role\nMarie,m@x.org,marie,ta\nAda,,ada,instructor\n")
    roster = ("course", "roster", "physics", str(tmp_path / "people.csv"), "--data", data, "--url", service.url)
    shown = nabla(*roster).stdout
    assert "new account  marie                    ta           Marie" in shown
    assert "joins        ada                      instructor   Ada" in shown
    assert shown.endswith("0 unchanged\nNothing was changed; with --apply it is.\n")
    applied = nabla(*roster, "--apply").stdout
    link = re.search(r"^marie,m@x.org,(http://\S+/password/\S+)$", applied, re.MULTILINE)
    assert link
    assert "Choose a password" in httpx.get(link[1], follow_redirects=True).text
    assert "ada," not in applied
    assert (
        "physics                  2 members  Europe/Berlin    Physics" in nabla("course", "list", "--data", data).stdout
    )
    (tmp_path / "people.csv").write_text("username,role\nada,boss\n")
    refused = nabla(*roster)
    assert (refused.returncode, refused.stderr) == (2, "line 2: the role “boss” is none of student, ta, instructor\n")
    which = nabla("status", **as_(service, "ada"))  # she belongs to two courses now
    assert (which.returncode, which.stderr) == (
        4, "nabla: which course? Name it with --course; you belong to physics, calculus\n"
    )  # fmt: skip
    assert nabla("status", "--course", "physics", **as_(service, "ada")).stdout == "Nothing was handed in yet.\n"
    (tmp_path / "people.csv").write_text("username,role\nmarie,instructor\n")
    left = nabla(*roster, "--remove", "--apply").stdout
    assert "role         marie                    ta -> instructor" in left
    assert "leaves       ada                      instructor" in left
    nowhere = nabla("status", "--course", "typo", **as_(service, "ada"))
    assert nowhere.stderr == "There is no course typo, or you do not belong to it.\n"


def test_a_mistyped_folder_is_no_new_service(tmp_path: Path) -> None:
    done = nabla("user", "add", "emmy", "--data", str(tmp_path / "typo"), "--password-stdin", stdin="for-emmy-only\n")
    assert done.returncode == 4
    assert f"there is no service in {tmp_path / 'typo'}: start one with `nabla up --data" in done.stderr
    assert not (tmp_path / "typo").exists()


def test_a_demo_does_not_touch_accounts_that_are_there(service: Running) -> None:
    from grader.up.service import environment

    settings = {**environment(service.data), **service.environment}
    done = subprocess.run(
        [sys.executable, "-m", "grader.cli.demo", service.url], env=clean(settings), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "--demo makes accounts of its own, and there are some already" in done.stderr
