# A mapping that is shared with whoever maps the same.
# walls: seccomp on the flags of mmap
# expect: raises PermissionError
import mmap
def f():
    return mmap.mmap(-1, 4096)
