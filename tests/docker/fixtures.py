"""Fixtures: an engine for the session, images of this checkout, runners that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.docker import engine
from tests.docker.runner import Runner, Runners


@pytest.fixture(scope="session")
def container_engine() -> Iterator[engine.Engine]:
    """An engine; where there can be none, its tests are skipped with the reason."""
    stack = engine.running()
    try:
        found = stack.__enter__()
    except engine.Unavailable as reason:
        pytest.skip(str(reason))
    try:
        yield found
    finally:
        stack.__exit__(None, None, None)


@pytest.fixture(scope="session")
def runner_images(container_engine: engine.Engine) -> dict[str, str]:
    """Name in compose.yaml -> tag of the image of this checkout."""
    return {f"nabla-{name}": container_engine.image(name) for name in ("runner-numpy", "runner-tests")}


@pytest.fixture(scope="session")
def runners(container_engine: engine.Engine, runner_images: dict[str, str]) -> Iterator[Runners]:
    """Runners that stay until the session ends."""
    all_of_them = Runners(container_engine, runner_images)
    yield all_of_them
    all_of_them.remove_all()


@pytest.fixture
def runner_container(container_engine: engine.Engine, runner_images: dict[str, str]) -> Iterator[Callable[..., Runner]]:
    """Starts runners that end with the test: `runner_container("runner-numpy-1")`."""
    own = Runners(container_engine, runner_images)
    yield own.start
    own.remove_all()
