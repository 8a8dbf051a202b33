# Searches its whole memory, stale pages included, for the text of the submission that ran before in this slot.
# walls: every child is a fork of a process that has seen no submission
# expect: returns [0, 1]
# expect[owned]: raises PermissionError
# limits: wall 12, cpu 7, memory 900
import ctypes
import numpy as np
# Written so that neither word is in this file: every character is the next one but for its last bit.
EARLIER, CONTROL = b"sdutso!5/1", b"uihr!hr!uidsd"
control = bytes(x ^ 1 for x in CONTROL)
def is_there(word):
    found = False
    for line in open("/proc/self/maps"):
        span, rights, *_ = line.split()
        start, end = (int(x, 16) for x in span.split("-"))
        if rights.startswith("rw"):
            memory = np.frombuffer((ctypes.c_char * (end - start)).from_address(start), np.uint8)
            places = np.flatnonzero(memory[: 1 - len(word)] == word[0] ^ 1)
            for k, x in enumerate(word):
                places = places[memory[places + k] == x ^ 1]
            found |= len(places) > 0
    return float(found)
def f():
    return [is_there(EARLIER), is_there(CONTROL)]
