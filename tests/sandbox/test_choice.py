"""Which launcher is taken: what is asked for, else the best there is, and a refusal that says what to change."""

from __future__ import annotations

import logging
import os
import socket
from pathlib import Path

import pytest

from grader.errors import ConfigurationFault, SandboxRefused
from grader.sandbox import choice
from grader.sandbox.choice import Best, from_settings
from grader.sandbox.container import Container
from grader.sandbox.launcher import Launched, Namespaces, Uid


@pytest.mark.parametrize(
    ("setting", "kind"), [("auto", Best), ("namespaces", Namespaces), ("uid", Uid), ("container:/run/nabla", Container)]
)
def test_what_is_asked_for(setting: str, kind: type) -> None:
    assert type(from_settings({"NABLA_SANDBOX": setting})) is kind


def test_nothing_asked_for_is_the_best() -> None:
    assert type(from_settings({})) is Best


@pytest.mark.parametrize("setting", ["none", "container", "container:", "Namespaces", ""])
def test_another_word_is_a_fault_of_the_settings(setting: str) -> None:
    with pytest.raises(ConfigurationFault, match=r"NABLA_SANDBOX is '.*'; it can be `auto`, `namespaces`, `uid`"):
        from_settings({"NABLA_SANDBOX": setting})


class Refuses:
    """A launcher that this machine does not allow."""

    def launch(self, runtime: str) -> Launched:
        raise SandboxRefused(f"no {type(self).__name__}")


class Works:
    """A launcher that counts how often it was asked."""

    asked = 0

    def launch(self, runtime: str) -> Launched:
        type(self).asked += 1
        return Launched(socket.socket(), "uid")


def test_without_namespaces_root_is_degraded_and_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(choice, "Namespaces", Refuses)
    monkeypatch.setattr(choice, "Uid", Works)
    monkeypatch.setattr(os, "getuid", lambda: 0)
    best = Best()
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            best.launch("numpy").control.close()
    assert Works.asked == 2
    assert [record.message for record in caplog.records] == [
        "the sandbox is degraded, every run is only under a user of its own: no Refuses"
    ]


def test_where_nothing_works_both_reasons_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "Namespaces", Refuses)
    monkeypatch.setattr(choice, "Uid", Refuses)
    monkeypatch.setattr(os, "getuid", lambda: 0)
    with pytest.raises(SandboxRefused, match=r"no Refuses. Without namespaces: no Refuses"):
        Best().launch("numpy")
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    with pytest.raises(SandboxRefused, match=r"^no Refuses$"):
        Best().launch("numpy")


def test_no_runner_container_is_told_with_its_service(tmp_path: Path) -> None:
    with pytest.raises(SandboxRefused, match=r"there is no torch\*\.sock in .*; start the service runner-torch"):
        Container(tmp_path, patience=0).launch("torch")


def test_runners_that_serve_others_are_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(tmp_path / "numpy-1.sock"))  # nobody listens
        with pytest.raises(SandboxRefused, match="none of 1 runner containers for the numpy runtime took this worker"):
            Container(tmp_path, patience=0).launch("numpy")
