"""The container engine, by its command line: the one interface that Docker and Podman share."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from nabla_images.errors import BuildFailed

_KEPT = 3
"""images of one name: other checkouts on the same machine use theirs"""


def docker(*arguments: str) -> str:
    """What the command prints. Raises BuildFailed with its last words."""
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607
    except OSError as error:
        raise BuildFailed(f"docker cannot be run: {error.strerror}; Debian, Ubuntu: apt install docker.io") from None
    if done.returncode:
        raise BuildFailed(f"docker {arguments[0]} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout.strip()


def has_image(name: str) -> bool:
    """Whether the engine holds an image of this name."""
    return bool(docker("image", "ls", "--quiet", name))


def build(name: str, files: Sequence[tuple[str, Path]], options: Sequence[str]) -> None:
    """Build from a context that holds these files and no others. Raises BuildFailed."""
    # Else a step that fails leaves its container.
    command = ["docker", "build", "--force-rm", "--tag", name, *options, "-"]
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=False
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with process.stdin, tarfile.open(fileobj=process.stdin, mode="w|") as archive:
                for inside, path in files:
                    archive.add(path, inside, filter=_anonymous)
        except BrokenPipeError:
            pass  # it says why
        output = process.stdout.read().decode("utf-8", "replace")
    if process.returncode:
        raise BuildFailed(f"{name} could not be built:\n{output.strip()[-4000:]}")


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Who built it, and when, is no part of an image."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = 0
    member.mode = 0o755 if member.mode & 0o100 else 0o644
    return member


def import_output(command: Sequence[str], program: str, name: str) -> None:
    """An image from the tar archive that a command prints. Raises BuildFailed; then there is no such image."""
    try:
        making = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603
    except OSError as error:
        raise BuildFailed(f"{command[0]} cannot be run: {error.strerror}; apt install {command[0]}") from None
    with making:
        assert making.stdin is not None
        assert making.stderr is not None
        with making.stdin:
            making.stdin.write(program.encode())
        importing = subprocess.Popen(
            ["docker", "import", "-"],  # noqa: S607
            stdin=making.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        complaint = making.stderr.read().decode("utf-8", "replace").strip()
        identity, refusal = importing.communicate()
    if making.returncode:
        raise BuildFailed(f"{command[0]} failed: {complaint[-2000:]}")
    if importing.returncode:
        raise BuildFailed(f"docker import failed: {refusal.strip()}")
    docker("tag", identity.strip(), name)


def forget_old(repository: str) -> None:
    """Remove images that later builds replaced: each change of ours makes one, and disks are finite.

    Every call of docker/build tags what it gives out. The time of the last tag is that of the last use; the time of
    creation is not, because an unchanged result keeps its first one.
    """
    identities = set(docker("image", "ls", "--quiet", "--no-trunc", repository).split())
    if len(identities) > _KEPT:
        shape = '{{json .Metadata.LastTagTime}} {{join .RepoTags " "}}'
        used = sorted(docker("image", "inspect", "--format", shape, *sorted(identities)).splitlines(), reverse=True)
        for name in (name for line in used[_KEPT:] for name in line.split()[1:]):
            if name.startswith(f"{repository}:") and not _is_version(name):
                _forget(name)
    docker("image", "prune", "--force", "--filter", "label=nabla.stage=build", "--filter", "until=24h")


def _is_version(name: str) -> bool:
    return "." in name.rpartition(":")[2]


def _forget(name: str) -> None:
    try:
        docker("image", "rm", name)
    except BuildFailed as fault:
        sys.stderr.write(f"{fault}\n")  # a container uses it
