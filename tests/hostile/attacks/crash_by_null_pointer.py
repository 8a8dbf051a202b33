# Reads memory that is not there.
# walls: a crash is a crash of the child
# expect: died SIGSEGV
import ctypes
def f():
    ctypes.string_at(0)
