# An array of references, which would be addresses of its choice in the worker.
# walls: list of dtypes
# expect: violated
import os, struct
from grader.sandbox import wire
def f():
    layouts, text = b"|O 1,", b'[0,["replies",[["array",{},""]]]]'
    payload = struct.pack("<II", len(layouts), len(text)) + layouts + text
    payload += bytes(-len(payload) % 8) + b"A" * 8
    os.write(4, wire.framed(wire.Kind.REPLY, payload))
