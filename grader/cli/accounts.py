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
    from grader.service.models import User


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


def add(data: Path | None, name: str, role: str, password: str) -> None:
    """Make an account. Raises ConfigurationFault."""
    connect(data)
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from grader.service.models import User

    if User.objects.filter(username=name).exists():
        raise ConfigurationFault(f"there is an account {name} already; choose another name")
    user = User(username=name, is_staff=role == "staff")
    try:
        validate_password(password, user)
        user.set_password(password)
        user.full_clean()
    except ValidationError as error:
        raise ConfigurationFault(f"the account {name} cannot be made: {' '.join(error.messages)}") from None
    user.save()
    click.echo(f"{role} {name} can sign in now")


def token(data: Path | None, name: str) -> None:
    """Print a new key to the API. Raises ConfigurationFault."""
    connect(data)
    from grader.service import tokens

    click.echo(tokens.issue(_find(name)))
