# Fills pipes that nobody reads: memory of the kernel.
# walls: RLIMIT_NOFILE
# expect: raises OSError: Too many open files
import os
def f():
    while True:
        _, writer = os.pipe()
        os.write(writer, bytes(65536))
