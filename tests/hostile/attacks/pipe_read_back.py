# Opens the pipe of its output anew, for both directions, and takes out what the worker was just told is there.
# walls: where the worker is root, the pipe is its own; elsewhere a pipe that is empty after all is no news to the worker
# expect: raises PermissionError: /proc/self/fd/1
# expect[ordinary]: returns 1.0
# limits: wall 12, cpu 3
import os, time
def f():
    pipe = os.open("/proc/self/fd/1", os.O_RDWR | os.O_NONBLOCK)
    end = time.monotonic() + 1
    while time.monotonic() < end:
        os.write(pipe, b"N")
        try: os.read(pipe, 1)
        except BlockingIOError: pass
    return 1.0
