"""Makes the fixtures known here; elsewhere import those that are needed from `fixtures`."""

from tests.docker.fixtures import container_engine, runner_container, runner_images, runners

__all__ = ["container_engine", "runner_container", "runner_images", "runners"]
