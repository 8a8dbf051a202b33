# The C library's own way to start a program.
# walls: seccomp
# expect: raises PermissionError
import os
def f():
    return os.posix_spawn("/bin/sh", ["sh"], {})
