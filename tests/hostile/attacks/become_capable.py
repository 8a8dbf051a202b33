# Looks for any capability in any set, and asks for them back.
# walls: no capabilities, seccomp
# expect: returns [0, -1, 1]
# expect[owned]: raises PermissionError
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    rows = dict(line.split(":\t") for line in open("/proc/self/status") if ":\t" in line)
    held = sum(int(rows[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"))
    header, everything = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
    return [held, libc.syscall(126, header, everything), ctypes.get_errno()]
