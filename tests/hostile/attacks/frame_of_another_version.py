# A frame of the protocol's first version.
# walls: version in every header
# expect: violated
import os
def f():
    os.write(4, b"NB\x01\x13\x04\x00\x00\x00null")
