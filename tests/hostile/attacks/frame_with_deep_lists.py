# Eight million brackets, to overflow the stack of whoever reads them.
# walls: nesting is measured before anything is parsed
# expect: violated
import os, struct
from grader.sandbox import wire
def f():
    text = b"[" * 8_000_000
    payload = struct.pack("<II", 0, len(text)) + text
    payload += bytes(-len(payload) % 8)
    rest = memoryview(wire.framed(wire.Kind.REPLY, payload))
    while rest: rest = rest[os.write(4, rest):]
