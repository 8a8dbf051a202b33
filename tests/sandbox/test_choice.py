"""Which launcher is taken: what is asked for, else the best there is, and a refusal that says what to change."""

from __future__ import annotations

import logging
import os
import socket
from pathlib import Path
from threading import Thread

import pytest

from grader.errors import ConfigurationFault, SandboxRefused
from grader.inside import runner
from grader.sandbox import choice, wire
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
    with pytest.raises(SandboxRefused, match=r"there is no torch-1\.sock in .*; start the service runner-torch"):
        Container(tmp_path, patience=0).launch("torch")


def test_runners_that_serve_others_are_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(tmp_path / "numpy-1.sock"))  # nobody listens
        with pytest.raises(SandboxRefused, match="none of 1 runner containers for the numpy runtime took this worker"):
            Container(tmp_path, patience=0).launch("numpy")


@pytest.mark.parametrize(
    "name", ["numpy-and-more-1", "numpy", "numpy-", "numpy-1-2", "more-numpy-1", "numpy-1.sock.new"]
)
def test_the_runner_of_another_runtime_is_none(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.sock").touch()
    with pytest.raises(SandboxRefused, match=r"there is no numpy-1\.sock in"):
        Container(tmp_path, patience=0).launch("numpy")


def test_a_runner_with_another_runtime_than_its_socket_says_is_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(tmp_path / "numpy-7.sock"))
        listener.listen()

        def greet() -> None:
            with listener.accept()[0] as connection:
                connection.send(wire.frame(wire.Kind.HELLO, ["torch", "3.11.7", []]))

        greeting = Thread(target=greet)
        greeting.start()
        with pytest.raises(SandboxRefused, match=r"numpy-7\.sock has the runtime torch; .* such as torch-1\.sock"):
            Container(tmp_path, patience=0).launch("numpy")
        greeting.join()


def test_a_runner_starts_wherever_the_one_before_it_was_killed(tmp_path: Path) -> None:
    place = str(tmp_path / "numpy-1.sock")
    for left in (place, place + ".new"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as killed:
            killed.bind(left)
    for _ in range(2):
        with runner.listen(place), socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as worker:
            worker.connect(place)
            assert os.listdir(tmp_path) == ["numpy-1.sock"]
