# A device that is the machine's memory.
# walls: seccomp, no capabilities
# expect: raises PermissionError
import os, stat
def f():
    os.mknod("mem", 0o600 | stat.S_IFCHR, os.makedev(1, 1))
