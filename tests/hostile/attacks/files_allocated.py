# Takes space without writing.
# walls: seccomp
# expect: raises PermissionError
import os
def f():
    with open("big", "wb") as file: os.posix_fallocate(file.fileno(), 0, 1 << 40)
