"""`nabla`: the commands. Each imports what it needs when it runs, so that linting stays fast."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from grader import __version__
from grader.cli import exits
from grader.errors import AuthorFault, StudentFault, SystemFault


@contextlib.contextmanager
def reported() -> Iterator[None]:
    """Faults as one sentence on stderr and an exit status."""
    try:
        yield
    except SystemFault as fault:
        click.echo(f"nabla: {fault}", err=True)
        sys.exit(exits.SYSTEM)
    except (AuthorFault, StudentFault) as fault:
        click.echo(str(fault), err=True)
        sys.exit(exits.SPEC)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nabla")
def nabla() -> None:
    """Grade coursework on differentiation and autograd."""


@nabla.command()
@click.argument("assignments", metavar="ASSIGNMENT...", nargs=-1, required=True, type=click.Path(path_type=Path))
def lint(assignments: tuple[Path, ...]) -> None:
    """Check assignments: every problem at file:line:column, in milliseconds."""
    from grader.cli.lint import lint_all

    with reported():
        sys.exit(lint_all(assignments))


@nabla.command()
@click.argument("assignments", metavar="ASSIGNMENT...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--matrix", is_flag=True, help="Also print every typical wrong answer, and what becomes of it.")
def verify(assignments: tuple[Path, ...], matrix: bool) -> None:
    """Try every gate of assignments: is the reference right, the solution complete, is any mistake accepted?

    Exit status: 0 every gate holds; 2 one does not; 4 system error.
    """
    from grader.cli.verify import verify_all

    sys.exit(verify_all(assignments, matrix=matrix))


@nabla.command()
@click.argument("assignment", metavar="ASSIGNMENT", type=click.Path(path_type=Path))
@click.argument("submissions", metavar="SUBMISSION...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report alone, as JSON; one line each.")
@click.option("--seed", help="Draw the points from this text instead of from submission and revision.")
@click.option("--audience", type=click.Choice(["student", "staff"]), default="staff", show_default=True)
@click.option("--task", "task", metavar="ID", help="Grade this task only.")
def grade(
    assignment: Path, submissions: tuple[Path, ...], as_json: bool, seed: str | None, audience: str, task: str | None
) -> None:
    """Grade submissions (.py, .ipynb, .zip or a folder) of an assignment.

    Exit status: 0 graded, whatever the score; 2 wrong usage or assignment; 3 not gradable; 4 system error.
    """
    from grader.cli.grade import grade_all

    sys.exit(grade_all(assignment, submissions, as_json=as_json, seed=seed, audience=audience, task=task))


@nabla.command()
def doctor() -> None:
    """What this machine offers: a line for every layer and service, and what to change.

    Exit status: 0 submissions can be graded here; 4 there is no safe sandbox.
    """
    from grader.cli import doctor as command

    sys.exit(command.run())


@nabla.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the database; made where there is none.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--workers", type=click.IntRange(1, 64), help="Graders at work; one a core unless given.")
@click.option("--demo", is_flag=True, help="With an example course, its staff, six students and their submissions.")
def up(data: Path | None, port: int, workers: int | None, demo: bool) -> None:
    """Run everything on this machine: web, workers, broker, database."""
    from grader.cli import up as commands

    with reported():
        (commands.up_demo if demo else commands.up)(data, port, workers)


def remote(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that speaks to a service."""
    server = click.option("--server", help="URL of the service; else NABLA_SERVER, else http://127.0.0.1:8000.")
    token = click.option("--token", help="A key to its API; else NABLA_TOKEN.")
    course = click.option("--course", help="Not needed where you belong to one course only.")
    return server(token(course(command)))


@nabla.command()
@click.argument("assignment", metavar="ASSIGNMENT", type=click.Path(path_type=Path))
@remote
def publish(assignment: Path, server: str | None, token: str | None, course: str | None) -> None:
    """Make the folder of an assignment a revision that students hand in to. TAs and instructors only."""
    from grader.cli import client, remote

    with reported(), client.connect(server, token, course) as service:
        remote.publish(service, assignment)


@nabla.command()
@click.argument("assignment", metavar="ASSIGNMENT_ID")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--wait", is_flag=True, help="Until it is graded, then print the report.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer of the service.")
@remote
def submit(
    assignment: str, file: Path, wait: bool, as_json: bool, server: str | None, token: str | None, course: str | None
) -> None:
    """Hand in a file and print the receipt.

    Exit status with --wait: 0 graded, whatever the score; 3 not gradable; 4 system error.
    """
    from grader.cli import client, remote

    with reported(), client.connect(server, token, course) as service:
        sys.exit(remote.submit(service, assignment, file, wait=wait, as_json=as_json))


@nabla.command()
@click.argument("submission", metavar="[SUBMISSION]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the answer of the service.")
@remote
def status(submission: str | None, as_json: bool, server: str | None, token: str | None, course: str | None) -> None:
    """How a submission stands, with its report; without a number, the newest submissions of the course."""
    from grader.cli import client, remote

    with reported(), client.connect(server, token, course) as service:
        if submission is None:
            remote.list_newest(service, as_json)
        else:
            sys.exit(remote.show(service, service.submission(submission), as_json))


@nabla.group()
def user() -> None:
    """Accounts of the service on this machine."""


def of_this_machine(command: Callable[..., None]) -> Callable[..., None]:
    """The option of every command that reads the database of the service itself."""
    return click.option("--data", type=click.Path(path_type=Path), help="The data folder, as for `nabla up`.")(command)


@user.command("add")
@click.argument("name")
@click.option("--course", help="A course that the account belongs to from the start.")
@click.option(
    "--role", type=click.Choice(["student", "ta", "instructor"]), help="In that course; student unless given."
)
@click.option("--admin", is_flag=True, help="A site admin: may do everything in every course.")
@of_this_machine
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def add_user(
    name: str, course: str | None, role: str | None, admin: bool, data: Path | None, password_stdin: bool
) -> None:
    """Make an account that can sign in."""
    from grader.cli import accounts

    if role and not course:
        raise click.UsageError("A role is one in a course: name it with --course.")
    secret = sys.stdin.readline().rstrip("\n") if password_stdin else click.prompt("Password", hide_input=True)
    with reported():
        accounts.add(data, name, (course, role or "student") if course else None, secret, is_admin=admin)


@user.command("token")
@click.argument("name")
@of_this_machine
def make_token(name: str, data: Path | None) -> None:
    """Print a new key to the API, for `nabla publish`, `submit` and `status`. It is shown this once."""
    from grader.cli import accounts

    with reported():
        accounts.token(data, name)


@user.command("link")
@click.argument("name")
@click.option("--url", envvar="NABLA_SERVER", default="http://127.0.0.1:8000", help="Where the pages are.")
@of_this_machine
def make_link(name: str, url: str, data: Path | None) -> None:
    """Print a link that works once, for a month, to choose a password. Give it to nobody but the account's owner."""
    from grader.cli import accounts

    with reported():
        accounts.link(data, name, url)


@nabla.group()
def course() -> None:
    """Courses of the service on this machine, and who belongs to them."""


@course.command("add")
@click.argument("name")
@click.option("--title", default="", help="As pages show it; the name unless given.")
@click.option("--zone", default="UTC", show_default=True, help="The time zone of its pages, such as Europe/Berlin.")
@of_this_machine
def add_course(name: str, title: str, zone: str, data: Path | None) -> None:
    """Make a course."""
    from grader.cli import courses

    with reported():
        courses.add(data, name, title, zone)


@course.command("list")
@of_this_machine
def list_courses(data: Path | None) -> None:
    """The courses there are."""
    from grader.cli import courses

    with reported():
        courses.show(data)


@course.command("roster")
@click.argument("name", metavar="COURSE")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option("--apply", "do_apply", is_flag=True, help="Change it; else only what would change is printed.")
@click.option("--remove", is_flag=True, help="Members who are not in the file leave the course.")
@click.option("--url", envvar="NABLA_SERVER", default="http://127.0.0.1:8000", help="Where the pages are, for links.")
@of_this_machine
def roster(name: str, file: Path, do_apply: bool, remove: bool, url: str, data: Path | None) -> None:
    """Put people into a course, from a CSV file with the columns name, e-mail, username, role.

    For every new account a line is printed: username, e-mail, and a link that works once to choose a password.
    """
    from grader.cli import courses

    with reported():
        courses.roster(data, name, file, url, do_apply=do_apply, remove=remove)


def runtimes_folder(command: Callable[..., None]) -> Callable[..., None]:
    """The option of every command about course runtimes."""
    text = "Where they are kept; else NABLA_RUNTIMES, else nabla/runtimes in the user's data folder."
    return click.option("--folder", type=click.Path(path_type=Path), help=text)(command)


@nabla.group()
def runtime() -> None:
    """Runtimes: what student code can import. A course may have its own beside numpy and torch."""


@runtime.command("add")
@click.argument("name")
@click.argument("packages", metavar="PACKAGE...", nargs=-1, required=True)
@click.option("--base", type=click.Choice(["numpy", "torch"]), default="numpy", show_default=True)
@click.option("--warm", metavar="MODULE", multiple=True, help="Import it once for all runs; may be given often.")
@runtimes_folder
def add_runtime(name: str, packages: tuple[str, ...], base: str, warm: tuple[str, ...], folder: Path | None) -> None:
    """Make a runtime of these packages, for `runtime: NAME` in assignments. Only wheels are taken.

    A PACKAGE is what pip takes, such as `scipy` or `scipy==1.15.2`, or the path of a wheel; pip's own settings apply.
    """
    from grader.cli import runtime as commands

    with reported():
        commands.choose(folder)
        commands.add(name, packages, base, warm)


@runtime.command("list")
@runtimes_folder
def list_runtimes(folder: Path | None) -> None:
    """The runtimes of this machine and what is in them."""
    from grader.cli import runtime as commands

    with reported():
        commands.choose(folder)
        commands.show()


@runtime.command("remove")
@click.argument("name")
@runtimes_folder
def remove_runtime(name: str, folder: Path | None) -> None:
    """Delete a course runtime."""
    from grader.cli import runtime as commands

    with reported():
        commands.choose(folder)
        commands.remove(name)
