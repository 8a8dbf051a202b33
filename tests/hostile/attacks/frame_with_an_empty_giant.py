# An array without entries that is enormous in its other direction.
# walls: bound on the sizes of empty arrays
# expect: violated
import os, struct
from grader.sandbox import wire
def f():
    layouts, text = b"<f8 0 1000000000000,", b'[0,["replies",[["array",{},""]]]]'
    payload = struct.pack("<II", len(layouts), len(text)) + layouts + text
    payload += bytes(-len(payload) % 8)
    os.write(4, wire.framed(wire.Kind.REPLY, payload))
