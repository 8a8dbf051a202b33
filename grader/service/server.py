"""Serves the pages, from a socket that was opened before or at an address.

python -m grader.service.server FD
python -m grader.service.server HOST:PORT
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
from types import FrameType
from typing import Any

import waitress

from grader import logs

THREADS = 4  # requests arrive whole, so a slow sender holds none
# Beyond this nobody reads on; up to it the sender is told that the file is too large.
_MAX_BODY = 64 << 20
_LISTEN = 1024


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def listening_socket(place: str) -> socket.socket:
    """The open socket of this number, or one opened at this address."""
    if place.isdecimal():
        return socket.socket(fileno=int(place))
    host, _, port = place.rpartition(":")
    return socket.create_server((host, int(port)), backlog=_LISTEN)


def main(place: str) -> None:
    """Serve until told to stop."""
    logs.configure(os.environ.get("NABLA_PART", "web"))
    # It warns of every request that waits for a thread, which under load is every request.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, _stop)
    from grader.service.wsgi import application

    # What was loaded stays: the collector need not look at it again with every few requests.
    gc.freeze()
    listening = listening_socket(place)
    # Only a proxy that the operator spoke of may say that a request came by HTTPS.
    proxied: dict[str, Any] = {}
    if os.environ.get("NABLA_HTTPS") == "1":
        proxied = {"trusted_proxy": os.environ.get("NABLA_PROXY", "127.0.0.1")}
        proxied["trusted_proxy_headers"] = {"x-forwarded-proto"}
    waitress.serve(
        application, sockets=[listening], threads=THREADS, ident=None, max_request_body_size=_MAX_BODY, _quiet=True,
        connection_limit=500, channel_timeout=60, **proxied,
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
