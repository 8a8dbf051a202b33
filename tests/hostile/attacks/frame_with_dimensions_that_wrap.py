# An array whose size is zero in 64 bits and enormous in truth.
# walls: sizes are multiplied without a bound
# expect: violated
import os, struct
def f():
    layouts, text = b"<f8 4294967296 4294967296,", b'[0,["replies",[["array",{},""]]]]'
    payload = struct.pack("<II", len(layouts), len(text)) + layouts + text
    payload += bytes(-len(payload) % 8)
    os.write(4, struct.pack("<2sBBI", b"NB", 2, 19, len(payload)) + payload)
