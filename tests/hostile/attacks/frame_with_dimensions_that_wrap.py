# An array whose size is zero in 64 bits and enormous in truth.
# walls: sizes are multiplied without a bound
# expect: violated
import os, struct
from grader.sandbox import wire
def f():
    layouts, text = b"<f8 4294967296 4294967296,", b'[0,["replies",[["array",{},""]]]]'
    payload = struct.pack("<II", len(layouts), len(text)) + layouts + text
    payload += bytes(-len(payload) % 8)
    os.write(4, wire.framed(wire.Kind.REPLY, payload))
