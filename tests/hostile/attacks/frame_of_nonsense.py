# Bytes that are no frame.
# walls: magic number
# expect: violated
import os
def f():
    os.write(4, bytes(100))
