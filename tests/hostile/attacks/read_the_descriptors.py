# Looks for descriptors that were left open by those who made the process.
# walls: everything but the pipes is closed
# expect: returns [0, 1, 2, 3, 4]
import os
def f():
    found = []
    for number in range(256):
        try:
            os.fstat(number)
            found.append(number)
        except OSError:
            pass
    return found
