"""Every attack against a runner container: it fails as it should, and nothing is left of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.bundles import Bundles
from grader.sandbox.container import Container
from tests.docker.runner import Runners
from tests.hostile import corpus
from tests.hostile.corpus import Attack
from tests.hostile.stage import Stage

pytestmark = pytest.mark.sandbox

# The image of the torch runtime would take minutes to build.
ATTACKS = [attack for attack in corpus.attacks() if attack.runtime == "numpy"]


@pytest.fixture(scope="module")
def stage(runners: Runners, bundles: Bundles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A slot in a container."""
    folder = runners.start().sockets
    with Stage("container", Container(folder), bundles, tmp_path_factory.mktemp("canaries")) as ready:
        yield ready


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_fails_and_leaves_nothing(stage: Stage, attack: Attack) -> None:
    played = stage.play(attack)
    assert not played.faults, f"{attack.purpose}\n{played.outcome}\n" + "\n".join(played.faults)
