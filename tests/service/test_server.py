"""Where the pages are served."""

from __future__ import annotations

import socket

from grader.service.server import listening_socket


def test_a_number_is_a_socket_that_was_opened_before() -> None:
    with socket.create_server(("127.0.0.1", 0)) as before:
        address = before.getsockname()
        with listening_socket(str(before.detach())) as listening:
            assert listening.getsockname() == address


def test_anything_else_is_an_address() -> None:
    with listening_socket("127.0.0.1:0") as listening:
        host, port = listening.getsockname()
        assert host == "127.0.0.1"
        with socket.create_connection((host, port)):
            pass
