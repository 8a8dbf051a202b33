"""`nabla course`: courses and their members, in the database of a data folder, or of DATABASE_URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.accounts import connect, find_course
from grader.cli.client import read
from grader.domain.text import printable

if TYPE_CHECKING:
    from grader.service.enrolment import Plan


def add(data: Path | None, slug: str, title: str, zone: str) -> None:
    """Make a course. Raises ConfigurationFault."""
    connect(data)
    from grader.service.enrolment import add_course

    course = add_course(slug, title or slug, zone)
    click.echo(f"course {course.slug} is there; its times are those of {course.zone}")


def show(data: Path | None) -> None:
    """Print the courses, a line each."""
    connect(data)
    from django.db.models import Count

    from grader.service.models import Course

    for course in Course.objects.annotate(members=Count("memberships")).order_by("slug"):
        click.echo(f"{course.slug:<20} {course.members:>5} members  {course.zone:<16} {course.title}")


def roster(data: Path | None, slug: str, path: Path, url: str, *, do_apply: bool, remove: bool) -> None:
    """Print what a roster would change, or change it and print the links of new accounts. Raises ConfigurationFault,
    RosterFault."""
    connect(data)
    from grader.service import enrolment
    from grader.service.first_password import first_password
    from grader.service.models import User
    from grader.service.roster import read as read_roster

    course, entries = find_course(slug), read_roster(read(path))
    if not do_apply:
        _print(enrolment.plan(course, entries, remove=remove))
        click.echo("Nothing was changed; with --apply it is.")
        return
    done = enrolment.apply(course, entries, remove=remove)
    _print(done)
    made = User.objects.filter(username__in=[entry.username for entry in done.new]).prefetch_related("memberships")
    for user in made.order_by("username"):
        click.echo(f"{user.username},{user.email},{url.rstrip('/')}{first_password(user)}")


def _print(plan: Plan) -> None:
    for word, entries in (("new account", plan.new), ("joins", plan.joining)):
        for entry in entries:
            click.echo(f"{word:<12} {entry.username:<24} {entry.role:<12} {printable(entry.name)}".rstrip())
    for entry in plan.doubtful:
        click.echo(f"{'beware':<12} {entry.username:<24} the account has another e-mail address than the file")
    for move in plan.changing:
        click.echo(f"{'role':<12} {move.username:<24} {move.before} -> {move.after}")
    for move in plan.leaving:
        click.echo(f"{'leaves':<12} {move.username:<24} {move.before}")
    stay = f", {plan.missing} who are not in the file stay" if plan.missing else ""
    click.echo(f"{plan.unchanged} unchanged{stay}")
