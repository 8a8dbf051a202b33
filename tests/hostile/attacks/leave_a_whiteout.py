# A device made by renaming, which is no call that makes one.
# walls: Landlock, tmpfs of its own
# expect: returns 0 or returns -1
import ctypes
def f():
    open("a", "w").close()
    return ctypes.CDLL(None).syscall(316, -100, b"a", -100, b"b", 4)
