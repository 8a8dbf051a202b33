# Opens a library as a mere path, then that path's descriptor for writing.
# walls: read-only mounts, Landlock
# expect: raises OSError: Read-only or raises PermissionError
import os
def f():
    path = os.open(os.__file__, os.O_PATH)
    return os.open(f"/proc/self/fd/{path}", os.O_WRONLY)
