# Files that are in no folder from the start, for whoever counts what is in folders.
# walls: the filter refuses to open such a file
# expect: raises OSError: Operation not supported
import os
def f():
    kept = [os.open(".", os.O_RDWR | os.O_TMPFILE, 0o600) for _ in range(8)]
    for file in kept:
        for _ in range(60): os.write(file, bytes(1 << 20))
    return 1.0
