# An array of minus one entries.
# walls: sizes are digits
# expect: violated
import os, struct
from grader.sandbox import wire
def f():
    layouts, text = b"<f8 -1,", b'[0,["replies",[["array",{},""]]]]'
    payload = struct.pack("<II", len(layouts), len(text)) + layouts + text
    payload += bytes(-len(payload) % 8)
    os.write(4, wire.framed(wire.Kind.REPLY, payload))
