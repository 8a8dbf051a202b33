# Announces more than will ever come, so that room is made for it.
# walls: length limit in the header
# expect: violated
import os
from grader.sandbox import wire
def f():
    os.write(4, wire.MAGIC + bytes([wire.VERSION, wire.Kind.REPLY]) + (2**31).to_bytes(4, "little"))
