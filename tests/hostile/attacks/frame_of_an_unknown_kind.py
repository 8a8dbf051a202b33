# A frame of a kind that does not exist.
# walls: list of kinds
# expect: violated
import os
def f():
    os.write(4, b"NB\x02\x63\x00\x00\x00\x00")
