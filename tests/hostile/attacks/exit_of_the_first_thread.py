# Ends the first thread only; nothing is left to answer.
# walls: the zygote waits for the process
# expect: died
import ctypes
def f():
    ctypes.CDLL(None).syscall(60, 0)
