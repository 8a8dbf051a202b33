# Numbers of the third table of system calls, which a filter by number alone does not know.
# walls: seccomp ends the process
# expect: died SIGSYS
import ctypes
def f():
    return ctypes.CDLL(None).syscall(0x40000000 + 39)
