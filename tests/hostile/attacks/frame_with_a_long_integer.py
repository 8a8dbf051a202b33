# A number of fifteen million digits, which takes hours to read.
# walls: length limit on numbers
# expect: violated
import os, struct
from grader.sandbox import wire
def f():
    text = b"[0," + b"1" * 15_000_000 + b"]"
    payload = struct.pack("<II", 0, len(text)) + text
    payload += bytes(-len(payload) % 8)
    rest = memoryview(wire.framed(wire.Kind.REPLY, payload))
    while rest: rest = rest[os.write(4, rest):]
