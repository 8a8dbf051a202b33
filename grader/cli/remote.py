"""`nabla publish`, `submit`, `status`: what one does with a service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from grader.archives import pack
from grader.cli import exits, render
from grader.cli.client import Client, read
from grader.domain.text import printable
from grader.specs.load import load

_EXITS = {"graded": exits.DONE, "not_gradable": exits.NOT_GRADABLE, "needs_attention": exits.SYSTEM}


def publish(client: Client, folder: Path) -> None:
    """Publish a folder and wait until it is in use. Raises AuthorFault."""
    assignment = load(folder)  # problems are told with the author's own paths, before anything is sent
    revision = client.publish(pack(folder))
    place = f"{client.server}/courses/{revision['course']}/assignments/{assignment.id}"
    click.echo(f"{assignment.id}: revision {revision['id']} is in use at {place}")


def submit(client: Client, assignment: str, path: Path, *, wait: bool, as_json: bool) -> int:
    """Hand in a file; the exit status. Raises StudentFault."""
    receipt = client.submit(assignment, path.name, read(path))
    if not wait:
        _show_receipt(client, receipt, as_json)
        return exits.DONE
    return show(client, client.wait(receipt["id"]), as_json)


def _show_receipt(client: Client, receipt: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(receipt, ensure_ascii=False))
        return
    click.echo(f"Received {printable(receipt['name'])} at {receipt['received']}, number {receipt['id']}")
    click.echo(f"SHA-256 {receipt['sha256']}")
    click.echo(f"{client.server}{receipt['url']}")


def show(client: Client, submission: dict[str, Any], as_json: bool) -> int:
    """Print how a submission stands; the exit status."""
    if as_json:
        click.echo(json.dumps(submission, ensure_ascii=False))
    elif submission["report"]:
        render.print_report(submission["assignment"], printable(submission["name"]), submission["report"])
        click.echo(f"{client.server}{submission['url']}")
    else:
        click.echo(_line(submission))
    return _EXITS.get(submission["state"], exits.DONE)


def list_newest(client: Client, as_json: bool) -> None:
    """Print the newest submissions, a line each."""
    listed = client.submissions()
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    for submission in listed:
        click.echo(_line(submission))
    if not listed:
        click.echo("Nothing was handed in yet.")


def _line(submission: dict[str, Any]) -> str:
    place = f", place {submission['place']}" if submission["place"] else ""
    score = "" if submission["score"] is None else f"{submission['counted']:g} / {submission['max_score']:g}"
    name = printable(submission["name"])
    return (
        f"{submission['id']}  {submission['assignment']:<20} {name:<24} {submission['state']}{place} {score}".rstrip()
    )
