# One line of a gigabyte on standard error, past Python's own buffers.
# walls: bytes counted by the worker
# expect: output
# limits: wall 12, cpu 8
import os
def f():
    piece = b"y" * 65536
    while True: os.write(2, piece)
