"""A service somewhere, by its HTTP API."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from grader.errors import AuthorFault, ConfigurationFault, StudentFault, SystemFault

PENDING = ("queued", "running")
_LOOK_SECONDS = 0.3
_TRIES = 4


class Client:
    """Speaks for the owner of a token, in one course."""

    def __init__(self, server: str, token: str, course: str | None = None) -> None:
        self._http = httpx.Client(
            base_url=f"{server.rstrip('/')}/api/", headers={"Authorization": f"Bearer {token}"}, timeout=60.0
        )
        self.server = server.rstrip("/")
        self._course = course

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def course(self) -> str:
        """The course that was named, or the only one there is. Raises ConfigurationFault."""
        if self._course is None:
            mine = [found["id"] for found in self._send("GET", "courses").json()]
            if len(mine) != 1:
                known = f"you belong to {', '.join(mine)}" if mine else "you belong to none yet"
                raise ConfigurationFault(f"which course? Name it with --course; {known}")
            (self._course,) = mine
        return self._course

    def publish(self, archive: bytes) -> dict[str, Any]:
        """Send the folder of an assignment; the revision, ready. Raises AuthorFault where it is refused."""
        answer = self._send(
            "POST", f"courses/{self.course}/assignments", files={"archive": ("assignment.zip", archive)}
        )
        revision = self._await(lambda: self._json(self._send("GET", f"revisions/{self._json(answer)['id']}")))
        if revision["state"] == "refused":
            raise AuthorFault("\n".join(revision["problems"]))
        if revision["state"] != "ready":
            raise SystemFault(f"revision {revision['id']} needs attention: {revision['fault']}")
        return revision

    def submit(self, assignment: str, name: str, content: bytes) -> dict[str, Any]:
        """Hand in a file; the receipt. A lost answer is asked for again with the same key, so nothing goes in twice."""
        key = {"Idempotency-Key": uuid.uuid4().hex}
        path = f"courses/{self.course}/assignments/{assignment}/submissions"
        return self._json(self._send("POST", path, files={"file": (name, content)}, headers=key))

    def submission(self, id: str) -> dict[str, Any]:
        """A submission with its report. Raises StudentFault."""
        try:
            uuid.UUID(id)
        except ValueError:
            raise StudentFault(f"There is no submission {id}: numbers look like {uuid.UUID(int=0)}") from None
        return self._json(self._send("GET", f"submissions/{id}"))

    def wait(self, id: str) -> dict[str, Any]:
        """The submission once it does not change by itself any more."""
        return self._await(lambda: self.submission(id))

    def submissions(self) -> list[dict[str, Any]]:
        """The newest ones of the course, without reports."""
        listed: list[dict[str, Any]] = self._send("GET", f"courses/{self.course}/submissions").json()
        return listed

    def _await(self, look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        while (found := look())["state"] in PENDING:
            time.sleep(_LOOK_SECONDS)
        return found

    def _json(self, answer: httpx.Response) -> dict[str, Any]:
        content: dict[str, Any] = answer.json()
        return content

    def _send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        for remaining in reversed(range(_TRIES)):
            try:
                return _checked(self._http.request(method, path, **arguments))
            except httpx.TransportError as error:
                if not remaining:
                    raise ConfigurationFault(
                        f"{self.server} does not answer: {error}; is `nabla up` running?"
                    ) from None
                time.sleep(_LOOK_SECONDS)
        raise AssertionError("unreachable")


def _checked(answer: httpx.Response) -> httpx.Response:
    """The answer if it is one. Raises the fault that it tells of."""
    if answer.is_success:
        return answer
    if answer.status_code == 401:
        raise ConfigurationFault("the token is not valid: make one with `nabla user token NAME` and set NABLA_TOKEN")
    try:
        content = answer.json()
    except ValueError:
        content = {"detail": answer.text[:200]}
    if content.get("problems"):
        raise AuthorFault("\n".join(content["problems"]))
    if answer.status_code >= 500:
        raise SystemFault(f"the service failed ({answer.status_code}): {content.get('detail')}")
    raise StudentFault(str(content.get("detail")))


def connect(server: str | None, token: str | None, course: str | None = None) -> Client:
    """A client for what was given or is in NABLA_SERVER and NABLA_TOKEN. Raises ConfigurationFault."""
    server = server or os.environ.get("NABLA_SERVER") or "http://127.0.0.1:8000"
    token = token or os.environ.get("NABLA_TOKEN")
    if not token:
        raise ConfigurationFault(
            "no token: make one with `nabla user token NAME`, and give it as --token or NABLA_TOKEN"
        )
    return Client(server, token, course)


def read(path: Path) -> bytes:
    """A file to hand in. Raises StudentFault."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise StudentFault(f"{path} cannot be read: {error.strerror}") from None
