# All of prctl but naming a thread: dumpable again, ptrace by anybody, memory map, parent's death, reaper, clock.
# walls: seccomp on the first argument of prctl
# expect: returns 0
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    allowed = 0
    for option in [*range(1, 80), 0x59616D61, 0x53564D41]:
        if option != 15:
            allowed += libc.syscall(157, option, 1, 0, 0, 0) != -1 or ctypes.get_errno() != 1
    return allowed
