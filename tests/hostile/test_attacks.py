"""Every attack against every launcher that this machine offers: it fails as it should, and nothing is left of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.bundles import Bundles
from grader.errors import SandboxRefused
from tests.hostile import corpus
from tests.hostile.corpus import Attack
from tests.hostile.launchers import offered
from tests.hostile.stage import Stage
from tests.hostile.world import Canaries, World, bury_orphans, keeping_orphans

pytestmark = pytest.mark.sandbox

ATTACKS = corpus.attacks()


@pytest.fixture(scope="module", params=offered())
def stage(
    request: pytest.FixtureRequest, bundles: Bundles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Warm slots of one launcher."""
    with Stage(request.param, offered()[request.param](), bundles, tmp_path_factory.mktemp("canaries")) as ready:
        try:
            ready.slot("numpy")
        except SandboxRefused as refusal:
            pytest.skip(f"{request.param}: {refusal}")
        yield ready


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_fails_and_leaves_nothing(stage: Stage, attack: Attack) -> None:
    played = stage.play(attack)
    assert not played.faults, f"{attack.purpose}\n{played.outcome}\n" + "\n".join(played.faults)


def test_there_are_many_attacks_and_no_two_are_alike() -> None:
    assert len(ATTACKS) >= 150
    for part in ("purpose", "source"):
        assert len({getattr(attack, part) for attack in ATTACKS}) == len(ATTACKS)


def test_the_look_at_the_world_sees_what_it_is_for(tmp_path: Path) -> None:
    """An attack that did any of this would be seen."""
    canaries = Canaries(tmp_path)
    with keeping_orphans():
        before = World.look(canaries)
        (tmp_path / "left").write_text("x")
        mask = os.umask(0o123)
        reader, writer = os.pipe()
        # The shell is gone when this returns; what it started reads until our end of the pipe is closed.
        subprocess.run(["sh", "-c", "exec 3<&0; cat <&3 >/dev/null &"], stdin=reader, check=True)
        found = "\n".join(before.compare(World.look(canaries)))
        os.umask(mask)
        os.close(reader)
        os.close(writer)
        bury_orphans()
    canaries.remove()
    for word in ("left: nothing became", "worker Umask", "descriptor of the worker pipe", "process cat: nothing"):
        assert word in found, found
