"""`nabla user`: accounts in the database of a data folder, or of DATABASE_URL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import ConfigurationFault
from grader.service.environment import SECRET_FILE
from grader.up.folder import default_folder, open_folder
from grader.up.service import environment

if TYPE_CHECKING:
    from grader.service.models import Course, User


def connect(data: Path | None) -> None:
    """Make the rows of a data folder reachable. Raises ConfigurationFault."""
    if data is None and os.environ.get("DATABASE_URL") and os.environ.get("SECRET_KEY"):
        # As in a container: all that a data folder would tell is set, and there may be no place for one.
        os.environ["DJANGO_SETTINGS_MODULE"] = "grader.service.settings"
    else:
        os.environ.update(environment(_existing(data or default_folder())))
    import django
    from django.core.management import call_command

    django.setup()
    from django.db import OperationalError

    try:
        call_command("migrate", verbosity=0)
    except OperationalError as error:
        raise ConfigurationFault(f"the database does not answer: {str(error).splitlines()[0]}") from None


def _existing(folder: Path) -> Path:
    if not os.environ.get("DATABASE_URL") and not (folder / SECRET_FILE).is_file():
        raise ConfigurationFault(f"there is no service in {folder}: start one with `nabla up --data {folder}`")
    return open_folder(folder)


def _find(name: str) -> User:
    from grader.service.models import User

    user = User.objects.filter(username=name).first()
    if user is None:
        raise ConfigurationFault(f"there is no account {name}; make it with `nabla user add {name}`")
    return user


def find_course(slug: str) -> Course:
    """A course by its name. Raises ConfigurationFault."""
    from grader.service.models import Course

    course = Course.objects.filter(slug=slug).first()
    if course is None:
        known = ", ".join(Course.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise ConfigurationFault(f"there is no course {slug}; there are: {known}")
    return course


def add(data: Path | None, name: str, place: tuple[str, str] | None, password: str, *, is_admin: bool) -> None:
    """Make an account, with a `place` also a member of a course, in a role. Raises ConfigurationFault."""
    connect(data)
    course = find_course(place[0]) if place else None
    user = _new(name, password, is_admin)
    if place and course:
        from grader.service.enrolment import enrol

        enrol(user, course, place[1])
    known_as = "site admin" if is_admin else place[1] if place else "account"
    click.echo(f"{known_as} {name} can sign in now")


def _new(name: str, password: str, is_admin: bool) -> User:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from grader.service.models import User

    if User.objects.filter(username=name).exists():
        raise ConfigurationFault(f"there is an account {name} already; choose another name")
    user = User(username=name, is_superuser=is_admin)
    try:
        validate_password(password, user)
        user.set_password(password)
        user.full_clean()
    except ValidationError as error:
        raise ConfigurationFault(f"the account {name} cannot be made: {' '.join(error.messages)}") from None
    user.save()
    return user


def link(data: Path | None, name: str, url: str) -> None:
    """Print a one-time link by which an account gets a password. Raises ConfigurationFault."""
    connect(data)
    from grader.service.first_password import first_password

    click.echo(url.rstrip("/") + first_password(_find(name)))


def token(data: Path | None, name: str) -> None:
    """Print a new key to the API. Raises ConfigurationFault."""
    connect(data)
    from grader.service import tokens

    click.echo(tokens.issue(_find(name)))
