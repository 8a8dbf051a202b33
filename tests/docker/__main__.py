"""Starts an engine if there is need, makes the images that tests use, and says how long it took.

    python -m tests.docker

What it made is kept: the tests, and the next call, find it.
"""

from __future__ import annotations

import sys
import time

from tests.docker import engine


def main() -> int:
    """1 where this machine has no engine."""
    start = time.monotonic()
    try:
        with engine.running() as found:
            print(f"container engine {found.host}: {time.monotonic() - start:.1f} s")
            for name in ("runner-numpy", "runner-tests", "service"):
                print(found.image(name))
    except engine.Unavailable as reason:
        print(f"no containers: {reason}")
        return 1
    print(f"engine and images, with the engine's end: {time.monotonic() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
