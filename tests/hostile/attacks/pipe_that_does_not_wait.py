# Makes the pipe of its answers one that refuses instead of waiting, and one of packets.
# walls: file flags are of the child's end only
# expect: returns 1.0 or died
import fcntl, os
def f():
    fcntl.fcntl(4, fcntl.F_SETFL, os.O_NONBLOCK | os.O_DIRECT)
    return 1.0
