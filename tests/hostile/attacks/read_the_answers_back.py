# Opens the answer pipe once more by its name in /proc, to read what it holds.
# walls: the pipe belongs to the worker's user; for a worker of the same user, what is there is the child's own
# expect: raises PermissionError
# expect[ordinary]: returns 0 or violated
import os
def f():
    end = os.open("/proc/self/fd/4", os.O_RDONLY | os.O_NONBLOCK)
    try:
        return len(os.read(end, 100))
    except BlockingIOError:
        return 0
