# Sixteen megabytes of commas, each a value of fifty bytes to whoever reads them.
# walls: values are counted before anything is parsed
# expect: violated
import os, struct
from grader.sandbox import wire
def f():
    text = b"[" + b"0," * 7_500_000 + b"0]"
    payload = struct.pack("<II", 0, len(text)) + text
    payload += bytes(-len(payload) % 8)
    rest = memoryview(wire.framed(wire.Kind.REPLY, payload))
    while rest: rest = rest[os.write(4, rest):]
