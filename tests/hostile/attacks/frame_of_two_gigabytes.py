# Announces more than will ever come, so that room is made for it.
# walls: length limit in the header
# expect: violated
import os
def f():
    os.write(4, b"NB\x02\x13" + (2**31).to_bytes(4, "little"))
