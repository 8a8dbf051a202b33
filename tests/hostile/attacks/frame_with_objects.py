# An array of references, which would be addresses of its choice in the worker.
# walls: list of dtypes
# expect: violated
import os, struct
def f():
    layouts, text = b"|O 1,", b'[0,["replies",[["array",{},""]]]]'
    payload = struct.pack("<II", len(layouts), len(text)) + layouts + text
    payload += bytes(-len(payload) % 8) + b"A" * 8
    os.write(4, struct.pack("<2sBBI", b"NB", 2, 19, len(payload)) + payload)
