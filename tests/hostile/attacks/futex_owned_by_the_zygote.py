# Waits for a lock that is said to be held by the zygote, which so is lent the waiter's priority and gets its state.
# walls: whoever ends is taken off the lock; with namespaces the zygote has no number here, and nobody holds the lock
# expect: returns 0
# expect[owned]: returns -1
import ctypes, os
class Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]
def f():
    word = ctypes.c_uint32(os.getppid())
    return ctypes.CDLL(None).syscall(202, ctypes.byref(word), 6, 0, ctypes.byref(Time(1, 0)), 0, 0)
