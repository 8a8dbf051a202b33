"""One service that several tests use, and a small assignment for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.up.furnishing import furnish, write_demo
from tests.up.running import Running, running


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bundles are computed once for all services that tests start."""
    return tmp_path_factory.mktemp("bundles")


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_demo(tmp_path_factory.mktemp("assignments"))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, demo_folder: Path, shared_cache: Path) -> Iterator[Running]:
    """A furnished service, the same for all tests of a module; it survives what they do to its parts."""
    with running(tmp_path_factory.mktemp("service") / "data", NABLA_CACHE=str(shared_cache)) as started:
        yield furnish(started, demo_folder)
