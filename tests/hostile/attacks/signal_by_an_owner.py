# Has the kernel send signals to others when a pipe is ready.
# walls: seccomp on the commands of fcntl
# expect: raises PermissionError
import fcntl
def f():
    return fcntl.fcntl(3, fcntl.F_SETOWN, -1)
