"""A course with the example assignment, accounts for it, and six submissions that go the way every submission goes.

python -m grader.cli.demo URL    (beside a service, in its environment; `nabla up --demo` does it)
"""

from __future__ import annotations

import os
import secrets
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click

import grader
from grader.archives import pack
from grader.cli import accounts, render
from grader.cli.client import Client
from grader.errors import ConfigurationFault, NablaError

_CHECKOUT = Path(grader.__file__).parent.parent
_ASSIGNMENT = _CHECKOUT / "assignments" / "matrix-calculus"
_SAMPLES = _CHECKOUT / "tests" / "submissions" / "matrix-calculus"
COURSE = "demo"
STAFF = {"ada": "instructor", "alan": "ta"}
PUBLISHER = "ada"
STUDENTS = {
    "all_right.py": "emmy", "transposed.py": "sofia", "half_right.py": "carl", "endless.py": "leon",
    "crashes.py": "maria", "notebook.ipynb": "amalie",
}  # fmt: skip


def require_checkout() -> None:
    """Raises ConfigurationFault where the example assignment is not there."""
    if not _ASSIGNMENT.is_dir():
        raise ConfigurationFault(f"the example is not at {_ASSIGNMENT}: --demo needs a checkout of the project")


def demonstrate(url: str) -> None:
    """Make accounts, publish, hand in, wait, print scores and logins."""
    password, tokens = _accounts()
    with Client(url, tokens[PUBLISHER]) as staff:
        click.echo("Publishing assignments/matrix-calculus (expected values are computed once) ...")
        staff.publish(pack(_ASSIGNMENT))
    click.echo(f"Handing in {len(STUDENTS)} submissions:\n")
    with ThreadPoolExecutor(len(STUDENTS)) as pool:
        graded = pool.map(lambda item: _hand_in(url, tokens[item[1]], item[0]), STUDENTS.items())
        for (file, name), submission in zip(STUDENTS.items(), graded, strict=True):
            _print(f"{name}: {file}", submission)
    click.echo(f"\nOpen {url} and sign in:")
    for name, role in _people().items():
        click.echo(f"  {role:<10} {name:<8} {password}")


def _people() -> dict[str, str]:
    return {**STAFF, **dict.fromkeys(STUDENTS.values(), "student")}


def _accounts() -> tuple[str, dict[str, str]]:
    """A course, one new password for everybody in it, and a token for each."""
    from grader.service import tokens
    from grader.service.enrolment import add_course, enrol
    from grader.service.models import User

    if User.objects.exists():
        raise ConfigurationFault("--demo makes accounts of its own, and there are some already: name an empty folder")
    password = secrets.token_urlsafe(9)
    course = add_course(COURSE, "Differentiation, by example", "UTC")
    keys = {}
    for name, role in _people().items():
        user = User.objects.create_user(name, password=password)
        enrol(user, course, role)
        keys[name] = tokens.issue(user)
    return password, keys


def _hand_in(url: str, token: str, file: str) -> dict[str, Any]:
    with Client(url, token) as student:
        receipt = student.submit(_ASSIGNMENT.name, file, (_SAMPLES / file).read_bytes())
        return student.wait(receipt["id"])


def _print(name: str, submission: dict[str, Any]) -> None:
    if submission["report"]:
        render.print_line(name, submission["report"])
    else:
        click.echo(f"{name:<28} {submission['state']}")


if __name__ == "__main__":
    accounts.connect(Path(os.environ["NABLA_DATA"]))
    try:
        demonstrate(sys.argv[1])
    except NablaError as fault:
        sys.exit(f"nabla: {fault}")
