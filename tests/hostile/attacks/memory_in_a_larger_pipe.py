# Makes a pipe hold a megabyte.
# walls: seccomp on the commands of fcntl
# expect: raises PermissionError
import fcntl, os
def f():
    return fcntl.fcntl(os.pipe()[1], 1031, 1 << 20)
