# A thread that shares no table of descriptors: the limit on open files holds for each table.
# walls: seccomp on the flags of clone
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    # all that a thread has but CLONE_FILES; no stack, so that the new one could not run if it were made
    return [libc.syscall(56, 0x3d0f00 & ~0x400, 0, 0, 0, 0), ctypes.get_errno()]
