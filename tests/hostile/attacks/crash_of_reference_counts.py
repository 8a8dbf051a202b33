# Destroys the interpreter's own objects.
# walls: a crash is a crash of the child
# expect: died or raises SystemError or raises TypeError
import ctypes
def f():
    for k in range(256):
        ctypes.memset(id(k), 255, 32)
    return sum(range(256))
